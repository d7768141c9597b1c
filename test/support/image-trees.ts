// Trees of picture files, opened as a data set or refused.
import { join } from "node:path";
import { expect } from "vitest";
import { EngraftError } from "../../src/core/errors.js";
import type { Dataset } from "../../src/data/dataset.js";
import { type OpenImagesOptions, openImages } from "../../src/data/images/open-images.js";
import { inFolder, platformIn, writeTree } from "./pictures.js";

type Tree = Readonly<Record<string, number | string | Uint8Array>>;

/** Open a tree of files. */
export const opened = (tree: Tree, options: OpenImagesOptions = {}, at = "."): Promise<Dataset> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    return openImages(join(folder, at), { platform: platformIn(folder), ...options });
  });

/** The error of opening it, with the folder's name taken out of the text. */
export const refused = (
  tree: Tree,
  prepare?: (folder: string) => Promise<void>,
  at = ".",
): Promise<EngraftError> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    await prepare?.(folder);
    try {
      await openImages(join(folder, at), { platform: platformIn(folder) });
    } catch (error) {
      expect(error).toBeInstanceOf(EngraftError);
      const { kind, message, at, help, code, details } = error as EngraftError;
      expect((error as EngraftError).exitCode).toBe(2);
      const short = (text: string) => text.replaceAll(folder, "DATA");
      return Object.assign(
        new EngraftError(kind, short(message), { at: at && short(at), help: help && short(help), details }),
        { code },
      );
    }
    throw new Error("nothing was refused");
  });

export const counts = ({ items }: Dataset) =>
  (["train", "validation", "test"] as const).map((part) => items.filter((item) => item.part === part).length);
export const codes = ({ warnings }: Dataset) => warnings.map(({ code }) => code);
