import type { Platform } from "../platform/platform.js";

/** Returns the file ending of a picture or sound by its first bytes; undefined for other content. */
export function endingOf(bytes: Uint8Array): string | undefined {
  const begin = String.fromCharCode(...bytes.subarray(0, 12));
  if (begin.startsWith("\xff\xd8\xff")) return "jpg";
  if (begin.startsWith("\x89PNG")) return "png";
  if (begin.startsWith("GIF8")) return "gif";
  if (begin.startsWith("BM")) return "bmp";
  if (/^(II\*\0|MM\0\*)/.test(begin)) return "tif";
  if (/^RIFF[\s\S]{4}WEBP/.test(begin)) return "webp";
  if (/^RIFF[\s\S]{4}WAVE/.test(begin)) return "wav";
  if (begin.startsWith("fLaC")) return "flac";
  if (begin.startsWith("OggS")) return "ogg";
  if (/^(ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff])/.test(begin)) return "mp3";
  return /^[\s\S]{4}ftyp/.test(begin) ? "avif" : undefined;
}

/** Returns the folder of files that were unpacked from a file with this content. */
export const unpackedFolder = async (
  { cacheDir, files, sha256 }: Pick<Platform, "cacheDir" | "files" | "sha256">,
  content: Uint8Array,
): Promise<string> => files.join(cacheDir(), "unpacked", (await sha256(content)).slice(0, 32));
