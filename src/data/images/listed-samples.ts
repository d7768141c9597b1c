import type { TaskWith } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { assembleSamples, type FileKind } from "../assemble-samples.js";
import type { Dataset, TargetItem } from "../dataset.js";
import { type FoundFiles, filesOfList, inGroups } from "../found-files.js";
import { imageColumnOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, type ReadOptions, readLists } from "../lists/read-list.js";
import { quoted } from "../split/found.js";
import { finished, listOf, type TargetSource, withPoints } from "../targets.js";
import { groupDuplicates } from "./duplicate-groups.js";
import type { OpenImagesOptions } from "./open-images.js";
import { scanPictures } from "./scan.js";
import type { ScannedPicture } from "./scanned-lines.js";

/** A dataset of pictures or sounds with numeric targets. */
export interface TargetDataset extends Omit<Dataset, "task" | "classes" | "items" | "ignored"> {
  readonly task: TaskWith<{ readonly head: "numbers" }>;
  /** Names of the target columns. */
  readonly targets: readonly string[];
  readonly items: readonly TargetItem[];
}

const pictures: FileKind<ScannedPicture> = {
  unit: "picture",
  scan: (files, how) =>
    scanPictures(
      files.map((file) => ({ ...file, label: "" })),
      how,
    ),
  copies: groupDuplicates,
};

/**
 * Opens the pictures of a list with their targets. Near duplicates stay in one split.
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const data = await openPictures(platform, "ages.csv", numberTargets(["age"]));
 */
export async function openPictures<Target, Fields extends object>(
  platform: Platform,
  root: string,
  source: TargetSource<Target, Fields>,
  options: Omit<OpenImagesOptions, "platform"> = {},
) {
  const path = platform.files.resolve(root);
  const list = await readLists(platform, path, { ...options, classColumn: source.columns?.[0] });
  if (list === undefined) throw (await import("../folder-refusals.js")).noList(path);
  const files = await picturesOf(platform, list, options);
  const found = source.decimals ? withPoints(files) : files;
  const targets = source.open(listOf(found, "picture"));
  const kind = targets.bits ? { ...targets, hashed: targets.bits } : targets;
  const { data } = await assembleSamples(platform, pictures, found, options, kind);
  return finished(data, targets, found.name);
}

/** A list, and the file or folder that it was read from. */
type PictureList = ListFile & { readonly root: string };

/** Reads the list of images at a path; undefined if there is none. */
export async function pictureList(
  platform: Platform,
  path: string,
  options: ReadOptions = {},
): Promise<PictureList | undefined> {
  const list = await readLists(platform, path, options);
  return list === undefined || imageColumnOf(list) === undefined ? undefined : list;
}

/** Returns the pictures of a list with their groups. @throws DataError without a column of pictures */
function picturesOf(
  { files }: Platform,
  list: PictureList,
  { imageColumn, groupFrom }: Pick<OpenImagesOptions, "imageColumn" | "groupFrom">,
): Promise<FoundFiles> {
  const column = imageColumnOf(list, imageColumn);
  if (column !== undefined)
    return inGroups(filesOfList(files, list, column, { unit: "picture", groupFrom }), groupFrom, "picture");
  throw listError(
    list.name,
    "has no column for the image",
    undefined,
    `its columns are ${quoted(list.columns, 30)}`,
  );
}
