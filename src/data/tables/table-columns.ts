import { EngraftError } from "../../core/errors.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { leftOut, type NamedReason } from "../../core/results/task.js";
import { splitColumnOf, textOf } from "../lists/columns.js";
import { problem } from "../lists/list-bytes.js";
import { otherSeparator } from "../lists/other-separator.js";
import type { ListFile } from "../lists/read-list.js";
import { quoted, type Warning } from "../split/found.js";
import { lookAt } from "./numbers.js";

/** A column that is learnt from. */
export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "category";
}

/** Of the values of a column of numbers, how many may be something else; they count as missing then. */
const mostOthers = 0.05;
/** A column of texts with more different values than this share of the rows says who, not what. */
const mostDistinct = 0.5;
/** The most values of a category that get a row of their own; rarer ones are "another value". */
export const mostCategories = 10_000;

/** What columns are learnt from, what they hold, and which are left out and why. */
export function chooseColumns(
  list: ListFile,
  targets: readonly string[],
  asked: {
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
    if (name === asked.groupFrom) {
      unused.push(leftOut(name, message("column-is-group")));
      continue;
    }
    if (asked.ignore?.includes(name)) {
      unused.push(leftOut(name, message("column-ignored")));
      continue;
    }
    const look = lookAt(list.rows.map((row) => textOf(row, name, list)));
    const there = list.rows.length - look.missing;
    const others = there - look.numbers;
    const named = asked.categories?.includes(name) === true;
    if (there === 0) unused.push(leftOut(name, message("column-empty")));
    else if (look.distinct === 1 && look.missing === 0)
      unused.push(leftOut(name, message("column-constant")));
    else if (!named && look.numbers > 0 && others <= mostOthers * there) {
      columns.push({ name, kind: "number" });
      if (others > 0)
        warnings.push(
          warningText(
            "no_numbers",
            message("values-not-numbers", { values: others, column: name, ...firstOf(look.others) }),
          ),
        );
    } else if (!named && there >= 20 && look.distinct > mostDistinct * there)
      unused.push(leftOut(name, message("column-is-name", { distinct: look.distinct, rows: there })));
    else columns.push({ name, kind: "category" });
  }
  if (columns.length === 0)
    throw problem(
      list.name,
      `has nothing to learn ${quoted(targets)} from`,
      undefined,
      unused.length > 0
        ? `columns left out: ${unused.map(({ name, why }) => `${JSON.stringify(name)} (${why})`).join(", ")}; of texts the column is called "text" in the first line, or named: --text NAME`
        : (otherSeparator(list.columns) ?? "give at least one more column"),
    );
  const left = unused.filter((one) => one.message?.code !== "column-ignored");
  if (left.length > 0)
    warnings.push({
      code: "columns_left_out",
      message: `left out: ${left.map(({ name, why }) => `${JSON.stringify(name)} (${why})`).join(", ")}`,
    });
  return { columns, unused };
}

/** @throws OptionError for an option of a column list that names nothing, like "a,,b" */
export function columnNames(option: string, text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "") || new Set(names).size < names.length)
    throw new EngraftError("OptionError", `${option} is ${JSON.stringify(text)}`, {
      help: "give names of columns with commas between, each once",
    });
  return names;
}
