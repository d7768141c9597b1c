import { EngraftError } from "../../core/errors.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { classificationOf } from "../../core/results/task.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Files, Platform } from "../../platform/platform.js";
import type { ClassSample, Dataset, OpenOptions } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import { checkClassNames } from "../lists/class-names.js";
import type { Quotes } from "../lists/quotes.js";
import { requireReadable } from "../scan-memory.js";
import { shardOf } from "../source.js";
import { checkClasses, warnUntested } from "../split/class-checks.js";
import { warnConflicts } from "../split/copies.js";
import { divide } from "../split/divide.js";
import { byCodePoint, type Found, listName, partNames } from "../split/found.js";
import { defaultPlatform } from "./decode.js";
import { groupDuplicates } from "./duplicate-groups.js";
import { findImages } from "./find-images.js";
import { scanPictures } from "./scan.js";

/** Options of {@link openImages}. */
export interface OpenImagesOptions extends OpenOptions {
  /** Column of images in a list. Default: found by name and content. */
  readonly imageColumn?: string;
  /** Column of labels in a list. Default: found by name. */
  readonly labelColumn?: string;
  /** Label columns of several tasks, which give no groups. */
  readonly taskColumns?: readonly string[] | undefined;
  /** Meaning of quotes in a CSV or TSV. Default: decided by the file. */
  readonly quotes?: Quotes;
  /** Names of the classes 0, 1, 2 … of a list, separated by commas. Default: names in its metadata or dataset card. */
  readonly classNames?: string;
  /** Column of groups, or a regular expression for ids whose bracket is the group. A group is never divided between splits. */
  readonly groupFrom?: string;
  readonly platform?: Platform;
}

/** Largest number of classes. More usually means a folder for every picture. */
const maxClasses = 25_000;

/**
 * Number of pictures from which a child process scans them. Its end frees 3 KB of thumbnails, hashes and fragmented memory for each
 * picture.
 */
export const manyPictures = 4000;

/**
 * Opens a dataset of pictures: class folders, folders with a given split, or a list with `image,label[,split]`. It scans every picture
 * once and caches the result. Unreadable pictures are skipped with a reason, near copies stay in one split, and copies across given
 * splits are reported.
 *
 * @param root the folder, or the list file
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const { classes, items, splitWords } = await openImages("./flowers", { seed: 1 });
 */
export async function openImages(root: string, options: OpenImagesOptions = {}): Promise<Dataset> {
  const { seed = 0, validationFraction = 0.15, testFraction = 0.15, signal, onEvent } = options;
  checkFractions(validationFraction, testFraction);
  const platform = options.platform ?? (await defaultPlatform());
  const absolute = platform.files.resolve(root);
  const shard = options.shard ?? shardOf(platform);
  const { found: all, folder } = await findPictures(platform, absolute, options);
  await requirePictures(platform, absolute, all, options);
  const located =
    shard === undefined
      ? all
      : { ...all, pictures: (await import("../shard.js")).inShard(all.pictures, shard, root) };
  if (platform.runInChildProcess && located.pictures.length >= manyPictures) {
    const { signal: _signal, onEvent: _onEvent, platform: _platform, ...task } = options;
    const { openInChild } = await import("./open-in-child.js");
    return openInChild(platform, absolute, { ...task, shard }, { signal, onEvent });
  }
  const total = all.pictures.length;
  const found = { ...located, folder, total, pictures: await inGroups(located, options.groupFrom) };
  const { items, ...read } = await readPictures(platform, absolute, found, {
    ...{ ...options, seed, validationFraction, testFraction, shard },
  });
  // The thumbnails are garbage now.
  if (items.length >= manyPictures) platform.releaseMemory();
  const lines = items.map(({ id, sha256, label, part }) =>
    JSON.stringify([id, sha256, read.classes[label], part]),
  );
  return {
    task: classificationOf.image,
    root: absolute,
    items,
    seed,
    ...read,
    ignored: found.ignored,
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
}

/** Looks into the pictures, finds copies, and assigns the splits. */
async function readPictures(
  platform: Platform,
  root: string,
  found: Found & { readonly folder: string; readonly total: number },
  options: OpenImagesOptions & Required<Pick<OpenOptions, "seed" | "validationFraction" | "testFraction">>,
) {
  const { seed, validationFraction, testFraction, cache, shard, signal, onEvent, groupFrom } = options;
  const how = { platform, root: found.folder, cache, shard, total: found.total, signal, onEvent };
  const scanned = await scanPictures(found.pictures, how);
  // File contents are garbage now.
  if (found.pictures.length >= manyPictures) platform.releaseMemory();
  const unread = found.unread?.length
    ? (await import("../unread-formats.js")).unreadWarnings(found.unread)
    : [];
  const warnings = [...found.warnings, ...unread, ...animatedWarnings(found.pictures, scanned)];
  const skipped = [...found.skipped];
  const place = {
    files: platform.files,
    folder: found.folder,
    root,
    name: found.list,
    unit: "picture",
  } as const;
  const readable = await requireReadable(found.pictures, scanned, skipped, place);
  readable.sort((a, b) => byCodePoint(a.id, b.id));
  const { emptyParts } = options;
  const { groupRecordings } = await import("../split/group-recordings.js");
  const rows = groupRecordings(
    readable,
    (one) => one,
    { groupFrom, unit: "picture", emptyParts, shard },
    warnings,
  );
  const duplicateGroups =
    cache === false
      ? groupDuplicates(readable)
      : await (await import("./cached-duplicates.js")).cachedDuplicates(platform, readable);
  const labelled = readable.map(({ id, label }) => ({ id, target: label }));
  warnConflicts(labelled, duplicateGroups.exact, "picture", warnings);
  const names = [...new Set(readable.map(({ label }) => label))].sort(byCodePoint);
  const binOf = new Map(names.map((label, k) => [label, k]));
  const { kept, parts, copyOf, exact, near, acrossParts, origin, leaks } = divide(
    rows,
    { bin: rows.map(({ label }) => binOf.get(label)!), bins: names.length },
    duplicateGroups,
    {
      ...{ seed, validationFraction, testFraction, root, unit: "picture" },
      ...{ emptyParts: options.emptyParts, unscored: options.unscored },
      check: (all, given) =>
        options.emptyParts ||
        checkClasses(
          all.map((i) => ({ ...readable[i]!, part: given[i] })),
          root,
        ),
    },
    skipped,
    warnings,
  );
  const pictures = kept.map((i) => rows[i]!);
  warnUntested(
    pictures.map(({ label }, i) => ({ label, part: parts[i]! })),
    warnings,
  );
  const classes = classesOf(pictures);
  const indexOf = new Map(classes.map((label, i) => [label, i]));
  const items: ClassSample[] = pictures.map(({ id, path, label, sha256, group, thumbnail }, i) => ({
    id,
    path,
    label: indexOf.get(label) ?? -1,
    part: parts[i]!,
    ...(group !== undefined && { group }),
    sha256,
    ...(options.prints && { print: thumbnail }),
    ...(copyOf[i] !== undefined && { copyOf: copyOf[i] }),
  }));
  const duplicates = { exact, near, acrossParts };
  return { items, classes, ...splitOrigin(origin), skipped, duplicates, warnings, leaks };
}

/** Returns the sorted names of the classes; pictures without a label have the label "". */
const classesOf = (pictures: readonly { readonly label: string }[]): string[] =>
  [...new Set(pictures.map(({ label }) => label))].filter((label) => label !== "").sort(byCodePoint);

/** Checks that there are pictures and classes. @throws OptionError for class names with class folders, DataError */
async function requirePictures(
  platform: Platform,
  root: string,
  found: Found,
  { classNames }: OpenImagesOptions,
): Promise<void> {
  if (classNames !== undefined && found.list === undefined)
    (await import("../lists/class-names.js")).refuseClassNames(classNames, "the folders name the classes");
  if (found.pictures.length === 0 && found.list === undefined && !found.outside)
    await (await import("../other-formats.js")).refuseOtherFormatsIn(platform.files, root);
  await checkFound(platform.files, found, root);
}

/** Returns a warning if some files have more than one frame. */
function animatedWarnings(
  pictures: Found["pictures"],
  scanned: Awaited<ReturnType<typeof scanPictures>>,
): Found["warnings"] {
  const animated = pictures.filter((_, i) => "frames" in scanned[i]! && scanned[i].frames > 1);
  if (animated.length === 0) return [];
  return [
    warningText(
      "animated_pictures",
      message("first-frame-only", {
        pictures: animated.length,
        ...firstOf(animated.map(({ id }) => id)),
      }),
    ),
  ];
}

/** Returns the pictures with groups: those of the list, of a pattern, or of Roboflow. */
async function inGroups(
  { pictures, groupColumn }: Found,
  groupFrom: string | undefined,
): Promise<Found["pictures"]> {
  if (groupFrom === undefined || groupColumn !== undefined) return inRoboflowGroups(pictures);
  const { inPatternGroups } = await import("../split/named-groups.js");
  return inPatternGroups(pictures, groupFrom, "picture");
}

/** Roboflow writes several changed copies of one, as name_jpg.rf.HASH.jpg. */
const inRoboflowGroups = (pictures: Found["pictures"]): Found["pictures"] =>
  pictures.map((one) => {
    const group = one.group ?? /([^/]+)\.rf\.[0-9a-f]{8,}\.\w+$/i.exec(one.id)?.[1];
    return group === undefined ? one : { ...one, group };
  });

function checkFractions(validation: number, test: number): void {
  for (const [name, value] of [
    ["validationFraction", validation],
    ["testFraction", test],
  ] as const)
    if (!(value >= 0 && value < 1))
      throw new EngraftError("OptionError", `${name} is ${value}`, {
        help: "give a share from 0 to below 1",
      });
  if (validation + test >= 1)
    throw new EngraftError(
      "OptionError",
      `validationFraction ${validation} and testFraction ${test} leave nothing to learn from`,
      { help: "their sum must be below 1" },
    );
}

/** Reads a list of images. The reader is loaded on demand. */
async function openList(
  platform: Platform,
  path: string,
  options: OpenImagesOptions,
): Promise<{ readonly found: Found; readonly folder: string }> {
  const { listedImages } = await import("./listed-images.js");
  const found = await listedImages(platform, path, { ...options, fewerClasses: options.emptyParts });
  return { found, folder: found.folder };
}

/** Finds the pictures at a path: class folders or a list. @throws DataError for other content */
async function findPictures(
  platform: Platform,
  root: string,
  options: OpenImagesOptions,
): Promise<{ readonly found: Found; readonly folder: string }> {
  const { files } = platform;
  const state = await files.stat(root);
  if (state === undefined)
    throw new EngraftError("DataError", `there is no file or folder ${JSON.stringify(root)}`, {
      help: `${await (await import("../../platform/nearest-path.js")).nearestPath(files, root)}check the spelling of the path and the folder you are in`,
      details: { data: root },
    });
  if (state.kind !== "folder") {
    if (state.kind === "file" && listName.test(root)) return openList(platform, root, options);
    await (await import("../other-formats.js")).refuseOtherFormats(files, root);
    throw (await import("../folder-refusals.js")).noList(root);
  }
  const found = await findImages(files, root, options.signal);
  const classes = [...new Set(found.pictures.map(({ label }) => label))];
  const { metadata = [] } = found;
  // A folder such as "images" next to "labels.csv" is no class, and neither are folders called train and test.
  const onlySplitFolders =
    classes.length > 0 && !found.pictures.some(({ given }) => given) && classes.every(isPart);
  const isNamed = options.labelColumn !== undefined;
  if (classes.length >= 2 && !onlySplitFolders && metadata.length === 0 && !isNamed) {
    if (options.emptyParts) return { found, folder: root };
    const { judgeFolders, withoutMasks } = await import("./judge-folders.js");
    const { pictures, warnings } = await withoutMasks(found.pictures);
    const judged = await judgeFolders(platform, root, pictures);
    return {
      found: { ...found, pictures, warnings: [...found.warnings, ...warnings, ...judged] },
      folder: root,
    };
  }
  const { findLists, listNames } = await import("../lists/find-lists.js");
  const lists = await findLists(files, root);
  if (lists && (lists.layout === "metadata" || metadata.length === 0 || classes.length < 2))
    return openList(platform, root, options);
  const names = await listNames(files, root);
  if (isNamed && names.length === 0)
    throw new EngraftError(
      "OptionError",
      `there is no list with a column ${JSON.stringify(options.labelColumn)}`,
      {
        at: root,
        help: "the folders name the classes: leave target out",
        details: { option: "target", value: options.labelColumn },
      },
    );
  if (metadata.length > 0 || (onlySplitFolders && names.length === 0))
    throw (await import("../folder-refusals.js")).withoutClasses(root, classes, metadata);
  if (names.length > 1) throw (await import("../folder-refusals.js")).severalLists(root, names);
  return { found, folder: root };
}

const isPart = (name: string): boolean => partNames.has(name.toLowerCase());

/** Checks pictures and class names before any picture is opened. @throws DataError */
async function checkFound(files: Files, found: Found, root: string): Promise<void> {
  const { pictures, outside = 0 } = found;
  if (pictures.length === 0) {
    const { noPictures, otherSamplesIn } = await import("../folder-refusals.js");
    throw (outside === 0 && (await otherSamplesIn(files, root))) || noPictures(found, root);
  }
  const classes = [...new Set(pictures.map(({ label }) => label))];
  checkClassNames(classes, root);
  if (classes.length > maxClasses)
    throw (await import("../folder-refusals.js")).tooManyClasses(classes, root, maxClasses);
}
