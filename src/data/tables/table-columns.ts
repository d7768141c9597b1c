import { EngraftError } from "../../core/errors.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { leftOut, type NamedReason } from "../../core/results/task.js";
import { splitColumnOf, textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { otherSeparator } from "../lists/other-separator.js";
import type { ListFile } from "../lists/read-list.js";
import { quoted, type Warning } from "../split/found.js";
import { summarizeColumn } from "./numbers.js";

/** An input column. */
export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "category";
}

/** Largest share of non-numeric values in a column of numbers. They count as missing. */
const maxNonNumericShare = 0.05;
/** Largest share of different values in a column of categories. A column with more holds names or ids. */
const maxDistinctShare = 0.5;
/** Largest number of values of a category with an embedding. Rarer values share one. */
export const maxCategories = 10_000;

/** Chooses the input columns and their kinds, and returns the unused columns with the reason. @throws DataError without an input column */
export function chooseColumns(
  list: ListFile,
  targets: readonly string[],
  requested: {
    readonly ignore?: readonly string[];
    readonly categories?: readonly string[];
    readonly groupFrom?: string;
  },
  warnings: Warning[],
): { columns: TableColumn[]; unused: NamedReason[] } {
  const columns: TableColumn[] = [];
  const unused: NamedReason[] = [];
  const split = splitColumnOf(list);
  for (const name of list.columns) {
    if (targets.includes(name) || name === split) continue;
    if (name === requested.groupFrom) {
      unused.push(leftOut(name, message("column-is-group")));
      continue;
    }
    if (requested.ignore?.includes(name)) {
      unused.push(leftOut(name, message("column-ignored")));
      continue;
    }
    const summary = summarizeColumn(list.rows.map((row) => textOf(row, name, list)));
    const present = list.rows.length - summary.missing;
    const others = present - summary.numbers;
    const isNamed = requested.categories?.includes(name) === true;
    if (present === 0) unused.push(leftOut(name, message("column-empty")));
    else if (summary.constant && summary.missing === 0)
      unused.push(leftOut(name, message("column-constant")));
    else if (!isNamed && summary.numbers > 0 && others <= maxNonNumericShare * present) {
      columns.push({ name, kind: "number" });
      if (others > 0)
        warnings.push(
          warningText(
            "no_numbers",
            message("values-not-numbers", { values: others, column: name, ...firstOf(summary.others) }),
          ),
        );
    } else if (!isNamed && present >= 20 && summary.distinct > maxDistinctShare * present)
      unused.push(leftOut(name, message("column-is-name", { distinct: summary.distinct, rows: present })));
    else columns.push({ name, kind: "category" });
  }
  if (columns.length === 0)
    throw listError(
      list.name,
      `has nothing to learn ${quoted(targets)} from`,
      undefined,
      unused.length > 0
        ? `columns left out: ${unused.map(({ name, why }) => `${JSON.stringify(name)} (${why})`).join(", ")}; of texts the column is called "text" in the first line, or named: --text NAME`
        : (otherSeparator(list.columns) ?? "give at least one more column"),
    );
  const reported = unused.filter((one) => one.message?.code !== "column-ignored");
  if (reported.length > 0)
    warnings.push({
      code: "columns_left_out",
      message: `left out: ${reported.map(({ name, why }) => `${JSON.stringify(name)} (${why})`).join(", ")}`,
    });
  return { columns, unused };
}

/** Parses a list of columns, such as "a,b". @throws OptionError for empty or repeated names */
export function columnNames(option: string, text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "") || new Set(names).size < names.length)
    throw new EngraftError("OptionError", `${option} is ${JSON.stringify(text)}`, {
      help: "give names of columns with commas between, each once",
    });
  return names;
}
