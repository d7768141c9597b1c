import type { Platform } from "../../platform/platform.js";
import { givenPart, PictureFile, pictureOf, splitColumnOf, synonyms, textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, readLists } from "../lists/read-list.js";
import { quoted } from "../split/found.js";
import { groupColumnOf } from "../split/named-groups.js";
import type { FindSoundsOptions, FoundSound, FoundSounds } from "./found-sounds.js";
import { soundName, unreadSoundName } from "./sound-format.js";

/** Number of rows that decide which column holds sounds. */
const headRows = 100;

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

/**
 * Reads the sounds of a list: CSV, TSV, JSON, JSONL or Parquet, or the metadata files of Hugging Face's audiofolder.
 * @returns undefined if there is no list with a column of sounds
 * @throws DataError with the line number
 */
export async function listedSounds(
  platform: Platform,
  path: string,
  options: FindSoundsOptions = {},
): Promise<FoundSounds | undefined> {
  const list = await readLists(platform, path, options);
  if (list === undefined) return undefined;
  const audio = audioColumnOf(list, options.audioColumn);
  if (audio === undefined) {
    if (options.audioColumn === undefined) return undefined;
    throw listError(
      list.name,
      `has no column ${JSON.stringify(options.audioColumn)}`,
      undefined,
      `its columns are ${quoted(list.columns, 12)}`,
    );
  }
  const split = splitColumnOf(list);
  const group = groupColumnOf(list.columns, options.groupFrom, synonyms.group);
  const skipped: { item: string; reason: string }[] = [];
  const sounds: FoundSound[] = [];
  for (const row of list.rows) {
    const place = pictureOf(platform.files, row, audio, list, "sound");
    const file = row.file ?? list.name;
    if (place === undefined) {
      skipped.push({ item: `${file}, line ${row.line}`, reason: "names no sound" });
      continue;
    }
    const groupName = group === undefined ? "" : textOf(row, group, list);
    sounds.push({
      ...place,
      given: givenPart(row, split, list),
      ...(groupName !== "" && { group: groupName }),
      ...{ values: row.values, file, ...(row.line !== undefined && { line: row.line }) },
    });
  }
  return {
    ...{ root: list.root, name: list.name, sounds, skipped, warnings: list.warnings ?? [] },
    columns: list.columns.filter((column) => column !== audio),
    ...(group !== undefined && { groupedBy: group }),
    ...(split !== undefined && { splitColumn: split }),
  };
}
