import { PictureFile, synonyms } from "../lists/columns.js";
import type { ListFile } from "../lists/read-list.js";
import { soundName, unreadSoundName } from "./files/sound-format.js";

/** Number of rows that decide which column holds sounds. */
export const headRows = 100;

const isSound = (value: unknown): boolean => {
  const name = value instanceof PictureFile ? value.path : value;
  return typeof name === "string" && (soundName.test(name) || unreadSoundName.test(name));
};

/**
 * Returns the column of sound files: the chosen one, or the first whose first values end like sounds, with usual names first.
 */
export function audioColumnOf(
  { columns, rows }: Pick<ListFile, "columns" | "rows">,
  chosen?: string,
): string | undefined {
  if (chosen !== undefined) return columns.find((column) => column.toLowerCase() === chosen.toLowerCase());
  const head = rows.slice(0, headRows);
  const usual = synonyms.audio.flatMap((name) => columns.filter((column) => column.toLowerCase() === name));
  return [...new Set([...usual, ...columns])].find(
    (column) => head.length > 0 && head.some(({ values }) => isSound(values[column])),
  );
}

/** Columns of Common Voice's lists. */
const columnNames = ["client_id", "path", "sentence"];

/**
 * True for the columns of Common Voice: `train.tsv`, `dev.tsv` and `test.tsv` with clips in `clips/`. `client_id` is the speaker. Quotes
 * in these files are text.
 */
export const isCommonVoice = (columns: readonly string[]): boolean =>
  columnNames.every((name) => columns.includes(name));

/** True if a list has a column of sounds. */
export const namesSounds = (list: Pick<ListFile, "columns" | "rows">): boolean =>
  isCommonVoice(list.columns) || audioColumnOf(list) !== undefined;
