import { EngraftError } from "../../core/errors.js";
import { pictureFileLimit } from "../../core/file-limits.js";
import type { FolderContent } from "../boxes/folder-content.js";
import { readPng, type StoredPng } from "./read-png.js";

/** Reads a mask of a folder. @returns the reason if its file cannot be used */
export async function readMaskFile(
  { platform, root }: Pick<FolderContent, "platform" | "root">,
  mask: string,
): Promise<StoredPng | string> {
  try {
    const bytes = await platform.files.read(platform.files.join(root, mask), { limit: pictureFileLimit });
    return await readPng(bytes, mask);
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "DataError") return error.message;
    throw error;
  }
}
