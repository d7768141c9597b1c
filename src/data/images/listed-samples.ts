import { regressionOf } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { assembleSamples, type FileKind } from "../assemble-samples.js";
import type { Dataset, OpenOptions, TargetItem } from "../dataset.js";
import { type FoundFiles, filesOfList, inGroups } from "../found-files.js";
import { labelWarnings } from "../label-data.js";
import { imageColumnOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, type ReadOptions, readLists } from "../lists/read-list.js";
import { quoted } from "../split/found.js";
import { withSplitMessages } from "../split/split-origin.js";
import { type LabelColumns, labelTargets, numberTargets, requireSpread, withPoints } from "../targets.js";
import { defaultPlatform } from "./decode.js";
import { groupDuplicates } from "./duplicate-groups.js";
import type { OpenImagesOptions } from "./open-images.js";
import { scanPictures } from "./scan.js";
import type { ScannedPicture } from "./scanned-lines.js";

/** A dataset of pictures or sounds with numeric targets. */
export interface TargetDataset extends Omit<Dataset, "task" | "classes" | "items" | "ignored"> {
  readonly task: (typeof regressionOf)["image" | "audio"];
  /** Names of the target columns. */
  readonly targets: readonly string[];
  readonly items: readonly TargetItem[];
}

export interface OpenTargetsOptions extends OpenImagesOptions {
  /** Target columns. Default: the column of numbers; of several, the one with a usual name. */
  readonly targets?: readonly string[];
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
 * Opens pictures with numeric targets: a list with a column of pictures and columns of numbers. Near duplicates stay in one split,
 * and the split is stratified by bins of the first target.
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const data = await openTargets("ages.csv", { targets: ["age"] });
 */
export async function openTargets(root: string, options: OpenTargetsOptions = {}): Promise<TargetDataset> {
  const platform = options.platform ?? (await defaultPlatform());
  const path = platform.files.resolve(root);
  const list = await readLists(platform, path, { ...options, classColumn: options.targets?.[0] });
  if (list === undefined) throw (await import("../folder-refusals.js")).noList(path);
  const found = withPoints(await picturesOf(platform, list, options));
  const { targets, ...numbers } = numberTargets(found, "picture", options.targets, options);
  const { data } = await assembleSamples(platform, pictures, found, options, numbers);
  if (!options.emptyParts) requireSpread(targets, data.items, found.name);
  return { ...data, task: regressionOf.image, targets };
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

/**
 * Opens a list of images with any number of labels each.
 * @throws DataError if labels or pictures are missing
 */
export async function openLabelPictures(
  list: PictureList,
  {
    platform,
    named,
    known,
    ...options
  }: OpenOptions & LabelColumns & { readonly platform: Platform; readonly groupFrom?: string },
) {
  const found = await picturesOf(platform, list, options);
  const { source, empty, ...labels } = labelTargets(found, { named, known });
  // The fingerprint has a 0 or 1 for each label.
  const hashed = (own: readonly string[]) => labels.classes().map((label) => (own.includes(label) ? 1 : 0));
  const { data } = await assembleSamples(platform, pictures, found, options, { ...labels, hashed });
  return {
    ...data,
    ...withSplitMessages(data, source),
    warnings: [...data.warnings, ...labelWarnings(data.items, data.classes, empty())],
  };
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
