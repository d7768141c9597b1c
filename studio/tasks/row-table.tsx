import type { Table } from "../../src/data/lists/csv.js";
import { cellText } from "./read-list.js";

/** Longest cell that is shown, in characters. */
const longestCell = 200;

/** The first rows of a list. @param used columns that stand out */
export function RowTable({
  list: { columns, rows },
  count,
  used = [],
  label,
}: {
  readonly list: Table;
  readonly count: number;
  readonly used?: readonly string[];
  readonly label: string;
}) {
  const mark = (column: string): string => (used.includes(column) ? "used" : "");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
    <section class="table-scroll" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" class={mark(column)}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, count).map(({ line, values }) => (
            <tr key={line}>
              {columns.map((column) => (
                <td key={column} class={mark(column)}>
                  {cellText(values[column]).slice(0, longestCell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
