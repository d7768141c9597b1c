import { numberOf } from "../column.js";
import { pictureEndings } from "../images/find-images.js";
import { synonyms } from "./columns.js";
import { listError } from "./list-bytes.js";
import type { ListFile } from "./read-list.js";

const picture = new RegExp(`\\.(${pictureEndings.join("|")})$`, "i");
const usualNames = new Set<string>([...Object.values(synonyms).flat(), "y"]);
/** Number of rows to check. */
const maxRows = 2000;

/** True for names that are all numbers, and not numbered in equal steps, such as places and years. */
function areValues(columns: readonly string[]): boolean {
  const numbers = columns.map(numberOf);
  if (columns.length < 2 || numbers.includes(undefined)) return false;
  const step = numbers[1]! - numbers[0]!;
  return !numbers.every(
    (value, i) =>
      Number.isInteger(value) && value! >= 0 && (i === 0 || (step > 0 && value! - numbers[i - 1]! === step)),
  );
}

/**
 * Checks that the first line of a list has column names.
 * @throws DataError if most names are empty; if no name is a usual one, and a name is a picture file or occurs repeatedly as a value of its
 * column, or all are numbers
 */
export function requireColumnNames({
  name,
  columns,
  rows,
}: Pick<ListFile, "name" | "columns" | "rows">): void {
  const named = columns.filter((column) => column !== "");
  if (columns.length > 2 && 2 * named.length < columns.length)
    throw listError(
      name,
      `names ${named.length} of ${columns.length} columns: ${JSON.stringify(columns.slice(0, 30).join(","))}`,
      1,
      "remove what stands above the line with the names of the columns",
    );
  if (columns.some((column) => usualNames.has(column.toLowerCase()))) return;
  const head = rows.slice(0, maxRows);
  const values = (column: string): unknown[] => head.map(({ values }) => values[column]);
  const isData = columns.some((column) => {
    if (column === "" || numberOf(column) !== undefined) return false;
    if (picture.test(column)) return true;
    return values(column).filter((value) => value === column).length > 1;
  });
  if (isData || areValues(columns))
    throw listError(
      name,
      `looks like data, not like names of columns: ${JSON.stringify(columns.join(","))}`,
      1,
      `add a line of names above it, such as ${
        areValues(columns)
          ? columns
              .map((_, i) => (i < columns.length - 1 ? String.fromCharCode(97 + (i % 26)) : "target"))
              .slice(-4)
              .join(",")
          : "text,label or image,label"
      }`,
    );
}
