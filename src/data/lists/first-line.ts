import { pictureEndings } from "../images/find-images.js";
import { numberOf } from "../tables/numbers.js";
import { synonyms } from "./columns.js";
import { problem } from "./list-bytes.js";
import type { ListFile } from "./read-list.js";

const picture = new RegExp(`\\.(${pictureEndings.join("|")})$`, "i");
const usualNames = new Set<string>([...Object.values(synonyms).flat(), "y"]);
/** Rows that are looked at. */
const mostCharacters = 2000;

/**
 * @throws DataError for a list without a line of names: a word of its first line is a value of its own column again and
 * again, or names a picture as the lines below do, and none is a usual name of a column
 */
export function requireNames({ name, columns, rows }: Pick<ListFile, "name" | "columns" | "rows">): void {
  if (columns.some((column) => usualNames.has(column.toLowerCase()))) return;
  const some = rows.slice(0, mostCharacters);
  const values = (column: string): unknown[] => some.map(({ values }) => values[column]);
  const isData = columns.some((column) => {
    if (column === "" || numberOf(column) !== undefined) return false;
    if (picture.test(column)) return true;
    return values(column).filter((value) => value === column).length > 1;
  });
  if (isData)
    throw problem(
      name,
      `looks like data, not like names of columns: ${JSON.stringify(columns.join(","))}`,
      1,
      "add a line of names above it, such as text,label or image,label",
    );
}
