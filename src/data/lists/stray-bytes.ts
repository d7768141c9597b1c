/** A problem of a text file's encoding: what is wrong, where, and what to do. */
export interface EncodingProblem {
  readonly what: string;
  readonly line?: number;
  readonly help: string;
}

/** Decodes a file that is no valid UTF-8 as GB18030, or returns what is wrong with it. */
export function decodeNonUtf8(bytes: Uint8Array, marked: string | undefined): string | EncodingProblem {
  if (marked) return { what: `is not sound ${marked.toUpperCase()}`, help: "save it in UTF-8" };
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const at = placeOf(bytes, zero);
    return {
      what: `holds a zero byte (column ${at.column})`,
      line: at.line,
      help: "it looks like UTF-16 without its mark, all of the file or a part that was joined: save it in UTF-8",
    };
  }
  const line = firstInvalidLine(bytes);
  const stray = firstInvalidByte(bytes, line);
  const at = placeOf(bytes, stray);
  if (line !== undefined)
    return {
      what: `is not UTF-8 (column ${at.column}), and other lines are`,
      line,
      help: "two encodings are mixed: save the parts that it was joined from in UTF-8",
    };
  if (readsLikeChinese(bytes))
    try {
      return new TextDecoder("gb18030", { fatal: true }).decode(bytes);
    } catch {}
  return {
    what: `is not text in UTF-8 (column ${at.column}, byte ${bytes[stray]!.toString(16).toUpperCase()})`,
    line: at.line,
    help: "it may be Latin-1 (Windows-1252), or no text at all: open it as what it is, and save it in UTF-8",
  };
}

/** Returns line and column (in characters) of a byte, counted from 1. */
function placeOf(bytes: Uint8Array, at: number): { readonly line: number; readonly column: number } {
  let [line, from] = [1, 0];
  for (let end = bytes.indexOf(0x0a); end >= 0 && end < at; end = bytes.indexOf(0x0a, from)) {
    line++;
    from = end + 1;
  }
  return { line, column: new TextDecoder().decode(bytes.subarray(from, at)).length + 1 };
}

/** Returns the index of the first byte that is not UTF-8, searched from a line on. */
function firstInvalidByte(bytes: Uint8Array, line = 1): number {
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
      // The damaged character begins after the longest prefix that can be decoded.
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
 * Returns true if most characters outside ASCII are two bytes above A0, as most Chinese characters are in GB18030. In other
 * encodings, a byte above 7F is mostly followed by an ASCII letter.
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
 * Returns the first line that is not UTF-8, if most lines outside ASCII are UTF-8. A line in another encoding is rarely valid UTF-8
 * by chance.
 */
function firstInvalidLine(bytes: Uint8Array): number | undefined {
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
