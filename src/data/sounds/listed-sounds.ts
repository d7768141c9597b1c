import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { Column } from "../column.js";
import { type FoundFile, type FoundFiles, filesOfList } from "../found-files.js";
import { picturesBelow } from "../images/find-images.js";
import { textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import type { Quotes } from "../lists/quotes.js";
import { type ListFile, readLists } from "../lists/read-list.js";
import { quoted, type Warning } from "../split/found.js";
import { soundFiles } from "./files/sound-format.js";
import { audioColumnOf, headRows, isCommonVoice } from "./sound-columns.js";

/** Options of finding sounds. */
export interface FindSoundsOptions {
  /** Column of groups, or a regular expression for ids whose bracket is the group. */
  readonly groupFrom?: string;
  /** Column of files in a list. Default: found by name and content. */
  readonly audioColumn?: string;
  /** Names of the classes 0, 1, 2 … of a list, separated by commas. */
  readonly classNames?: string | undefined;
  /** Column of labels, whose numbers get the class names. */
  readonly classColumn?: string | undefined;
  /** Label columns of several tasks, which give no groups. */
  readonly taskColumns?: readonly string[] | undefined;
  /** Folder of the files of a list. Default: the list's own. */
  readonly filesIn?: string;
  /** Meaning of quotes in a CSV or TSV. Default: decided by the file. */
  readonly quotes?: Quotes | undefined;
  readonly signal?: AbortSignal;
  /** Takes sounds without class folders, if a folder holds no pictures. Default false. */
  readonly withoutClasses?: boolean;
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
): Promise<FoundFiles | undefined> {
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
  refuseSegments(list, audio);
  // UrbanSound8K has a folder for each fold.
  const inFolds =
    audio === "slice_file_name" && list.columns.includes("fold") && options.filesIn !== undefined;
  const fileOf = (row: (typeof list.rows)[number]): string =>
    commonVoice
      ? commonVoiceFile(textOf(row, audio, list))
      : `fold${textOf(row, "fold", list)}/${textOf(row, audio, list)}`;
  const rows =
    commonVoice || inFolds
      ? list.rows.map((row) => ({ ...row, values: { ...row.values, [audio]: fileOf(row) } }))
      : list.rows;
  const { groupFrom, filesIn: folder, classColumn, taskColumns = [] } = options;
  const found = filesOfList(platform.files, { ...list, rows }, audio, {
    unit: "clip",
    groupFrom,
    folder,
    targets: [...(classColumn?.split(",") ?? []), ...taskColumns],
  });
  return { ...found, warnings: [...found.warnings, ...(await warnUnlisted(platform, list, found.files))] };
}

const unitOfTime = "([ _]?(time|sec|seconds|s))?";
const beginName = new RegExp(`^(start|onset|offset|begin)${unitOfTime}$`, "i");
const endName = new RegExp(`^(end|stop|offset)${unitOfTime}$`, "i");

/** Refuses a list whose rows are parts of files. @throws DataError naming the first file that has several rows */
function refuseSegments(list: ListFile, audio: string): void {
  const begin = list.columns.find((column) => beginName.test(column));
  if (begin === undefined) return;
  const known = new Map<unknown, unknown>();
  for (const { values, line, file } of list.rows) {
    const [name, from] = [values[audio], values[begin]];
    if (known.has(name) && known.get(name) !== from)
      throw listError(
        file ?? list.name,
        `has another part of ${JSON.stringify(name)}, from ${String(from)} (${JSON.stringify(begin)}): parts of files are not read`,
        line,
        "cut the clips first, for example: ffmpeg -i in.wav -ss 1.5 -to 3.0 out.wav; then list one file a row",
      );
    known.set(name, from);
  }
}

/** Smallest share of a file that is no part of it. */
const nearlyWhole = 0.9;

/** Returns a warning about files that are longer than the part of them that their row states. A file that ends before has been cut. */
export function partsOfClips(
  rows: readonly (Pick<FoundFile, "id" | "values"> & { readonly seconds: number })[],
  { separator }: Pick<FoundFiles, "separator">,
): readonly Warning[] {
  const columns = Object.keys(rows[0]?.values ?? {});
  const begin = columns.find((column) => beginName.test(column));
  const end = columns.find((column) => endName.test(column) && column !== begin);
  if (begin === undefined || end === undefined) return [];
  const [starts, ends] = [begin, end].map((column) => {
    const cells = rows.map(({ values }) => String(values[column] ?? "").trim());
    return new Column(column, cells, { separator }).values;
  }) as [Column["values"], Column["values"]];
  const longer = rows.filter(({ seconds }, i) => {
    const [from, to] = [starts[i] ?? Number.NaN, ends[i] ?? Number.NaN];
    return to > from && seconds >= to && to - from < nearlyWhole * seconds;
  });
  if (longer.length === 0) return [];
  const found = { clips: longer.length, begin, end, ...firstOf(longer.map(({ id }) => id)) };
  return [warningText("parts_of_clips", message("parts-of-clips", found))];
}

/** Returns a warning about sounds below the folder of an audiofolder that no row names. */
async function warnUnlisted(
  platform: Platform,
  { name, folder, files = [] }: ListFile,
  sounds: readonly FoundFile[],
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

/** Returns the file of a clip: paths may lack the folder and the ending. */
const commonVoiceFile = (path: string): string => {
  if (path === "" || path.includes("/")) return path;
  return `clips/${/\.[a-z0-9]+$/i.test(path) ? path : `${path}.mp3`}`;
};
