import { recordLimit } from "../../core/file-limits.js";
import { message, warningText } from "../../core/messages/message.js";
import { count, quoted, type Warning } from "../split/found.js";
import type { Row } from "./columns.js";
import { type CsvRecord, csvRecords, piecesOf, type Text, UnclosedQuote } from "./csv-records.js";
import { listError } from "./list-bytes.js";
import type { Quotes } from "./quotes.js";

/** A parsed list: columns and rows. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Separator of a CSV or TSV. */
  readonly separator?: string;
  /** Decisions about the file's format. */
  readonly warnings?: readonly Warning[];
  /** True if the quotes of a CSV or TSV enclose values. */
  readonly enclosing?: boolean;
  /** Rows that a split by time left out as gap: they are in no split, and their targets become known in time. */
  readonly gapRows?: readonly Row[];
}

/** Rows of a file, as far as they were asked for. */
export interface ParsedTable extends Table {
  /** True if the file has no further rows. */
  readonly isWhole: boolean;
}

export interface CsvOptions {
  /** Default: "standard"; "none" for a TSV that cannot be read with "standard". */
  readonly quotes?: Quotes | undefined;
  /** Example header in messages. */
  readonly header?: string | undefined;
  /** Receives the columns and returns the function that receives the rows; `rows` stays empty then. */
  readonly each?: (columns: readonly string[]) => (row: Row) => void;
  /** Largest number of rows to read. Default: all. */
  readonly most?: number | undefined;
}

/** Returns the most frequent separator in the first line, outside quotes. */
export function separatorOf(text: Text): "," | ";" | "\t" {
  let start = "";
  for (const piece of piecesOf(text)) {
    start += piece;
    if (/[\r\n]/.test(piece)) break;
  }
  const first = (start.match(/^[^\r\n]*/)?.[0] ?? "").replace(/"[^"]*"/g, "");
  const times = (one: string) => first.split(one).length - 1;
  return ([",", ";", "\t"] as const).reduce((a, b) => (times(b) > times(a) ? b : a));
}

/**
 * Parses a CSV or TSV.
 * @param given the text or its pieces. Pieces are read once, or up to three times if the text has quotes
 * @param tabs true for a TSV
 * @throws DataError with the line; for ambiguous quotes, with the number of rows of both readings
 */
export function readCsv(
  given: Text,
  name: string,
  tabs: boolean,
  { quotes, header = "image,label", each, most = Number.POSITIVE_INFINITY }: CsvOptions = {},
): ParsedTable {
  const stated = statedSeparator(given);
  const text = stated === undefined ? given : withoutStatement(given);
  const separator = tabs ? "\t" : (stated ?? separatorOf(text));
  const { enclosing, warnings } = quotesOf(text, name, separator, quotes);
  let columns: readonly string[] | undefined;
  const rows: Row[] = [];
  let take = (row: Row): void => void rows.push(row);
  let [left, isWhole] = [most, true];
  for (const record of checkedRecords(text, name, separator, enclosing)) {
    if (columns === undefined) {
      columns = record.values;
      const named = columns.filter((column) => column !== "");
      requireDifferentNames(named, name, record.line);
      if (each) take = each(columns);
      continue;
    }
    if (left-- <= 0) {
      isWhole = false;
      break;
    }
    const values = copies(record.values);
    take({
      line: record.line,
      values: Object.fromEntries(columns.map((column, i) => [column, values[i]])),
    });
  }
  if (columns === undefined)
    throw listError(name, "is empty", undefined, `add a header line, such as ${header}`);
  return { columns, rows, separator, enclosing, isWhole, ...(warnings.length > 0 && { warnings }) };
}

/** The line by which Excel states the separator. */
const statement = /^\uFEFF?sep=([,;\t|])(?=\r?\n)/i;

/** Returns the separator that the first line states, if it states one. */
function statedSeparator(text: Text): string | undefined {
  for (const piece of piecesOf(text)) return statement.exec(piece)?.[1];
  return undefined;
}

/** Returns the text with an empty first line, so that lines keep their numbers. */
function withoutStatement(text: Text): Text {
  if (typeof text === "string") return text.replace(statement, "");
  return {
    *[Symbol.iterator]() {
      let isFirst = true;
      for (const piece of text) {
        yield isFirst ? piece.replace(statement, "") : piece;
        isFirst = false;
      }
    },
  };
}

/** @throws DataError if two columns have one name: the values of the first would be lost */
export function requireDifferentNames(
  columns: readonly string[],
  name: string,
  line: number | undefined,
): void {
  const seen = new Set<string>();
  const repeated = columns.filter((column) => seen.size === seen.add(column).size);
  if (repeated.length === 0) return;
  throw listError(
    name,
    `has the column ${quoted(repeated)} twice`,
    line,
    "give each column a name of its own",
  );
}

/**
 * Copies texts. A slice keeps the whole text in memory that it was cut from, and takes memory of its own; a parsed text is a copy, and
 * equal short ones are one.
 */
const copies = (values: readonly string[]): string[] => JSON.parse(JSON.stringify(values)) as string[];

/** Yields the records. @throws DataError for a record with another number of values than the header */
function* checkedRecords(
  text: Text,
  name: string,
  separator: string,
  enclosing: boolean,
): Generator<CsvRecord> {
  let width: number | undefined;
  try {
    for (const record of csvRecords(text, separator, enclosing)) {
      const { values, line, spanFrom } = record;
      width ??= values.length;
      if (values.length !== width)
        throw listError(
          name,
          spanFrom === undefined
            ? `has another number of values than the header: ${values.length}`
            : `opens a quote whose record has another number of values than the header: ${values.length}`,
          spanFrom ?? line,
          spanFrom === undefined
            ? values.length === width + 1 && values.at(-1) === ""
              ? "remove the separator at the end of the lines, or name the last column"
              : "quote values that contain the separator"
            : `close the quote, or write "" for a quote inside${quotesNoneHint(text, separator)}`,
        );
      let length = 0;
      for (const value of values) length += value.length;
      if (length > recordLimit)
        throw listError(
          name,
          `is longer than ${count(recordLimit, "character")}`,
          spanFrom ?? line,
          "look for a quote that is never closed",
        );
      yield record;
    }
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    throw listError(
      name,
      `opens a quote that is never closed (column ${error.column})`,
      error.line,
      `close it, or write "" for a quote inside${quotesNoneHint(text, separator)}`,
      error,
    );
  }
}

/** Returns a hint at `--quotes none` if the file is readable that way. */
const quotesNoneHint = (text: Text, separator: string): string =>
  plainRows(text, separator) === undefined ? "" : "; if quotes are part of the values, give --quotes none";

/** Returns the number of rows if quotes are text; undefined if a line has fewer than `least` values, or not the header's number. */
function plainRows(text: Text, separator: string, least = 1): number | undefined {
  let [width, rows] = [0, -1];
  for (const { values } of csvRecords(text, separator, false)) {
    if (rows < 0) width = values.length;
    if (values.length !== width) return undefined;
    rows++;
  }
  return width >= least ? rows : undefined;
}

/** The result of parsing with quotes around values. */
interface StandardReading {
  /** Undefined if the text is no table with this reading. */
  readonly rows: number | undefined;
  /** Line of the first quote that opened a value with a line break. */
  readonly spanFrom: number | undefined;
  readonly loose: boolean;
  readonly quoted: boolean;
}

function standardReading(text: Text, separator: string): StandardReading {
  let [width, rows] = [0, -1];
  let [loose, quoted] = [false, false];
  let spanFrom: number | undefined;
  try {
    for (const record of csvRecords(text, separator)) {
      if (rows < 0) width = record.values.length;
      spanFrom ??= record.spanFrom;
      loose ||= record.loose;
      quoted ||= record.quoted;
      if (record.values.length !== width) return { rows: undefined, spanFrom, loose, quoted: true };
      rows++;
    }
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    return { rows: undefined, spanFrom, loose, quoted: true };
  }
  return { rows, spanFrom, loose, quoted };
}

function hasQuotes(text: Text): boolean {
  for (const piece of piecesOf(text)) if (piece.includes('"')) return true;
  return false;
}

/**
 * Decides whether quotes enclose values. A file is ambiguous if quoted values hold line breaks and each single line has the header's
 * number of values as well.
 * @throws DataError for an ambiguous CSV
 */
function quotesOf(
  text: Text,
  name: string,
  separator: string,
  given: Quotes | undefined,
): { readonly enclosing: boolean; readonly warnings: readonly Warning[] } {
  const standard = { enclosing: true, warnings: [] };
  if (given !== undefined) return { enclosing: given === "standard", warnings: [] };
  if (!hasQuotes(text)) return standard;
  const { rows, spanFrom, loose, quoted } = standardReading(text, separator);
  const tabs = separator === "\t";
  if (rows !== undefined && spanFrom === undefined && !(tabs && loose)) return standard;
  // The standard reading then reports the damaged line.
  if (!tabs && rows === undefined) return standard;
  // With one column, every line has one value, which is no evidence against line breaks in values.
  const plain = plainRows(text, separator, rows === undefined || loose ? 1 : 2);
  if (plain === undefined) return standard;
  if (!tabs)
    throw listError(
      name,
      `opens a quote that encloses line breaks, and each line by itself has the header's number of values, too: ${count(rows!, "row")} if quotes enclose values, ${plain} if they are text`,
      spanFrom,
      "say which it is: --quotes standard or --quotes none (train, compare, eval, predict, adapt); or save the file with every value in quotes",
    );
  const asText = warningText("quotes_as_text", message("quotes-as-text", { file: name }));
  return { enclosing: false, warnings: quoted ? [asText] : [] };
}
