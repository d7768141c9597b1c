/** One record of a CSV text: a line, or several lines if a quoted value holds line breaks. */
export interface CsvRecord {
  readonly values: readonly string[];
  /** First line, counted from 1. */
  readonly line: number;
  /** Line of the quote that opened the first value with a line break. */
  readonly spanFrom?: number;
  /** True if a value began with a quote. */
  readonly quoted: boolean;
  /** True if quotes do not enclose whole values: text after a closing quote, or a quote inside an unquoted value. */
  readonly loose: boolean;
}

/** An error for a quote that is never closed. */
export class UnclosedQuote extends Error {
  constructor(
    /** Place of the opening quote; line and column are counted from 1. */
    readonly line: number,
    readonly column: number,
  ) {
    super(`a quote opened in line ${line} is never closed`);
  }
}

const [space, quote, newline, carriageReturn] = [32, 34, 10, 13];
const lineBreak = /\r\n|\n|\r/g;

/**
 * Yields the records of a CSV text by the rules of Python's `csv` and pandas. A quote opens a quoted value only at the value's
 * beginning, `""` inside is a quote, and text after a closing quote belongs to the value. Values are trimmed, and blank lines skipped.
 * @param quotes false: a quote is a character like any other
 * @throws UnclosedQuote
 */
export function* csvRecords(text: string, separator: string, quotes = true): Generator<CsvRecord> {
  const sign = separator.charCodeAt(0);
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const first = line;
    const values: string[] = [];
    let [quoted, loose] = [false, false];
    let spanFrom: number | undefined;
    for (;;) {
      while (text.charCodeAt(at) === space) at++;
      let value = "";
      const isQuoted = quotes && text.charCodeAt(at) === quote;
      if (isQuoted) {
        const opened = line;
        const end = closingQuote(text, at);
        if (end < 0) throw new UnclosedQuote(opened, values.length + 1);
        value = text.slice(at + 1, end).replaceAll('""', '"');
        line += value.match(lineBreak)?.length ?? 0;
        if (line > opened) spanFrom ??= opened;
        quoted = true;
        at = end + 1;
      }
      const from = at;
      let code = text.charCodeAt(at);
      while (at < text.length && code !== sign && code !== newline && code !== carriageReturn)
        code = text.charCodeAt(++at);
      const rest = text.slice(from, at);
      if (quotes && (isQuoted ? rest.trim() !== "" : rest.includes('"'))) loose = true;
      values.push((value + rest).trim());
      if (at >= text.length || code !== sign) break;
      at++;
    }
    if (text.charCodeAt(at) === carriageReturn && text.charCodeAt(at + 1) === newline) at++;
    at++;
    line++;
    if (values.length > 1 || values[0] !== "" || quoted)
      yield { values, line: first, quoted, loose, ...(spanFrom !== undefined && { spanFrom }) };
  }
}

/** Returns the index of the closing quote, or -1. */
function closingQuote(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1);
  while (end >= 0 && text.charCodeAt(end + 1) === quote) end = text.indexOf('"', end + 2);
  return end;
}
