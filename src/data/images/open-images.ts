import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { classificationOf } from "../../core/results/task.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import type { Dataset, ImageItem } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import type { Quotes } from "../lists/quotes.js";
import { assignParts, type Known } from "../split/assign-parts.js";
import { byCodePoint, type Found, listName, partNames } from "../split/found.js";
import { defaultPlatform } from "./decode.js";
import { checkNames, findImages } from "./find-images.js";
import { groupLookAlikes } from "./look-alikes.js";
import { scanPictures } from "./scan.js";
import { readableOf, type Scanned } from "./scanned.js";

export interface OpenImagesOptions {
  /** Decides who goes to which part (default 0). */
  readonly seed?: number;
  /** Share of each class for choosing, when it is not given, 0 … 1 (default 0.15). */
  readonly validationFraction?: number;
  /** Share of each class for the test, when it is not given, 0 … 1 (default 0.15). */
  readonly testFraction?: number;
  /** Columns of a CSV or JSONL, when they have unusual names. */
  readonly imageColumn?: string;
  readonly labelColumn?: string;
  /** How quotes of a CSV or TSV are read. Default: decided by the file. */
  readonly quotes?: Quotes;
  /** Names of the classes 0, 1, 2 … of a list, with commas between. Default: those of its metadata or of its dataset card. */
  readonly classNames?: string;
  /**
   * A regular expression whose bracket is the group of a picture, tried on its id, or the name of a column of the list: a
   * group stays on one side.
   */
  readonly groupFrom?: string;
  /** Nothing is trained on the data, so a part may be empty. Default false. */
  readonly emptyParts?: boolean;
  readonly signal?: AbortSignal;
  /** Gets progress events of the phase "scan". */
  readonly onEvent?: OnEvent;
  /** Remember hashes in the cache folder (default true). */
  readonly cache?: boolean;
  readonly platform?: Platform;
}

/** More classes than any image set has; more likely there is a folder for every picture. */
const maxClasses = 25_000;

/**
 * From so many pictures on they are looked at in a process of its own. What looking leaves behind (thumbnails, hashes,
 * freed memory in pieces that nothing else fits into) goes with it: 3 KB a picture that training would go without.
 */
export const manyPictures = 4000;

/** Of the pictures found, how many may be unreadable before the data is refused. */
const maxUnreadable = 0.1;

/**
 * Open a data set of pictures: class folders, folders with a given split, or a CSV or JSONL with
 * `image,label[,split]`. Every picture is looked at once (and remembered), unreadable ones are left out with
 * their reason, look-alikes stay on one side of the split, and copies across a given split are told.
 *
 * @param root the folder, or the list file
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const { classes, items, splitWords } = await openImages("./flowers", { seed: 1 });
 */
export async function openImages(root: string, options: OpenImagesOptions = {}): Promise<Dataset> {
  const { seed = 0, validationFraction = 0.15, testFraction = 0.15, signal, onEvent, cache } = options;
  checkFractions(validationFraction, testFraction);
  const platform = options.platform ?? (await defaultPlatform());
  const absolute = platform.files.resolve(root);
  const { found: asFound, folder } = await find(platform, absolute, options);
  await requirePictures(platform, absolute, asFound, options);
  if (platform.runInChildProcess && asFound.pictures.length >= manyPictures) {
    const { signal: _signal, onEvent: _onEvent, platform: _platform, ...task } = options;
    const { openInChild } = await import("./open-in-child.js");
    return openInChild(platform.runInChildProcess, absolute, task, { signal, onEvent });
  }
  const found =
    options.groupFrom === undefined || asFound.groupColumn !== undefined
      ? asFound
      : {
          ...asFound,
          pictures: await groupedByName(asFound.pictures, options.groupFrom),
        };

  const scanned = await scanPictures(found.pictures, { platform, root: folder, cache, signal, onEvent });
  // Before and after they are compared: what was read is done with, then thumbnails and numbers of each.
  const collect = (): void => {
    if (found.pictures.length >= manyPictures) platform.releaseMemory();
  };
  collect();
  const unread = found.unread?.length
    ? (await import("../unread-formats.js")).unreadWarnings(found.unread)
    : [];
  const warnings = [...found.warnings, ...unread, ...animatedWarnings(found.pictures, scanned)];
  const skipped = [...found.skipped];
  const readable = await keepReadable(found, scanned, skipped, absolute);
  readable.sort((a, b) => byCodePoint(a.id, b.id));
  const alike =
    cache === false
      ? groupLookAlikes(readable)
      : await (await import("./known-look-alikes.js")).knownLookAlikes(platform, readable);
  const { pictures, parts, exact, near, acrossParts, origin, leaks } = assignParts(
    readable,
    alike,
    { seed, validationFraction, testFraction, emptyParts: options.emptyParts },
    skipped,
    warnings,
    absolute,
  );
  collect();
  const classes = [...new Set(pictures.map(({ label }) => label))].sort(byCodePoint);
  const indexOf = new Map(classes.map((label, i) => [label, i]));
  const items: ImageItem[] = pictures.map(({ id, path, label, sha256, group }, i) => ({
    id,
    path,
    label: indexOf.get(label)!,
    part: parts[i]!,
    ...(group !== undefined && { group }),
    sha256,
  }));
  const lines = items.map(({ id, sha256, label, part }) =>
    JSON.stringify([id, sha256, classes[label], part]),
  );
  return {
    task: classificationOf.image,
    root: absolute,
    classes,
    items,
    seed,
    ...splitOrigin(origin),
    skipped,
    ignored: found.ignored,
    duplicates: { exact, near, acrossParts },
    warnings,
    leaks,
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
}

/** @throws OptionError for names of classes beside folders; DataError if there are no pictures, or too few classes */
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
  await checkFound(found, root);
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
        ...{ pictures: animated.length, ...firstOf(animated.map(({ id }) => id)) },
      }),
    ),
  ];
}

/** Pictures with the group that their path says. @throws OptionError for a pattern that is none or fits no picture */
async function groupedByName(pictures: Found["pictures"], pattern: string): Promise<Found["pictures"]> {
  const { groupsOfNames } = await import("../split/named-groups.js");
  const groups = await groupsOfNames(
    pictures.map(({ id }) => id),
    pattern,
    { what: "picture" },
  );
  return pictures.map((picture, i) => (groups[i] === undefined ? picture : { ...picture, group: groups[i] }));
}

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

/** Loaded where there is a list. */
async function listed(
  platform: Platform,
  path: string,
  options: OpenImagesOptions,
): Promise<{ readonly found: Found; readonly folder: string }> {
  const { listedImages } = await import("./listed-images.js");
  const found = await listedImages(platform, path, { ...options, fewerClasses: options.emptyParts });
  return { found, folder: found.folder };
}

/** Folders or a list: whichever `root` is or holds. */
async function find(
  platform: Platform,
  root: string,
  options: OpenImagesOptions,
): Promise<{ readonly found: Found; readonly folder: string }> {
  const { files } = platform;
  const state = await files.stat(root);
  if (state === undefined)
    throw new EngraftError("DataError", `there is no file or folder ${JSON.stringify(root)}`, {
      help: `${await (await import("../../platform/nearest-path.js")).nearestPath(files, root)}check the spelling of the path and the folder you are in`,
    });
  if (state.kind !== "folder") {
    if (state.kind === "file" && listName.test(root)) return listed(platform, root, options);
    await (await import("../other-formats.js")).refuseOtherFormats(files, root);
    throw (await import("../folder-refusals.js")).noList(root);
  }
  const found = await findImages(files, root, options.signal);
  const classes = [...new Set(found.pictures.map(({ label }) => label))];
  const { metadata = [] } = found;
  // A folder such as "images" beside "labels.csv" is not a class, and folders called train and test are none either.
  const ofParts = classes.length > 0 && !found.pictures.some(({ given }) => given) && classes.every(isPart);
  if (classes.length >= 2 && !ofParts && metadata.length === 0) return { found, folder: root };
  const { findLists, listNames } = await import("../lists/find-lists.js");
  const lists = await findLists(files, root);
  if (lists && (lists.layout === "metadata" || metadata.length === 0 || classes.length < 2))
    return listed(platform, root, options);
  const names = await listNames(files, root);
  if (metadata.length > 0 || (ofParts && names.length === 0))
    throw (await import("../folder-refusals.js")).withoutClasses(root, classes, metadata);
  if (names.length > 1) throw (await import("../folder-refusals.js")).severalLists(root, names);
  return { found, folder: root };
}

const isPart = (name: string): boolean => partNames.has(name.toLowerCase());

/** What can be told before any picture is opened. */
async function checkFound(found: Found, root: string): Promise<void> {
  const { pictures } = found;
  if (pictures.length === 0) throw (await import("../folder-refusals.js")).noPictures(found, root);
  const classes = [...new Set(pictures.map(({ label }) => label))];
  checkNames(classes, root);
  if (classes.length > maxClasses)
    throw (await import("../folder-refusals.js")).tooManyClasses(classes, root, maxClasses);
}

/** @throws DataError when more than {@link maxUnreadable} of the pictures cannot be used */
async function keepReadable(
  { pictures, list }: Found,
  scanned: readonly Scanned[],
  skipped: { item: string; reason: string }[],
  root: string,
): Promise<Known[]> {
  const { readable, unreadable } = readableOf(pictures, scanned);
  skipped.push(...unreadable.map(({ item, reason }) => ({ item, reason })));
  if (unreadable.length <= maxUnreadable * pictures.length) return readable;
  throw (await import("../folder-refusals.js")).tooManyUnreadable(pictures.length, list, unreadable, root);
}
