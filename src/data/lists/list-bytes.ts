import { EngraftError } from "../../core/errors.js";

import type { Text } from "./csv-records.js";

/** Returns a DataError about a file and a line. */
export function listError(
  name: string,
  what: string,
  line: number | undefined,
  help: string,
  cause?: unknown,
): EngraftError {
  return new EngraftError(
    "DataError",
    `${JSON.stringify(name)}${line === undefined ? "" : `, line ${line}`} ${what}`,
    {
      help,
      code: "unusable-list",
      details: line === undefined ? { file: name } : { file: name, line },
      cause,
    },
  );
}

/**
 * Decodes a text file. It accepts UTF-8, UTF-16 with a byte order mark (which spreadsheets save as "Unicode text"), and GB18030 if
 * the text reads like Chinese.
 * @throws DataError with line and column for any other encoding, and for two encodings in one file
 */
export async function decodeTexts(bytes: Uint8Array, name: string): Promise<string> {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  try {
    if (marked || !bytes.includes(0))
      return new TextDecoder(marked ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {}
  // Loaded on demand, since most files are UTF-8.
  const found = (await import("./stray-bytes.js")).decodeNonUtf8(bytes, marked);
  if (typeof found === "string") return found;
  throw listError(name, found.what, found.line, found.help);
}

/** Most bytes of a piece of text. V8 frees texts below 128 KiB soon after their use. */
const pieceBytes = 2 ** 16;

/**
 * Decodes a text file like {@link decodeTexts}. A long one in UTF-8 is decoded piece by piece whenever it is read, so that its text
 * is never in memory as a whole.
 * @throws DataError as {@link decodeTexts}
 */
export async function decodePieces(bytes: Uint8Array, name: string): Promise<Text> {
  if (bytes.length <= pieceBytes || bytes.includes(0)) return decodeTexts(bytes, name);
  const pieces: Iterable<string> = { [Symbol.iterator]: () => utf8Pieces(bytes) };
  try {
    for (const _ of pieces);
    return pieces;
  } catch {
    return decodeTexts(bytes, name);
  }
}

/** Yields the text of bytes in UTF-8. A piece ends after a line, or before a character if it has one line only. */
function* utf8Pieces(bytes: Uint8Array): Generator<string> {
  // A mark at the beginning of a later piece is a character.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(bytes.length, from + pieceBytes);
    if (to < bytes.length) {
      const line = bytes.subarray(from, to).lastIndexOf(0x0a) + 1;
      // Bytes 80 to BF are inside a character, of which there are at most three.
      if (line > 0) to = from + line;
      else for (let i = 0; i < 3 && (bytes[to]! & 0xc0) === 0x80; i++) to--;
    }
    yield decoder.decode(bytes.subarray(from, to));
    from = to;
  }
}
