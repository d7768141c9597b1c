import { EngraftError } from "../core/errors.js";

export function problem(
  name: string,
  what: string,
  line: number | undefined,
  help: string,
  cause?: unknown,
): EngraftError {
  return new EngraftError(
    "DataError",
    `${JSON.stringify(name)}${line === undefined ? "" : `, line ${line}`} ${what}`,
    { help, details: line === undefined ? { file: name } : { file: name, line }, cause },
  );
}

/**
 * UTF-8 with or without byte order mark, UTF-16 with one, or, of texts that are not UTF-8, GB18030 where all of it is
 * sound. @throws DataError for any other encoding
 */
export function decodeTexts(bytes: Uint8Array, name: string): string {
  try {
    return decodeText(bytes, name);
  } catch (error) {
    const line = strayLine(bytes);
    if (line !== undefined)
      throw problem(
        name,
        "is not UTF-8, and other lines are",
        line,
        "two encodings are mixed: save the parts that it was joined from in UTF-8",
        error,
      );
    try {
      return new TextDecoder("gb18030", { fatal: true }).decode(bytes);
    } catch {
      throw error;
    }
  }
}

/**
 * Of a file that is not UTF-8: the first line that is not, where most lines beyond ASCII are. In another encoding a line is
 * UTF-8 by accident, and rarely.
 */
function strayLine(bytes: Uint8Array): number | undefined {
  let [line, sound, stray] = [0, 0, 0];
  let first: number | undefined;
  for (let from = 0; from < bytes.length; ) {
    line++;
    const end = bytes.indexOf(0x0a, from);
    const one = bytes.subarray(from, end < 0 ? bytes.length : end);
    from = end < 0 ? bytes.length : end + 1;
    if (one.every((byte) => byte < 0x80)) continue;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(one);
      sound++;
    } catch {
      stray++;
      first ??= line;
    }
  }
  return sound > stray ? first : undefined;
}

/** UTF-8 with or without byte order mark, or UTF-16 with one (as spreadsheets save "Unicode text"). */
export function decodeText(bytes: Uint8Array, name: string): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw problem(name, "is not text in UTF-8", undefined, "save it as CSV in UTF-8", error);
  }
}
