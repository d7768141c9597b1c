import { EngraftError } from "../../../src/core/errors.js";
import { readPictureHeader } from "../../../src/platform/picture-header.js";
import type { Draft } from "../../store/store.js";
import { currentWords } from "../../words/current-words.js";

/** Largest file, bytes. */
const mostBytes = 2e9;
/** Most pixels of a picture. */
const mostPixels = 50e6;

/** Returns picture files as drafts. @throws EngraftError for a file that is no picture, too large, or damaged */
export async function readPictures(files: readonly File[]): Promise<Draft[]> {
  for (const file of files) await requireReadable(file);
  return files.map((file) => ({ content: file, name: file.name }));
}

async function requireReadable(file: File): Promise<void> {
  const { bad } = currentWords().samples.pictures;
  const refuse = (reason: string): never => {
    throw new EngraftError("DataError", reason);
  };
  if (file.size === 0) refuse(bad.empty);
  if (file.size > mostBytes) refuse(bad.large);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { format, width, height } = headerOf(bytes) ?? refuse(isTiff(bytes) ? bad.tiff : bad.unreadable);
  if (width * height > mostPixels) refuse(bad.pixels(Math.round((width * height) / 1e6)));
  const bitmap = await createImageBitmap(file).catch(() =>
    refuse(format === "heif" ? bad.heic : bad.unreadable),
  );
  bitmap.close();
}

function headerOf(bytes: Uint8Array): ReturnType<typeof readPictureHeader> | undefined {
  try {
    return readPictureHeader(bytes);
  } catch {
    return undefined;
  }
}

const isTiff = ([a, b, c, d]: Uint8Array): boolean =>
  (a === 0x49 && b === 0x49 && c === 42) || (a === 0x4d && b === 0x4d && d === 42);
