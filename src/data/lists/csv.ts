import { count, type Warning } from "../split/found.js";
import type { Row } from "./columns.js";
import { type CsvRecord, csvRecords, UnclosedQuote } from "./csv-records.js";
import { problem } from "./list-bytes.js";
import type { Quotes } from "./quotes.js";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** What separates values, of a CSV or TSV. */
  readonly separator?: string;
  /** What was decided about how the file is read. */
  readonly warnings?: readonly Warning[];
}

export interface CsvOptions {
  /** Default: "standard", and "none" for a TSV that is only readable so. */
  readonly quotes?: Quotes | undefined;
  /** The header that a message gives as an example. */
  readonly header?: string | undefined;
  /** Given the columns: takes the rows one by one, and none of them is kept. */
  readonly each?: (columns: readonly string[]) => (row: Row) => void;
  /** Rows that are read. Default: all. */
  readonly most?: number | undefined;
}

/** The longest record, in characters: some hundred pages. A quote that is closed far too late makes a longer one. */
const longestRecord = 2 ** 22;

/** The separator that occurs most in the first line, outside quotes. */
export function separatorOf(text: string): "," | ";" | "\t" {
  const first = (text.match(/^[^\r\n]*/)?.[0] ?? "").replace(/"[^"]*"/g, "");
  const times = (one: string) => first.split(one).length - 1;
  return ([",", ";", "\t"] as const).reduce((a, b) => (times(b) > times(a) ? b : a));
}

/**
 * Reads the rows of a CSV or TSV by column name.
 * @throws DataError with the line; for a CSV whose quotes can be read in two ways, with both numbers of rows
 */
export function readCsv(
  text: string,
  name: string,
  tabs: boolean,
  { quotes, header = "image,label", each, most = Number.POSITIVE_INFINITY }: CsvOptions = {},
): Table {
  const separator = tabs ? "\t" : separatorOf(text);
  const { enclosing, warnings } = quotesOf(text, name, separator, quotes);
  let columns: readonly string[] | undefined;
  const rows: Row[] = [];
  let take = (row: Row): void => void rows.push(row);
  let left = most;
  for (const record of checked(text, name, separator, enclosing)) {
    if (columns === undefined) {
      columns = record.values;
      if (each) take = each(columns);
      continue;
    }
    if (left-- <= 0) break;
    const { values } = record;
    take({
      line: record.line,
      values: Object.fromEntries(columns.map((column, i) => [column, values[i]])),
    });
  }
  if (columns === undefined)
    throw problem(name, "is empty", undefined, `add a header line, such as ${header}`);
  return { columns, rows, separator, ...(warnings.length > 0 && { warnings }) };
}

/** The records, each with as many values as the header. @throws DataError */
function* checked(text: string, name: string, separator: string, enclosing: boolean): Generator<CsvRecord> {
  let width: number | undefined;
  try {
    for (const record of csvRecords(text, separator, enclosing)) {
      const { values, line, spanFrom } = record;
      width ??= values.length;
      if (values.length !== width)
        throw problem(
          name,
          spanFrom === undefined
            ? `has another number of values than the header: ${values.length}`
            : `opens a quote whose record has another number of values than the header: ${values.length}`,
          spanFrom ?? line,
          spanFrom === undefined
            ? "quote values that contain the separator"
            : `close the quote, or write "" for a quote inside${orNone(text, separator)}`,
        );
      if (values.reduce((sum, value) => sum + value.length, 0) > longestRecord)
        throw problem(
          name,
          `is longer than ${count(longestRecord, "character")}`,
          spanFrom ?? line,
          "look for a quote that is never closed",
        );
      yield record;
    }
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    throw problem(
      name,
      `opens a quote that is never closed (column ${error.column})`,
      error.line,
      `close it, or write "" for a quote inside${orNone(text, separator)}`,
      error,
    );
  }
}

/** The other way to read a file that cannot be read with quotes around values, where there is one. */
const orNone = (text: string, separator: string): string =>
  plainRows(text, separator) === undefined ? "" : "; if quotes are part of the values, give --quotes none";

/** Returns the number of rows when quotes are text, if every line has the header's number of values, at least `least`. */
function plainRows(text: string, separator: string, least = 1): number | undefined {
  let [width, rows] = [0, -1];
  for (const { values } of csvRecords(text, separator, false)) {
    if (rows < 0) width = values.length;
    if (values.length !== width) return undefined;
    rows++;
  }
  return width >= least ? rows : undefined;
}

/** What the standard reading makes of a text. */
interface StandardReading {
  /** Undefined if it is not a table that way. */
  readonly rows: number | undefined;
  /** Line of the first quote that opened a value with a line break. */
  readonly spanFrom: number | undefined;
  readonly loose: boolean;
  readonly quoted: boolean;
}

function standardReading(text: string, separator: string): StandardReading {
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

/**
 * Decides whether quotes enclose values. Most files can be read in one way only. Ambiguous is a file in which quoted values
 * hold line breaks while each single line has the header's number of values.
 */
function quotesOf(
  text: string,
  name: string,
  separator: string,
  given: Quotes | undefined,
): { readonly enclosing: boolean; readonly warnings: readonly Warning[] } {
  const standard = { enclosing: true, warnings: [] };
  if (given !== undefined) return { enclosing: given === "standard", warnings: [] };
  if (!text.includes('"')) return standard;
  const { rows, spanFrom, loose, quoted } = standardReading(text, separator);
  const tabs = separator === "\t";
  if (rows !== undefined && spanFrom === undefined && !(tabs && loose)) return standard;
  // A CSV that cannot be read with quotes around values is refused with its line.
  if (!tabs && rows === undefined) return standard;
  // Of one column each line has one value, whatever it is: that says nothing against values with line breaks.
  const plain = plainRows(text, separator, rows === undefined || loose ? 1 : 2);
  if (plain === undefined) return standard;
  if (!tabs)
    throw problem(
      name,
      `opens a quote that encloses line breaks, and each line by itself has the header's number of values, too: ${count(rows!, "row")} if quotes enclose values, ${plain} if they are text`,
      spanFrom,
      "say which it is: --quotes standard or --quotes none (train, compare, eval, predict, adapt); or save the file with every value in quotes",
    );
  const message = `${JSON.stringify(name)}: quotes are taken as text, since they do not enclose whole values in every line; --quotes standard reads them as enclosing`;
  return { enclosing: false, warnings: quoted ? [{ code: "quotes_as_text", message }] : [] };
}
