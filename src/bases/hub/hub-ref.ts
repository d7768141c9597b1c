import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";

/** The parts of `hf:org/name[@revision][#file]`. */
export interface HubRef {
  /** "org/name", or "name" for a few old repositories. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Path of the ONNX file in the repository, if the user chose one. */
  readonly file: string | undefined;
}

// Characters that the hub allows in names; neither "." nor ".." matches.
const segment = /^(?!\.{1,2}$)[\w.-]{1,96}$/;

/** True for a path in a repository that stays inside its target folder. */
export function isSafePath(path: string): boolean {
  return path.length < 512 && path.split("/").every((part) => /^(?!\.{1,2}$)[^\\/:\0]{1,200}$/.test(part));
}

/** Returns the text if it is a web address, as the link of a licence must be. */
export function webAddress(text: unknown): string | undefined {
  return typeof text === "string" && /^https?:\/\/[^\s<>"]{1,500}$/.test(text) ? text : undefined;
}

/**
 * Parses a reference to a repository.
 * @returns undefined if it does not begin with "hf:"
 * @throws OptionError if it does and the rest is invalid
 */
export function parseHubRef(text: string): HubRef | undefined {
  if (!text.startsWith("hf:")) return undefined;
  const [, repo = "", revision, file] = /^hf:([^@#]*)(?:@([^#]*))?(?:#(.*))?$/.exec(text) ?? [];
  const names = repo.split("/");
  const ok =
    names.length <= 2 &&
    names.every((name) => segment.test(name)) &&
    (revision === undefined || isSafePath(revision)) &&
    (file === undefined || (isSafePath(file) && file.endsWith(".onnx")));
  if (!ok)
    throw new EngraftError("OptionError", `"${text}" is not a model on the hub`, {
      help: "write hf:org/name, hf:org/name@revision or hf:org/name#onnx/model.onnx",
      details: { repo, revision, file },
    });
  return { repo, revision: revision ?? "main", file };
}

/** Returns the address of the hub: HF_ENDPOINT, or the default. */
export function hubEndpoint({ env }: Pick<Platform, "env">): string {
  return (env("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, "");
}
