import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { isMissing, isNoValue } from "../column.js";
import { type Row, textOf } from "../lists/columns.js";
import type { Table } from "../lists/csv.js";
import type { Warning } from "../split/found.js";

/** Which number of 03/04/2024 is the day. Other forms say it themselves. */
type Order = "d/m" | "m/d";

/** What a model learns from a date, and how: a number has an order, a category has none. */
const derived = { days: "number", month: "category", weekday: "category", hour: "number" } as const;
type Derived = keyof typeof derived;

/** Smallest share of cells that are dates in a column of dates. */
const mostDates = 0.95;
/** Most columns of dates whose differences are taken. */
const mostDifferences = 4;

const time = String.raw`(?:[T ]\s?(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?(?:\s?(?<half>[ap])\.?m\.?)?\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?`;
const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const monthName = String.raw`(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`;
const monthDay = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;
/** Forms of dates. Of 3/4/2024, the column must show which number is the day. */
const forms = [
  // 2024-03-04, 2024/3/4
  String.raw`(?<year>\d{4})(?<sign>[-/])(?<month>\d{1,2})\k<sign>(?<day>\d{1,2})`,
  // 4.3.2024
  String.raw`(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})`,
  // 3/4/2024, 3-4-2024
  String.raw`(?<first>\d{1,2})(?<sign>[/-])(?<other>\d{1,2})\k<sign>(?<year>\d{4})`,
  // 20240304
  String.raw`(?<year>(?:19|20)\d{2})(?<month>0[1-9]|1[0-2])(?<day>0[1-9]|[12]\d|3[01])`,
  // 4 Mar 2024, 4-Mar-2024
  String.raw`${monthDay}[ -]${monthName}[ -](?<year>\d{4})`,
  // Mar 4 2024, March 4th, 2024
  String.raw`${monthName}[ -]${monthDay},?[ -](?<year>\d{4})`,
].map((form) => new RegExp(`^${form}${time}$`, "i"));
/** Dates whose year has two digits, and times of a day. They are not read. */
const unreadForm = /^(\d{1,2}([./-])\d{1,2}\2\d{2}([T ].*)?|\d{1,2}:\d{2}(:\d{2})?(\s?[ap]\.?m\.?)?)$/i;
/** Fewest different numbers such as 20240304 that are dates. */
const fewestDigits = 8;
const isDigits = (text: string): boolean => /^\d{8}$/.test(text);

/** A date as it is written. */
interface Written {
  readonly year: number;
  /** The two other numbers, in the order that is written. */
  readonly pair: readonly [number, number];
  /** Order of the pair. Missing: the text does not say it. */
  readonly order?: Order;
  /** Share of the day. */
  readonly time: number;
}

function writtenOf(text: string): Written | undefined {
  if (text.length > 40 || !/\d/.test(text)) return undefined;
  for (const form of forms) {
    const { groups } = form.exec(text) ?? {};
    if (groups === undefined) continue;
    const { year, first, other, month, name, day } = groups;
    const time = shareOfDay(groups);
    if (time === undefined) return undefined;
    if (first !== undefined) return { year: Number(year), pair: [Number(first), Number(other)], time };
    const number =
      name === undefined ? Number(month) : 1 + monthNames.indexOf(name.slice(0, 3).toLowerCase());
    return { year: Number(year), pair: [number, Number(day)], order: "m/d", time };
  }
  return undefined;
}

/** Returns a time as a share of the day; undefined for no time. */
function shareOfDay({ hour = "0", minute = "0", second = "0", half }: Groups): number | undefined {
  const isHalf = half !== undefined;
  if (isHalf && (Number(hour) < 1 || Number(hour) > 12)) return undefined;
  const hours = isHalf ? (Number(hour) % 12) + (half.toLowerCase() === "p" ? 12 : 0) : Number(hour);
  const share = hours / 24 + Number(minute) / 1440 + Number(second) / 86_400;
  return share < 1 ? share : undefined;
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Days since 1970-01-01, and month, weekday (Monday is 1) and hour, by the calendar of the text. Undefined for no date. */
function dateOf(text: string, order: Order): Readonly<Record<Derived, number>> | undefined {
  const written = writtenOf(text);
  if (written === undefined) return undefined;
  const [first, second] = written.pair;
  const [day, month] = (written.order ?? order) === "d/m" ? [first, second] : [second, first];
  const at = Date.UTC(written.year, month - 1, day);
  const real = new Date(at);
  // February 30 is no date.
  if (real.getUTCMonth() !== month - 1 || real.getUTCDate() !== day) return undefined;
  const days = at / 86_400_000;
  const hour = 24 * written.time;
  return {
    days: rounded(days + written.time),
    month,
    weekday: ((((days + 3) % 7) + 7) % 7) + 1,
    hour: rounded(hour),
  };
}

const rounded = (value: number): number => Number(value.toFixed(5));

/** Returns the order of the dates of a column; undefined for a column of something else, and if no date shows which number is the day. */
function orderOf(cells: readonly string[]): Order | "unclear" | undefined {
  const present = cells.filter((cell) => !isMissing(cell));
  // Most columns hold no dates: their first cells say so.
  if (present.length === 0 || !present.slice(0, 20).some((cell) => writtenOf(cell) !== undefined))
    return undefined;
  const written = present.flatMap((cell) => writtenOf(cell) ?? []);
  const stated = present.filter((cell) => !isNoValue(cell)).length;
  if (written.length < mostDates * stated || 2 * stated < present.length) return undefined;
  // A few numbers of eight digits may be dates by chance.
  const digits = present.filter(isDigits);
  if (2 * digits.length > present.length && new Set(digits).size < fewestDigits) return undefined;
  const open = written.filter(({ order }) => order === undefined);
  if (open.length === 0) return "d/m";
  const [dayFirst, monthFirst] = [
    open.some(({ pair }) => pair[0] > 12),
    open.some(({ pair }) => pair[1] > 12),
  ];
  return dayFirst === monthFirst ? "unclear" : dayFirst ? "d/m" : "m/d";
}

/**
 * Returns the dates of a column as days since 1970, undefined for a cell that is none.
 * @returns undefined for a column of something else; "unclear" if no date shows which number is the day
 */
export function daysOf(cells: readonly string[]): readonly (number | undefined)[] | "unclear" | undefined {
  const order = orderOf(cells);
  return order === undefined || order === "unclear"
    ? order
    : cells.map((cell) => dateOf(cell.trim(), order)?.days);
}

/** True for a column of dates or times in a form that is not read. */
function areUnread(cells: readonly string[]): boolean {
  const present = cells.filter((cell) => !isMissing(cell));
  if (!present.slice(0, 20).some((cell) => unreadForm.test(cell))) return false;
  return present.filter((cell) => unreadForm.test(cell)).length >= mostDates * present.length;
}

/** "date (days)", "date (month, m/d)", "end (days since start)" */
const derivedName = /^(.*) \((?:(days|month|weekday|hour)|days since (.*?))(?:, (d\/m|m\/d))?\)$/s;

/** A column that is derived of dates, by its name. */
interface DerivedColumn {
  readonly column: string;
  readonly what: Derived;
  readonly since?: string;
  readonly order: Order;
}

function parsedName(name: string): DerivedColumn | undefined {
  const [, column, what = "days", since, order = "d/m"] = derivedName.exec(name) ?? [];
  if (column === undefined) return undefined;
  return { column, what: what as Derived, ...(since !== undefined && { since }), order: order as Order };
}

/** Returns the columns of a table that a column of a model needs: itself, or the dates that it is derived of. */
export function sourcesOf(name: string): readonly string[] {
  const found = parsedName(name);
  return found === undefined ? [name] : [found.column, ...(found.since === undefined ? [] : [found.since])];
}

/** Returns the columns of dates that some columns of a model are derived of. */
export const derivedSources = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.flatMap((name) => (parsedName(name) ? sourcesOf(name) : [])));

/**
 * Returns a cell that a model derives of the dates of a row: "date (days)" of `date`.
 * @param textIn returns the text of another column of the row; undefined if it has none
 * @returns "" for a missing date; undefined if the name is that of no derived column, or a text is no date
 */
export function derivedCell(
  name: string,
  textIn: (column: string) => string | undefined,
): string | undefined {
  const found = parsedName(name);
  if (found === undefined) return undefined;
  const partOf = (column: string, what: Derived): number | "" | undefined => {
    const text = textIn(column)?.trim();
    return text === undefined || isMissing(text) || isNoValue(text) ? "" : dateOf(text, found.order)?.[what];
  };
  const value = partOf(found.column, found.what);
  if (found.since === undefined) return value === undefined ? undefined : String(value);
  const from = partOf(found.since, "days");
  if (value === undefined || from === undefined) return undefined;
  return value === "" || from === "" ? "" : String(rounded(value - from));
}

type NamedTable = Table & { readonly name: string };

/** A list whose dates are numbers and categories that a model can use. */
export interface DatedList<List extends NamedTable> {
  readonly list: List;
  /** Kind of each derived column. */
  readonly dates: ReadonlyMap<string, "number" | "category">;
}

/**
 * Returns a list with what models can use of its dates instead of them: days since 1970, month, weekday, hour, and days between two
 * dates. Names of the columns say how they are derived, so that a row for prediction needs the dates only.
 * @param but columns that are no inputs: target, group, split
 * @param warnings says which columns were read as dates, and which ones are unclear
 */
export function withDates<List extends NamedTable>(
  list: List,
  but: ReadonlySet<string>,
  warnings: Warning[],
): DatedList<List> {
  const found = new Map<string, Order>();
  const unclear: string[] = [];
  const unread = new Map<string, string>();
  for (const column of list.columns) {
    if (but.has(column)) continue;
    const cells = list.rows.map((row) => textOf(row, column, list));
    const order = orderOf(cells);
    if (order === "unclear") unclear.push(column);
    else if (order !== undefined) found.set(column, order);
    else if (areUnread(cells)) unread.set(column, cells.find((cell) => unreadForm.test(cell))!);
  }
  if (unread.size > 0) {
    const [example] = unread.values();
    warnings.push(
      warningText(
        "unread_dates",
        message("dates-unread", { names: [...unread.keys()], more: 0, example: example! }),
      ),
    );
  }
  if (unclear.length > 0)
    warnings.push(warningText("unclear_dates", message("dates-unclear", { names: unclear, more: 0 })));
  if (found.size === 0) return { list, dates: new Map() };
  const dates = new Map<string, "number" | "category">();
  for (const [column, order] of found) {
    const suffix = order === "m/d" ? ", m/d" : "";
    for (const [what, kind] of Object.entries(derived)) dates.set(`${column} (${what}${suffix})`, kind);
  }
  const names = [...found.keys()];
  if (names.length <= mostDifferences)
    for (const [i, since] of names.entries())
      for (const column of names.slice(i + 1))
        if (found.get(column) === found.get(since))
          dates.set(`${column} (days since ${since}${found.get(since) === "m/d" ? ", m/d" : ""})`, "number");
  warnings.push(warningText("dates", message("dates-read", { names, more: 0 })));
  for (const [column, order] of found) {
    const bad = list.rows
      .map((row) => textOf(row, column, list))
      .filter((cell) => !isMissing(cell) && dateOf(cell, order) === undefined);
    if (bad.length > 0)
      warnings.push(
        warningText(
          "no_dates",
          message("values-not-dates", { values: bad.length, column, ...firstOf([...new Set(bad)]) }),
        ),
      );
  }
  const columns = list.columns.filter((column) => !found.has(column));
  const dated = (row: Row): Row => {
    const values = { ...row.values };
    for (const name of dates.keys())
      values[name] = derivedCell(name, (column) => textOf(row, column, list)) ?? "";
    return { ...row, values };
  };
  return { list: { ...list, columns: [...columns, ...dates.keys()], rows: list.rows.map(dated) }, dates };
}
