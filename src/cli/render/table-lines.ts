import { shown, terminalColumns } from "../terminal-text.js";
import { columnsOf, wrap } from "./labelled.js";

/** Layout of a table. */
export interface TableLayout {
  /** Number of columns, from the first, that are aligned at the left; the rest is aligned at the right. */
  readonly left: number;
  /** Minimum width of each column. */
  readonly least?: readonly number[];
  /** Spaces before each line. */
  readonly indent?: number;
}

/** Returns the lines of a table with aligned columns; a list of its cells if the terminal is narrower. */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { left, least = [], indent = 0 }: TableLayout,
): string[] {
  const all = [header, ...rows].map((row) => row.map((cell) => shown(cell)));
  const widths = header.map((_, i) => Math.max(least[i] ?? 0, ...all.map((row) => columnsOf(row[i]!))));
  const lines = all.map((row) =>
    (
      " ".repeat(indent) +
      row
        .map((cell, i) => {
          const spaces = " ".repeat(widths[i]! - columnsOf(cell));
          return i < left ? cell + spaces : spaces + cell;
        })
        .join("  ")
    ).trimEnd(),
  );
  const columns = terminalColumns() ?? Number.POSITIVE_INFINITY;
  if (lines.every((line) => columnsOf(line) <= columns)) return lines;
  const [titles = [], ...cells] = all;
  const marked = titles[0] === "" && cells.every(([mark = ""]) => mark.length <= 1);
  return cells.flatMap((row) => listed(titles, row, marked).flatMap((line) => wrap(line, columns)));
}

/** The name of the row on a line, then each further cell with its title. `marked`: a mark stands before the name. */
function listed(titles: readonly string[], row: readonly string[], marked: boolean): string[] {
  const named = row.map((cell, i) => (cell === "" ? "" : `${titles[i]} ${cell}`.trim()));
  const names = marked ? row.slice(0, 2) : named.slice(0, 1);
  const rest = named.slice(names.length).filter((text) => text !== "");
  return [names.filter((text) => text !== "").join(" "), ...rest.map((text) => `  ${text}`)];
}
