import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { isThisMachine } from "../../platform/this-machine.js";
import { hubEndpoint } from "./hub-ref.js";

/** Page of the hub where users create tokens. */
export const tokenPage = "https://huggingface.co/settings/tokens";

/** Returns a token, or throws without showing it. @param name its source and place, for the message */
export function checkToken(token: string, name: string, at: string): string {
  // Other characters would appear in the error message about an invalid header.
  if (/^hf_[A-Za-z0-9_-]{1,200}$/.test(token)) return token;
  throw new EngraftError("OptionError", `${name} is not a token of the hub`, {
    at,
    help: 'it begins with "hf_"; take it from the settings page of your account, or unset it',
  });
}

/**
 * Returns the token in HF_TOKEN, if there is one.
 * @throws OptionError for a token that would be sent to another machine without encryption
 */
export function tokenOfEnvironment(platform: Platform): string | undefined {
  const token = platform.env("HF_TOKEN");
  if (token === undefined) return undefined;
  requireEncrypted(platform);
  return checkToken(token, "HF_TOKEN", "environment variable HF_TOKEN");
}

/** @throws OptionError if the hub is another machine, and the connection to it is not encrypted */
function requireEncrypted(platform: Platform): void {
  const endpoint = hubEndpoint(platform);
  if (!URL.canParse(endpoint)) return;
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === "https:" || isThisMachine(hostname)) return;
  throw new EngraftError("OptionError", "a token is sent over https only", {
    at: `HF_ENDPOINT is ${endpoint}`,
    help: "set HF_ENDPOINT to an address with https://, or unset HF_TOKEN",
  });
}

/**
 * Returns the user's token: from HF_TOKEN, else from the file that `hf auth login` writes.
 * @throws OptionError if there is none, or it is invalid
 */
export async function requireToken(platform: Platform): Promise<string> {
  const { files } = platform;
  const given = tokenOfEnvironment(platform);
  if (given !== undefined) return given;
  requireEncrypted(platform);
  const path = tokenFile(platform);
  if (path !== undefined && (await files.stat(path))?.kind === "file") {
    const text = new TextDecoder().decode(await files.read(path, { limit: 4096 })).trim();
    if (text !== "") return checkToken(text, "what the file holds", path);
  }
  throw new EngraftError("OptionError", "there is no token of the hub to push with", {
    help: `make one with write access at ${tokenPage}, then set HF_TOKEN, or run \`hf auth login\` once`,
    details: { looked_at: ["HF_TOKEN", path] },
  });
}

/** File of the hub's own command line: HF_TOKEN_PATH, or `token` in HF_HOME (~/.cache/huggingface). */
function tokenFile({ files, env }: Platform): string | undefined {
  const own = env("HF_TOKEN_PATH");
  if (own !== undefined) return files.resolve(own);
  const home = env("HF_HOME");
  if (home !== undefined) return files.resolve(home, "token");
  const user = env("HOME") ?? env("USERPROFILE");
  const cache = env("XDG_CACHE_HOME") ?? (user === undefined ? undefined : files.join(user, ".cache"));
  return cache === undefined ? undefined : files.join(cache, "huggingface", "token");
}
