import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Files } from "../../platform/platform.js";
import { byCodePoint, firstNames, listName, partNames, quoted, type Warning } from "../split/found.js";
import { partFiles } from "../split/part-files.js";
import { configuredLists } from "./card-configs.js";

/** One file of a list. */
export interface FoundList {
  /** Relative to {@link FoundLists.folder}. */
  readonly name: string;
  /** The split in the file name. */
  readonly part?: Part;
}

/** The files of one list. */
export interface FoundLists {
  /** The file itself; the folder if there are several files, or one named for a split. */
  readonly root: string;
  /** Base of the file names. */
  readonly folder: string;
  readonly files: readonly FoundList[];
  /**
   * "file": one list. "splits": a file for each split, such as train.csv and test.csv, in the folder or in its folder `data`.
   * "metadata": Hugging Face's imagefolder, with one metadata file for all pictures or one in the folder of each split.
   */
  readonly layout: "file" | "splits" | "metadata";
  readonly warnings: readonly Warning[];
}

/** JSON files of a dataset folder without data. */
export const noData = /^(config|package|dataset_infos?|dataset_dict|state)\.json$/i;
/** Files in which Hugging Face's imagefolder and audiofolder layouts keep the labels. */
const metadataName = /^metadata\.(csv|jsonl|parquet)$/i;

/** Returns the visible lists in a folder. JSON files count only without other lists, since they often describe the data. */
export async function listNames(files: Files, folder: string): Promise<string[]> {
  const names = (await files.list(folder))
    .filter(({ name, kind }) => kind !== "folder" && !name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => listName.test(name) && !noData.test(name))
    .sort(byCodePoint);
  const others = names.filter((name) => !/\.json$/i.test(name));
  return others.length > 0 ? others : names;
}

/**
 * Finds the list at a path: a file, or the files of a folder that form one list.
 * @returns undefined for a folder without a list or with several, and for a file of another kind
 * @throws DataError for metadata files of two kinds
 */
export async function findLists(files: Files, path: string): Promise<FoundLists | undefined> {
  const kind = (await files.stat(path))?.kind;
  const base = (file: string) => files.relative(files.dirname(file), file);
  if (kind === "file")
    return listName.test(path)
      ? foundLists(path, files.dirname(path), [{ name: base(path) }], "file")
      : undefined;
  if (kind !== "folder") return undefined;
  const configured = await configuredLists(files, path);
  if (configured) {
    const [only, ...more] = configured.files;
    if (only && more.length === 0) return foundLists(files.join(path, only.name), path, [only], "file");
    return foundLists(path, path, configured.files, "splits", configured.skipped);
  }
  const metadata = await metadataFiles(files, path);
  if (metadata.length > 0) return foundLists(path, path, metadata, "metadata");
  for (const folder of [path, files.join(path, "data")]) {
    if ((await files.stat(folder))?.kind !== "folder") continue;
    const skipped: string[] = [];
    const parts = await partFiles(files, folder, listName, skipped);
    if (parts.length > 0) return foundLists(path, folder, parts, "splits", skipped);
  }
  const [only, ...more] = await listNames(files, path);
  if (only === undefined || more.length > 0) return undefined;
  return foundLists(files.join(path, only), path, [{ name: only }], "file");
}

function foundLists(
  root: string,
  folder: string,
  lists: readonly FoundList[],
  layout: FoundLists["layout"],
  skipped: readonly string[] = [],
): FoundLists {
  const lost = warningText("other_splits", message("files-of-other-splits", firstNames(skipped)));
  const warnings = skipped.length > 0 ? [lost] : [];
  return { root, folder, files: lists, layout, warnings };
}

/** Returns the metadata file at the root, or those in the folders of splits. */
async function metadataFiles(files: Files, root: string): Promise<FoundList[]> {
  const inside = async (folder: string): Promise<string[]> =>
    (await files.list(folder))
      .filter(({ name, kind }) => kind !== "folder" && metadataName.test(name))
      .map(({ name }) => name);
  const all: FoundList[] = (await inside(root)).map((name) => ({ name }));
  if (all.length === 0)
    for (const { name, kind } of await files.list(root)) {
      const part = partNames.get(name.toLowerCase());
      if (part === undefined || kind === "file") continue;
      if ((await files.stat(files.join(root, name)))?.kind !== "folder") continue;
      const own = await inside(files.join(root, name));
      all.push(...own.map((file) => ({ name: `${name}/${file}`, part })));
    }
  const kinds = [...new Set(all.map(({ name }) => name.replace(/^.*\./, "").toLowerCase()))];
  if (kinds.length > 1)
    throw new EngraftError(
      "DataError",
      `${JSON.stringify(root)} has metadata files of ${kinds.length} kinds: ${quoted(all.map(({ name }) => name).sort(byCodePoint))}`,
      { help: "keep those of one kind: metadata.csv, metadata.jsonl or metadata.parquet" },
    );
  const rank = ["train", "validation", "test"];
  return all.sort((a, b) => rank.indexOf(a.part ?? "") - rank.indexOf(b.part ?? ""));
}
