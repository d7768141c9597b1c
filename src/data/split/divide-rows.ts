import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { Column, isMissing } from "../column.js";
import {
  type Moment,
  type Row,
  type StatedSplit,
  splitColumnOf,
  statedSplitOf,
  textOf,
} from "../lists/columns.js";
import { divisionOf, type ListDivision } from "../source.js";
import { daysOf } from "../tables/dates.js";
import type { Warning } from "./found.js";

/** Shares of the validation and test splits, which are the latest rows. */
const [validationShare, testShare] = [0.15, 0.15];

interface List {
  readonly name: string;
  readonly columns: readonly string[];
  /** Separator of the list's values. */
  readonly separator?: string | undefined;
}

/**
 * Divides the rows of a list by a column of dates or numbers: the earliest rows are learnt from, the latest 15 % test, and those before
 * them validate. Rows of one time stay together.
 * @param gap rows that are left out before the validation split and before the test split, since their labels may look ahead
 * @returns the rows that are left, each with its split in the column "split"
 * @throws DataError for a list that has a split already, or a column without times
 */
export function divideByTime(
  list: List,
  rows: readonly Row[],
  { splitBy: column, gap }: { readonly splitBy: string; readonly gap: number },
): { readonly rows: readonly Row[]; readonly gapRows: readonly Row[]; readonly warning: Warning } {
  requireUndivided(list, column);
  const times = rowTimesOf(list, rows, column);
  const order = rows.map((_, i) => i).filter((i) => times[i] !== undefined);
  order.sort((a, b) => times[a]! - times[b]! || a - b);
  const distinct = new Set(order.map((i) => times[i]!)).size;
  if (distinct < 3)
    throw new EngraftError(
      "DataError",
      `column ${JSON.stringify(column)} of ${JSON.stringify(list.name)} has ${distinct === 1 ? "one value" : `${distinct} different values`}: a split by time needs 3 at least`,
      { help: "name another column: --split-by COLUMN", details: { column, values: distinct } },
    );
  const timeAt = (place: number): number => times[order[place]!]!;
  // The place where a split begins that holds at least a share of the rows, without dividing a time.
  const beginOf = (end: number, share: number): number => {
    let begin = Math.max(1, end - Math.max(1, Math.round(share * order.length)));
    while (begin > 1 && timeAt(begin - 1) === timeAt(begin)) begin--;
    return begin;
  };
  let test = beginOf(order.length, testShare);
  let validation = beginOf(test, validationShare);
  // A time with most of the rows may leave nothing before it.
  if (timeAt(0) === timeAt(validation)) validation = firstAfter(timeAt, 0);
  if (test <= validation) test = firstAfter(timeAt, validation);
  const partAt = (place: number): Part | undefined => {
    if (place >= test) return "test";
    if (place >= validation) return test - place > gap ? "validation" : undefined;
    return validation - place > gap ? "train" : undefined;
  };
  const parts = order.map((_, place) => partAt(place));
  const count = (part: Part): number => parts.filter((one) => one === part).length;
  const empty = (["train", "validation"] as const).find((part) => count(part) === 0);
  if (empty)
    throw new EngraftError("DataError", `a gap of ${gap} rows leaves nothing for the ${empty} split`, {
      help: "use a smaller --gap",
      details: { gap, rows: order.length },
    });
  const placeOf = new Map(order.map((i, place) => [i, place]));
  const moments = momentsOf(order.length, timeAt, gap);
  const textAt = (place: number): string => textOf(rows[order[place]!]!, column, list);
  return {
    rows: rows.flatMap((row, i) => {
      const place = placeOf.get(i);
      const split = place === undefined ? undefined : parts[place];
      return split === undefined
        ? []
        : [{ ...row, values: { ...row.values, split }, moment: moments[place!]! }];
    }),
    gapRows: order.flatMap((i, place) =>
      parts[place] === undefined ? [{ ...rows[i]!, moment: moments[place]! }] : [],
    ),
    warning: warningText(
      "split_by_time",
      message("split-by-time", {
        column,
        train: count("train"),
        validation: count("validation"),
        test: count("test"),
        validation_from: textAt(validation),
        test_from: textAt(test),
        gap: order.length - parts.filter((part) => part !== undefined).length,
        missing: rows.length - order.length,
      }),
    ),
  };
}

/** Returns the moment of the row at each place. */
function momentsOf(rows: number, timeAt: (place: number) => number, gap: number): readonly Moment[] {
  const begins: number[] = [];
  for (let place = 0; place < rows; place = firstAfter(timeAt, place)) begins.push(place);
  let known = -1;
  return begins.flatMap((begin, time) => {
    // A time is known once its last row lies before the gap.
    while (known + 1 < time && begins[known + 2]! <= begin - gap) known++;
    return Array.from({ length: (begins[time + 1] ?? rows) - begin }, () => ({ time, known }));
  });
}

/** Returns the first place with another time than that of a place. */
function firstAfter(timeAt: (place: number) => number, place: number): number {
  let next = place + 1;
  while (timeAt(next) === timeAt(place)) next++;
  return next;
}

function requireUndivided(list: List, column: string): void {
  const { name, columns } = list;
  if (!columns.includes(column))
    throw new EngraftError("DataError", `${JSON.stringify(name)} has no column ${JSON.stringify(column)}`, {
      help: `its columns are ${columns
        .slice(0, 12)
        .map((one) => JSON.stringify(one))
        .join(", ")}`,
      details: { column, columns },
    });
  const given = splitColumnOf(list);
  if (given !== undefined)
    throw new EngraftError(
      "DataError",
      `${JSON.stringify(name)} has splits already, in column ${JSON.stringify(given)}`,
      { help: "leave --split-by out, or rename the column", details: { column: given } },
    );
}

/** Returns the columns of dates in a list without splits. */
export const datesIn = (columns: readonly string[], rows: readonly Row[]): readonly string[] =>
  splitColumnOf({ columns }) === undefined
    ? columns.filter((column) => Array.isArray(daysOf(rows.map(({ values }) => cellOf(values[column])))))
    : [];

const cellOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Returns the months of cells such as 2024-03, counted from year 0; undefined if some are no months. */
function monthsOf(cells: readonly string[]): readonly (number | undefined)[] | undefined {
  const months = cells.map((cell) => /^(\d{4})[-/.](0[1-9]|1[0-2])$/.exec(cell.trim()));
  if (months.every((found) => found === null)) return undefined;
  if (months.some((found, i) => found === null && !isMissing(cells[i]!))) return undefined;
  return months.map((found) => (found ? 12 * Number(found[1]) + Number(found[2]) : undefined));
}

/** Returns the time of each row; undefined for an empty cell. @throws DataError for other cells */
function rowTimesOf(list: List, rows: readonly Row[], column: string): readonly (number | undefined)[] {
  const cells = rows.map((row) => textOf(row, column, list));
  const days = daysOf(cells);
  if (days === "unclear")
    throw new EngraftError(
      "DataError",
      `of the dates in ${JSON.stringify(column)}, no date shows which number is the day`,
      { help: "write them as 2024-03-31", details: { column } },
    );
  const times = days ?? monthsOf(cells) ?? new Column(column, cells, list).values;
  const wrong = cells.findIndex((cell, i) => times[i] === undefined && !isMissing(cell));
  if (wrong < 0) return times;
  const { line, file } = rows[wrong]!;
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(cells[wrong])} in column ${JSON.stringify(column)} is neither a date nor a number`,
    {
      at: `${file ?? list.name}${line === undefined ? "" : `, line ${line}`}`,
      help: "name a column of dates or numbers: --split-by COLUMN",
      details: { column, value: cells[wrong] },
    },
  );
}

/** Which part of a list is read, and its columns for something else than the split. */
interface FileOptions {
  readonly most?: number | undefined;
  /** True for a file that is a split itself. */
  readonly isPart?: boolean;
  readonly reserved?: readonly string[] | undefined;
  readonly classColumn?: string | undefined;
}

/** Rows with their splits. */
export interface DividedRows {
  /** The rows that were read so far. */
  readonly rows: readonly Row[];
  /** Returns a row that is read later with its split. */
  readonly later: (row: Row) => Row;
  readonly columnsOf: (columns: readonly string[]) => readonly string[];
  readonly warnings: readonly Warning[];
  /** Rows that are in no split, as the gap. */
  readonly gapRows?: readonly Row[];
}

/** Returns how a list is divided by time. The first rows of a list only show what it holds: they are not divided. */
export const timesOf = (platform: Platform, { most, isPart }: FileOptions): ListDivision | undefined =>
  most === undefined && isPart !== true ? divisionOf(platform) : undefined;

/** Gives rows their splits: by time if the source says so, else as the columns of the list state them. */
export function divideRows(
  platform: Platform,
  list: List,
  rows: readonly Row[],
  options: FileOptions,
): DividedRows {
  const { reserved = [], classColumn, isPart } = options;
  const times = timesOf(platform, options);
  const asTheyAre = {
    rows,
    later: (row: Row) => row,
    columnsOf: (all: readonly string[]) => all,
    warnings: [],
  };
  if (times?.splitBy !== undefined) {
    const { splitBy, gap = 0 } = times;
    const divided = divideByTime(list, rows, { splitBy, gap });
    times.divided = true;
    const { warning, gapRows } = divided;
    const columnsOf = (all: readonly string[]) => [...all, "split"];
    return { ...asTheyAre, rows: divided.rows, gapRows, columnsOf, warnings: [warning] };
  }
  const stated = isPart
    ? undefined
    : statedSplitOf(list.columns, rows, [...reserved, ...(classColumn?.split(",") ?? [])]);
  if (!stated) {
    for (const column of times ? datesIn(list.columns, rows) : []) times!.dates.add(column);
    return asTheyAre;
  }
  const [first, ...others] = stated.columns;
  const later = (row: Row): Row => withSplit(row, stated);
  return {
    rows: rows.map(later),
    later,
    columnsOf: (all) =>
      all.filter((column) => !others.includes(column)).map((column) => (column === first ? "split" : column)),
    warnings: [warningText("split_stated", message("split-stated", firstOf(stated.columns)))],
  };
}

/** Returns a row with its split in the column "split", in place of those that state it. */
function withSplit(row: Row, { columns, splitOf }: StatedSplit): Row {
  const values = Object.fromEntries(
    Object.entries(row.values).filter(([column]) => !columns.includes(column)),
  );
  return { ...row, values: { ...values, split: splitOf(row.values) } };
}
