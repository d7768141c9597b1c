// Writes a sheet on the screen.
import type { GroupFacts } from "../../core/results/group-facts.js";
import {
  type Column,
  type Figure,
  plainText,
  scoreIn,
  type Table,
  type TableContent,
  type Text,
  type Value,
} from "../../report/sheet/sheet.js";
import {
  isLeftAligned,
  writtenFigure,
  writtenInterval,
  writtenNumber,
  writtenValue,
} from "../../report/sheet/written.js";
import type { AnySheet } from "../../tasks/sheets.js";
import { labelled } from "./labelled.js";
import { tableLines } from "./table-lines.js";

/** A page's minus and its spaces that do not break are plain characters on a screen. */
export const onScreen = (text: string): string => text.replaceAll("\u00a0", " ").replaceAll("\u2212", "-");
export const screenText = (text: Text): string => onScreen(plainText(text, "en"));

/** Main score of a model, as text. */
export interface MainScore {
  /** "68.3 %" or "0.812" */
  readonly value: string;
  /** "62.9 to 73.3 %"; missing if there is none. */
  readonly interval?: string;
  /** Set if the value is the interval, because the score has no digits. */
  readonly range?: true;
}

/** Returns a score with its interval. Without digits, the value is the interval. */
export function screenScore({ as, value, ci95 }: Figure, digits = true): MainScore {
  const interval = ci95 ? onScreen(writtenInterval(as, ci95, "en")) : undefined;
  const number = digits ? onScreen(writtenNumber(as, value)) : (interval ?? "unknown");
  return {
    value: number,
    ...(interval !== undefined && digits && { interval }),
    ...(!digits && interval && { range: true as const }),
  };
}

/** Returns the row with the lowest score, without those of which no sample was tested. */
export function weakestLines(sheet: AnySheet, test: GroupFacts, about: object): string[] {
  const [{ as }] = sheet.figures(test, about);
  return sheet.scores(test, about).tables.flatMap(({ weakest, columns, rows }) => {
    if (weakest === undefined || rows.length < 2) return [];
    const row = rows.find(([, n]) => n !== 0);
    const score = scoreIn(row?.[weakest]);
    if (score === undefined || score === 1) return [];
    const named = `${cellText(columns[0]!, row![0])}: ${screenText(columns[weakest]!.name)}`;
    const others = columns.flatMap((column, i) =>
      i > 0 && column.as === "name" && row![i] !== null
        ? `, ${screenText(column.name)} ${cellText(column, row![i])}`
        : [],
    );
    return labelled("weakest", `${named} ${onScreen(writtenNumber(as, score))}${others.join("")}`);
  });
}

/** Returns further scores, and what was tested. */
export function furtherScores(sheet: AnySheet, test: GroupFacts, about: object): string[] {
  const [, ...further] = sheet.figures(test, about);
  const { notes = [] } = sheet.scores(test, about);
  const figures = further.map((figure) => onScreen(writtenFigure(figure, "en"))).join(", ");
  return labelled("scores", ...(figures === "" ? [] : [figures]), ...notes.map(screenText));
}

/** Returns facts, worst samples and tables. */
export function detailLines(sheet: AnySheet, test: GroupFacts, about: object): string[] {
  const { facts, tables } = sheet.scores(test, about);
  return [
    ...facts.flatMap(({ label, short, value }) =>
      labelled(short ?? screenText(label).toLowerCase(), screenText(value)),
    ),
    ...tables.flatMap((table) =>
      table.samples ? worstLines(table, table.samples, mostWorst) : tableOnScreen(table),
    ),
  ];
}

const cellText = ({ as }: Column, value: Value): string => onScreen(writtenValue(as, value, "en"));

/** Worst samples on the screen. */
const mostWorst = 3;

/** Returns the first lines of a table of samples, under its title. */
function worstLines({ title, columns, rows }: Table, samples: readonly string[], most: number): string[] {
  const lines = samples.slice(0, most).map((sample, row) => {
    const cells = columns.map((column, i) => `${screenText(column.name)} ${cellText(column, rows[row]![i])}`);
    return `${sample}: ${cells.join("; ")}`;
  });
  return labelled(title === undefined ? "worst" : screenText(title).toLowerCase(), ...lines);
}

/** Returns the first of the worst samples. */
export const worstSample = (sheet: AnySheet, test: GroupFacts, about: object): string[] =>
  sheet
    .scores(test, about)
    .tables.flatMap((table) => (table.samples ? worstLines(table, table.samples, 1) : []));

/** Returns the lines of a table, with a mark before the best row. */
export function tableOnScreen({ rows, empty, best, ...table }: TableContent): string[] {
  if (rows.length === 0 && empty !== undefined) return ["", screenText(empty)];
  const columns = table.columns.flatMap((column, i) => (column.only === "page" ? [] : [{ ...column, i }]));
  const names = columns.findIndex(({ as }) => !isLeftAligned(as));
  const left = names < 0 ? columns.length : names;
  const marked = best !== undefined;
  const header = columns.map(({ name, short }) => short ?? screenText(name));
  const cells = rows.map((row, at) => [
    ...(marked ? [at === best ? "*" : ""] : []),
    ...columns.map((column) => cellText(column, row[column.i])),
  ]);
  return [
    "",
    ...tableLines(marked ? ["", ...header] : header, cells, { left: marked ? left + 1 : left, indent: 2 }),
  ];
}
