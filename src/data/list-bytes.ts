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
 * UTF-8 with or without byte order mark, UTF-16 with one (as spreadsheets save "Unicode text"), or, of what is not UTF-8, GB18030
 * where all of it is sound and reads like Chinese. @throws DataError for any other encoding, and for two in one file, with line and column
 */
export function decodeTexts(bytes: Uint8Array, name: string): string {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  const zero = marked ? -1 : bytes.indexOf(0);
  if (zero >= 0) {
    const at = placeOf(bytes, zero);
    throw problem(
      name,
      `holds a zero byte (column ${at.column})`,
      at.line,
      "it looks like UTF-16 without its mark, all of the file or a part that was joined: save it in UTF-8",
    );
  }
  try {
    return new TextDecoder(marked ?? "utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (marked)
      throw problem(name, `is not sound ${marked.toUpperCase()}`, undefined, "save it in UTF-8", error);
    const line = strayLine(bytes);
    const { column, ...first } = placeOf(bytes, firstStray(bytes, line));
    if (line !== undefined)
      throw problem(
        name,
        `is not UTF-8 (column ${column}), and other lines are`,
        line,
        "two encodings are mixed: save the parts that it was joined from in UTF-8",
        error,
      );
    if (readsLikeChinese(bytes))
      try {
        return new TextDecoder("gb18030", { fatal: true }).decode(bytes);
      } catch {}
    const byte = bytes[firstStray(bytes)]!.toString(16).toUpperCase();
    throw problem(
      name,
      `is not text in UTF-8 (column ${column}, byte ${byte})`,
      first.line,
      "it may be Latin-1 (Windows-1252), or no text at all: open it as what it is, and save it in UTF-8",
      error,
    );
  }
}

/** Line and column, in characters, of a byte; both from 1 on. */
function placeOf(bytes: Uint8Array, at: number): { readonly line: number; readonly column: number } {
  let [line, from] = [1, 0];
  for (let end = bytes.indexOf(0x0a); end >= 0 && end < at; end = bytes.indexOf(0x0a, from)) {
    line++;
    from = end + 1;
  }
  return { line, column: new TextDecoder().decode(bytes.subarray(from, at)).length + 1 };
}

/** The first byte that is not UTF-8, in the file or from a line on. */
function firstStray(bytes: Uint8Array, line = 1): number {
  let from = 0;
  for (let n = 1; n < line; n++) from = bytes.indexOf(0x0a, from) + 1;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let begin = from; ; ) {
    const end = bytes.indexOf(0x0a, begin);
    const stop = end < 0 ? bytes.length : end + 1;
    const one = bytes.subarray(begin, stop);
    try {
      decoder.decode(one);
      if (end < 0) return begin;
      begin = stop;
    } catch {
      // What can be decoded ends before it: a character of more bytes begins where it is damaged.
      let good = 0;
      for (let i = 1; i <= one.length; i++)
        try {
          new TextDecoder("utf-8", { fatal: true }).decode(one.subarray(0, i));
          good = i;
        } catch {
          if (i - good > 3) break;
        }
      return begin + good;
    }
  }
}

/**
 * Most Chinese characters are two bytes above A0 in GB18030. In other encodings a byte above 7F stands mostly before a letter of ASCII,
 * which is a character of GB18030 by accident.
 */
function readsLikeChinese(bytes: Uint8Array): boolean {
  let [pairs, usual] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x80) continue;
    pairs++;
    if (bytes[i]! >= 0xa1 && (bytes[i + 1] ?? 0) >= 0xa1) usual++;
    i++;
  }
  return 2 * usual > pairs;
}

/**
 * Of a file that is not UTF-8: the first line that is not, where most lines beyond ASCII are. In another encoding a line is
 * UTF-8 by accident, and rarely.
 */
function strayLine(bytes: Uint8Array): number | undefined {
  let [line, sound, stray] = [0, 0, 0];
  let first: number | undefined;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let from = 0; from < bytes.length; ) {
    line++;
    const end = bytes.indexOf(0x0a, from);
    const one = bytes.subarray(from, end < 0 ? bytes.length : end);
    from = end < 0 ? bytes.length : end + 1;
    if (one.every((byte) => byte < 0x80)) continue;
    try {
      decoder.decode(one);
      sound++;
    } catch {
      stray++;
      first ??= line;
    }
  }
  return sound > stray ? first : undefined;
}

/** Values that another sign parts than the one that a list is read by: where that is seen, and what to do. */
export function otherSeparator(columns: readonly string[]): string | undefined {
  const [only] = columns;
  const found = columns.length === 1 && (["\t", ",", ";", "|"] as const).find((sign) => only!.includes(sign));
  if (!found) return undefined;
  const named = {
    "\t": "tabs: call it .tsv",
    ",": "commas: call it .csv",
    ";": "semicolons: call it .csv",
    "|": "bars",
  };
  return `its only column is ${JSON.stringify(only)}; values are separated by ${named[found]}${found === "|" ? ": separate them by commas or tabs" : ""} (line 1, column ${only!.indexOf(found) + 1})`;
}
