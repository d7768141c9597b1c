import type { FoundFiles } from "../../data/found-files.js";
import { picturesBelow } from "../../data/images/find-images.js";
import { imageColumnOf } from "../../data/lists/columns.js";
import { type FoundLists, findLists } from "../../data/lists/find-lists.js";
import { requireColumnNames } from "../../data/lists/first-line.js";
import { type ListFile, readList, readLists } from "../../data/lists/read-list.js";
import type { FindSoundsOptions } from "../../data/sounds/listed-sounds.js";
import type { Source } from "../../data/source.js";
import { withDecimalPoints } from "../../data/tables/decimal-commas.js";
import { columnNames } from "../../data/tables/table-columns.js";
import { requireColumns } from "../../data/targets.js";
import type { RecipeOptions } from "../../options/options.js";
import type { FileState, Platform } from "../../platform/platform.js";

/** What a path shows before its samples are opened. Each function reads once, when it is first called. */
export interface Evidence extends Pick<Source, "platform" | "path"> {
  readonly options: RecipeOptions;
  /** Missing: there is nothing at the path. */
  readonly kind: FileState["kind"] | undefined;
  /** Columns that the user chose as targets. */
  readonly chosen: readonly string[] | undefined;
  /** Returns the files of the list at the path. */
  readonly lists: () => Promise<FoundLists | undefined>;
  /** Returns the list at the path with its checked columns; undefined for folders of files. Of long texts it has the first rows. */
  readonly list: () => Promise<ListFile | undefined>;
}

/** Most rows of a list that say what it holds, unless a number decides. */
export const mostRows = 2000;

/** Returns the evidence of a path. */
export async function evidenceOf(
  { platform, path }: Pick<Source, "platform" | "path">,
  options: RecipeOptions,
): Promise<Evidence> {
  const { quotes, classNames, target, text } = options;
  const how = { quotes, classNames, classColumn: target, fewerClasses: true };
  const chosen = target === undefined ? undefined : columnNames("target", target);
  const kind = (await platform.files.stat(path))?.kind;
  const lists = once(() => findLists(platform.files, path));
  const read = async (): Promise<ListFile | undefined> => {
    const found = await lists();
    if (found === undefined) return undefined;
    if (kind === "folder") {
      const isList = found.layout === "metadata" || found.files[0]?.part === "train";
      return isList ? readLists(platform, path, { ...how, first: true }) : undefined;
    }
    // For a long list of texts the first rows are enough: only tasks on texts have a column of them.
    const head = await readList(platform, path, { ...how, most: mostRows });
    const { textColumnOf } = await import("../../data/texts/index.js");
    const areTexts = (text ?? textColumnOf(head.columns)) !== undefined && imageColumnOf(head) === undefined;
    return areTexts && target === undefined ? head : readList(platform, path, how);
  };
  const list = once(async () => {
    const found = await read();
    if (found === undefined) return undefined;
    (await import("../../data/other-formats.js")).refuseForeignRows(found);
    requireColumnNames(found);
    if (chosen) requireColumns(found, chosen);
    return withDecimalPoints(found);
  });
  return { platform, path, options, kind, chosen, lists, list };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => (known ??= read());
}

/**
 * Returns the sounds at a path; undefined if there are none. Their readers are asked only if a file below the path ends like a sound, or a
 * list names one.
 * @throws DataError for a path without a file, and for a damaged list
 */
export async function soundsAt(
  platform: Platform,
  path: string,
  options: FindSoundsOptions = {},
): Promise<FoundFiles | undefined> {
  const { quotes, classNames, classColumn, signal } = options;
  const root = platform.files.resolve(path);
  const kind = (await platform.files.stat(root))?.kind;
  const { headRows, namesSounds } = await import("../../data/sounds/sound-columns.js");
  const how = { quotes, classNames, classColumn, most: headRows, first: true, fewerClasses: true };
  const head = await readLists(platform, root, how);
  // The readers of sounds say what is wrong with a path.
  if (kind !== undefined && !(head && namesSounds(head))) {
    if (kind !== "folder") return undefined;
    const { soundFiles } = await import("../../data/sounds/files/sound-format.js");
    const unread: { item: string; reason: string }[] = [];
    const below = await picturesBelow(platform.files, root, unread, signal, soundFiles);
    if (below.length + unread.length === 0) return undefined;
  }
  return (await import("../../data/sounds/find-sounds.js")).soundsIn(platform, root, options);
}
