import { EngraftError } from "../../core/errors.js";
import { quoted } from "../split/found.js";
import { columnOf, imageColumnOf, splitColumnOf, synonyms } from "./columns.js";
import type { ListFile } from "./read-list.js";

const targetNames = [...synonyms.label, "y", "outcome", "response"];

/** Returns the target column of a table by its usual name. */
export const usualTargetOf = (columns: readonly string[]): string | undefined =>
  targetNames.flatMap((name) => columns.filter((column) => column.toLowerCase() === name)).at(0);

/**
 * Returns the default target column of a table: a usual name, else the only candidate, else the last of two columns.
 * @param inputs columns that are no candidates
 * @throws DataError with the candidates
 */
export function targetOf(list: ListFile, inputs: readonly string[] = []): string {
  const usual = usualTargetOf(list.columns);
  if (usual !== undefined) return usual;
  const split = splitColumnOf(list);
  const columns = list.columns.filter((column) => column !== split);
  if (columns.length <= 2) return columns.at(-1) ?? "";
  const apart = [imageColumnOf(list), columnOf("text", columns), ...inputs];
  const candidates = columns.filter((column) => !apart.includes(column));
  if (candidates.length === 1) return candidates[0]!;
  throw manyTargets(list.name, "columns", candidates);
}

/** Returns the error of a list with several columns that could be the target. */
export const manyTargets = (
  list: string,
  what: "columns" | "columns of numbers",
  columns: readonly string[],
): EngraftError =>
  noTarget(
    list,
    `has ${columns.length} ${what} that could be the target: ${quoted(columns, 12)}`,
    columns,
    "NAME",
  );

/** Returns the error of a list without a column that is known to be the target. @param example the column that the help names */
export const noTarget = (
  list: string,
  what: string,
  columns: readonly string[],
  example: string,
): EngraftError =>
  new EngraftError("DataError", `${JSON.stringify(list)} ${what}`, {
    help: `name it: --target ${example}`,
    code: "no-label-column",
    details: { list, columns },
  });
