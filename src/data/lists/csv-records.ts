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

/** A text, or its pieces in order. Each iteration over the pieces gives all of them. */
export type Text = string | Iterable<string>;

export const piecesOf = (text: Text): Iterable<string> => (typeof text === "string" ? [text] : text);

/**
 * Yields the records of a CSV text by the rules of Python's `csv` and pandas. A quote opens a quoted value only at the value's
 * beginning, `""` inside is a quote, and text after a closing quote belongs to the value. Values are trimmed, and blank lines skipped.
 * @param quotes false: a quote is a character like any other
 * @throws UnclosedQuote
 */
export function* csvRecords(text: Text, separator: string, quotes = true): Generator<CsvRecord> {
  const reader = new RecordReader(separator.charCodeAt(0), quotes);
  let waiting = "";
  for (const piece of piecesOf(text)) {
    waiting += piece;
    // A record of many pieces is read again whenever its text has doubled: its length counts twice, not squared.
    if (waiting.length < reader.left) continue;
    reader.append(waiting);
    waiting = "";
    yield* reader.records(false);
  }
  reader.append(waiting);
  yield* reader.records(true);
}

/** Reads records from a text that grows at its end. */
class RecordReader {
  #text = "";
  #at = 0;
  #line = 1;
  #begun = false;

  constructor(
    private readonly sign: number,
    private readonly quotes: boolean,
  ) {}

  /** Number of characters without a complete record. */
  get left(): number {
    return this.#text.length - this.#at;
  }

  append(text: string): void {
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    if (this.#begun || this.#text === "") return;
    this.#begun = true;
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  /** Yields the complete records. @param isEnd true: the text ends here, so its last record is complete */
  *records(isEnd: boolean): Generator<CsvRecord> {
    while (this.#at < this.#text.length) {
      const record = this.#record(isEnd);
      if (record === undefined) return;
      if (record.values.length > 1 || record.values[0] !== "" || record.quoted) yield record;
    }
  }

  /** Returns the next record; undefined if the text breaks off in it. */
  #record(isEnd: boolean): CsvRecord | undefined {
    const [text, sign] = [this.#text, this.sign];
    const { length } = text;
    let [at, line] = [this.#at, this.#line];
    const values: string[] = [];
    let [quoted, loose] = [false, false];
    let spanFrom: number | undefined;
    for (;;) {
      while (text.charCodeAt(at) === space) at++;
      let value = "";
      const isQuoted = this.quotes && text.charCodeAt(at) === quote;
      if (isQuoted) {
        const opened = line;
        const end = closingQuote(text, at);
        if (end < 0 && !isEnd) return undefined;
        if (end < 0) throw new UnclosedQuote(opened, values.length + 1);
        value = text.slice(at + 1, end).replaceAll('""', '"');
        line += value.match(lineBreak)?.length ?? 0;
        if (line > opened) spanFrom ??= opened;
        quoted = true;
        at = end + 1;
      }
      const from = at;
      let code = text.charCodeAt(at);
      while (at < length && code !== sign && code !== newline && code !== carriageReturn)
        code = text.charCodeAt(++at);
      const rest = text.slice(from, at);
      if (this.quotes && (isQuoted ? rest.trim() !== "" : rest.includes('"'))) loose = true;
      values.push((value + rest).trim());
      if (at >= length || code !== sign) break;
      at++;
    }
    // The line break may come with the next text, or its second half.
    const isReturn = text.charCodeAt(at) === carriageReturn;
    if (!isEnd && (at >= length || (isReturn && at + 1 === length))) return undefined;
    if (isReturn && text.charCodeAt(at + 1) === newline) at++;
    const first = this.#line;
    [this.#at, this.#line] = [at + 1, line + 1];
    return { values, line: first, quoted, loose, ...(spanFrom !== undefined && { spanFrom }) };
  }
}

/** Returns the index of the closing quote, or -1. */
function closingQuote(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1);
  while (end >= 0 && text.charCodeAt(end + 1) === quote) end = text.indexOf('"', end + 2);
  return end;
}
