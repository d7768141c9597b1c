import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type TaskWith, taskWith } from "../../core/results/task.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Files, Platform } from "../../platform/platform.js";
import type { ClassSample, Dataset } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import { defaultPlatform } from "../images/decode.js";
import { groupDuplicates } from "../images/duplicate-groups.js";
import type { OpenImagesOptions } from "../images/open-images.js";
import { scanPictures } from "../images/scan.js";
import { readableOf } from "../images/scanned.js";
import { givenPart, imageColumnOf, pictureOf, splitColumnOf, synonyms, textOf } from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, readLists } from "../lists/read-list.js";
import { assignRows, binsOf } from "../split/assign-rows.js";
import { byCodePoint, count, type FoundPicture, quoted, type Warning } from "../split/found.js";
import { groupColumnOf, groupsOf } from "../split/named-groups.js";
import { withDecimalPoints } from "./decimal-commas.js";
import { numberOf, summarizeColumn, unusableCell } from "./numbers.js";

/** A picture with its numeric targets. */
export interface TargetItem extends ClassSample {
  /** Targets in the order of {@link TargetDataset.targets}. */
  readonly values: readonly number[];
}

/** A dataset of pictures or sounds with numeric targets. */
export interface TargetDataset extends Omit<Dataset, "task" | "classes" | "items" | "ignored"> {
  readonly task: TaskWith<{ readonly input: "image" | "audio"; readonly head: "numbers" }>;
  /** Names of the target columns. */
  readonly targets: readonly string[];
  readonly items: readonly TargetItem[];
}

export interface OpenTargetsOptions extends OpenImagesOptions {
  /** Target columns. Default: every column of numbers. */
  readonly targets?: readonly string[];
  /** An already parsed list, and the strata of its split. Its targets may be constant. */
  readonly opened?: {
    readonly list: ListFile;
    strata(items: readonly { readonly values: readonly number[]; readonly given: Part | undefined }[]): {
      readonly bin: ArrayLike<number>;
      readonly bins: number;
    };
  };
}

/** Smallest number of samples for regression. */
export const minItems = 10;
/** Largest share of samples that are unreadable or without a target. */
const maxUnusable = 0.1;

/** Checks that columns exist. @throws DataError for unknown names */
export function requireColumns(list: ListFile, names: readonly string[]): void {
  const unknown = names.filter((name) => !list.columns.includes(name));
  if (unknown.length > 0)
    throw listError(
      list.name,
      `has no column ${quoted(unknown)}`,
      undefined,
      `its columns are ${quoted(list.columns, 30)}`,
    );
}

/** Returns the target columns: the chosen ones, or all columns of numbers. @throws DataError without one */
export function targetColumnsOf(
  list: ListFile,
  image: string | undefined,
  chosen: readonly string[] | undefined,
  group?: string,
): string[] {
  if (chosen) {
    requireColumns(list, chosen);
    return [...chosen];
  }
  const cells = (c: string): string[] => list.rows.map((row) => textOf(row, c, list));
  const isSplit = (c: string) => splitColumnOf({ columns: [c] }) !== undefined;
  const found = list.columns.filter((c) => {
    if (c === image || isSplit(c) || c === group) return false;
    const { numbers, others } = summarizeColumn(cells(c));
    return numbers > 0 && others.length === 0;
  });
  if (found.length > 0) return found;
  throw listError(
    list.name,
    `has no column of numbers${image === undefined ? "" : " beside its pictures"}`,
    undefined,
    "name the columns to learn: --target NAME,…",
  );
}

/**
 * Opens pictures with numeric targets: a list with a column of pictures and columns of numbers. Near duplicates stay in one split,
 * and the split is stratified by bins of the first target.
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const data = await openTargets("ages.csv", { targets: ["age"] });
 */
export async function openTargets(root: string, options: OpenTargetsOptions = {}): Promise<TargetDataset> {
  const { seed = 0, validationFraction = 0.15, testFraction = 0.15, signal, onEvent, cache } = options;
  const { opened, groupFrom } = options;
  const platform = options.platform ?? (await defaultPlatform());
  const { path, list, image } = await readPictureList(platform, root, options);
  const group = groupColumnOf(list.columns, groupFrom, synonyms.group);
  const targets = targetColumnsOf(list, image, options.targets, group);
  const { pictures, skipped } = listedPictures(platform.files, list, { image, targets, group });
  const scanned = await scanPictures(pictures, {
    platform,
    root: list.folder,
    cache,
    signal,
    onEvent,
  });
  const { readable, unreadable } = readableOf(pictures, scanned);
  skipped.push(...unreadable.map(({ item, reason }) => ({ item, reason })));
  requireUsable(readable.length, list.rows.length, skipped, "picture", list.name);
  const warnings: Warning[] = [...(list.warnings ?? [])];
  const duplicateGroups = groupDuplicates(readable);
  const about = { what: "picture", columns: list.columns };
  const groups = await groupsOf(readable, ({ id }) => id, groupFrom, about);
  const { bin, bins } =
    opened?.strata(readable) ?? binsOf(readable.map(({ values, given }) => ({ value: values[0]!, given })));
  const assigned = assignRows(
    readable.map(({ id, sha256, given }, i) => ({ id, sha256, given, bin: bin[i]!, group: groups[i] })),
    bins,
    duplicateGroups,
    { seed, validationFraction, testFraction, emptyParts: options.emptyParts },
    "picture",
    warnings,
    path,
  );
  const items: TargetItem[] = readable.map(({ id, path, sha256, values }, i) => ({
    id,
    path,
    label: 0,
    values,
    part: assigned.parts[i]!,
    ...(groups[i] !== undefined && { group: groups[i] }),
    sha256,
  }));
  if (!opened) requireSpread(targets, items, list.name);
  const lines = items.map(({ id, sha256, values, part }) => JSON.stringify([id, sha256, values, part]));
  return {
    task: taskWith({ input: "image", head: "numbers" }),
    root: path,
    targets,
    items,
    seed,
    ...splitOrigin(assigned.origin),
    skipped,
    duplicates: { exact: assigned.exact, near: assigned.near, acrossParts: assigned.acrossParts },
    warnings,
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
}

/** Reads the list of pictures at a path, and finds its column of pictures. @throws DataError without a list or column */
async function readPictureList(
  platform: Platform,
  root: string,
  options: OpenTargetsOptions,
): Promise<{ readonly path: string; readonly list: ListFile; readonly image: string }> {
  const given = platform.files.resolve(root);
  const read = options.opened
    ? { ...options.opened.list, root: given }
    : await readLists(platform, given, { ...options, classColumn: options.targets?.[0] });
  if (read === undefined) throw (await import("../folder-refusals.js")).noList(given);
  const { root: path, ...list } = withDecimalPoints(read);
  const image = imageColumnOf(list, options.imageColumn);
  if (image !== undefined) return { path, list, image };
  throw listError(
    list.name,
    "has no column for the image",
    undefined,
    `its columns are ${quoted(list.columns, 30)}`,
  );
}

/** Returns each picture of a list once, sorted by id, and the skipped rows. @throws DataError for contradicting rows */
function listedPictures(
  files: Files,
  list: ListFile,
  columns: {
    readonly image: string;
    readonly targets: readonly string[];
    readonly group: string | undefined;
  },
) {
  const { image, targets, group } = columns;
  const split = splitColumnOf(list);
  const skipped: { item: string; reason: string }[] = [];
  const found = new Map<string, FoundPicture & { readonly values: readonly number[] }>();
  for (const row of list.rows) {
    const place = pictureOf(files, row, image, list);
    const item = `${row.file ?? list.name}, line ${row.line}`;
    const cells = targets.map((t) => textOf(row, t, list));
    const values = cells.flatMap((text) => numberOf(text) ?? []);
    const bad = cells.findIndex((text) => numberOf(text) === undefined);
    if (place === undefined || bad >= 0) {
      const reason = place === undefined ? "names no picture" : unusableCell(targets[bad]!, cells[bad]!);
      skipped.push({ item, reason });
      continue;
    }
    const { path, id } = place;
    const given = givenPart(row, split, list);
    const earlier = found.get(path);
    const groupName = group === undefined ? "" : textOf(row, group, list);
    if (earlier === undefined)
      found.set(path, { id, path, label: "", given, values, ...(groupName !== "" && { group: groupName }) });
    else if (earlier.values.some((v, i) => v !== values[i]) || earlier.given !== given)
      throw listError(
        list.name,
        `gives ${JSON.stringify(id)} other numbers or another part than before`,
        row.line,
        "a picture has one line: keep one of them",
      );
    else skipped.push({ item, reason: `names ${JSON.stringify(id)} again` });
  }
  return { pictures: [...found.values()].sort((a, b) => byCodePoint(a.id, b.id)), skipped };
}

/** Checks the number of usable samples. @throws DataError for fewer than 10, or for over 10 % unusable ones */
export function requireUsable(
  usable: number,
  all: number,
  skipped: readonly { readonly item: string; readonly reason: string }[],
  what: "row" | "picture",
  name: string,
): void {
  const at = skipped
    .slice(0, 3)
    .map(({ item, reason }) => `${item}: ${reason}`)
    .join("; ");
  const out = skipped.filter(({ reason }) => !reason.startsWith("names ")).length;
  if (usable < minItems)
    throw new EngraftError("DataError", `${JSON.stringify(name)} has ${count(usable, `usable ${what}`)}`, {
      at: at || undefined,
      help: `give at least ${minItems}: some to learn from, some to choose by, some to test`,
      details: { skipped },
    });
  if (out > maxUnusable * all)
    throw new EngraftError(
      "DataError",
      `${out} of ${count(all, what)} in ${JSON.stringify(name)} cannot be used; at most 10 % may be`,
      {
        at,
        help: "repair or remove them; all of them with their reasons are in the error's details",
        details: { skipped },
      },
    );
}

/** Checks that every target varies in the train split. @throws DataError for a constant target */
export function requireSpread(
  targets: readonly string[],
  items: readonly { readonly part: Part; readonly values: readonly number[] }[],
  name: string,
): void {
  const train = items.filter(({ part }) => part === "train");
  for (const [t, target] of targets.entries())
    if (new Set(train.map(({ values }) => values[t])).size < 2)
      throw new EngraftError(
        "DataError",
        `${JSON.stringify(target)} of ${JSON.stringify(name)} is ${train[0]?.values[t]} in the whole train part`,
        { help: "a constant number cannot be learnt: choose another --target" },
      );
}
