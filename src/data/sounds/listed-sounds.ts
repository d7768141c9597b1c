import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { picturesBelow } from "../images/find-images.js";
import { givenPart, PictureFile, pictureOf, splitColumnOf, synonyms, textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, readLists } from "../lists/read-list.js";
import { quoted, type Warning } from "../split/found.js";
import { groupColumnOf } from "../split/named-groups.js";
import { soundFiles, soundName, unreadSoundName } from "./files/sound-format.js";
import type { FindSoundsOptions, FoundSound, FoundSounds } from "./found-sounds.js";
import { commonVoiceFile, isCommonVoice } from "./layouts/common-voice.js";

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

/** True if a list has a column of sounds. */
export const namesSounds = (list: Pick<ListFile, "columns" | "rows">): boolean =>
  isCommonVoice(list.columns) || audioColumnOf(list) !== undefined;

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
  // A long list of something else is not read as a whole.
  const head = await readLists(platform, path, {
    ...options,
    most: headRows,
    first: true,
    fewerClasses: true,
  });
  if (head === undefined) return undefined;
  const commonVoice = isCommonVoice(head.columns);
  const audio = commonVoice ? "path" : audioColumnOf(head, options.audioColumn);
  if (audio === undefined) {
    if (options.audioColumn === undefined) return undefined;
    throw listError(
      head.name,
      `has no column ${JSON.stringify(options.audioColumn)}`,
      undefined,
      `its columns are ${quoted(head.columns, 12)}`,
    );
  }
  const list = (await readLists(platform, path, {
    ...options,
    quotes: options.quotes ?? (commonVoice ? "none" : undefined),
  }))!;
  const split = splitColumnOf(list);
  const group = groupColumnOf(list.columns, options.groupFrom, synonyms.group);
  const skipped: { item: string; reason: string }[] = [];
  const sounds: FoundSound[] = [];
  const place = { name: list.name, folder: options.filesIn ?? list.folder };
  for (const listed of list.rows) {
    const row = commonVoice
      ? { ...listed, values: { ...listed.values, path: commonVoiceFile(textOf(listed, audio, list)) } }
      : listed;
    const found = pictureOf(platform.files, row, audio, place, "clip");
    const file = row.file ?? list.name;
    if (found === undefined) {
      skipped.push({ item: `${file}, line ${row.line}`, reason: "names no sound" });
      continue;
    }
    const groupName = group === undefined ? "" : textOf(row, group, list);
    sounds.push({
      ...found,
      given: givenPart(row, split, list),
      ...(groupName !== "" && { group: groupName }),
      values: row.values,
      file,
      ...(row.line !== undefined && { line: row.line }),
    });
  }
  return {
    root: list.root,
    name: list.name,
    sounds,
    skipped,
    warnings: [...(list.warnings ?? []), ...(await warnUnlisted(platform, list, sounds))],
    columns: list.columns.filter((column) => column !== audio),
    groupedBy: group,
    splitColumn: split,
    separator: list.separator,
  };
}

/** Returns a warning about sounds below the folder of an audiofolder that no row names. */
async function warnUnlisted(
  platform: Platform,
  { name, folder, files = [] }: ListFile,
  sounds: readonly FoundSound[],
): Promise<readonly Warning[]> {
  if (![name, ...files.map((file) => file.name)].some((file) => /(^|\/)metadata\.\w+$/i.test(file)))
    return [];
  const known = new Set(sounds.map(({ path }) => path));
  const below = await picturesBelow(platform.files, folder, [], undefined, soundFiles);
  const missing = below.filter(({ path }) => !known.has(path)).map(({ id }) => id);
  if (missing.length === 0) return [];
  return [
    warningText(
      "clips_without_row",
      message("clips-without-row", { clips: missing.length, ...firstOf(missing) }),
    ),
  ];
}
