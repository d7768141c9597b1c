import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { type TaskWith, taskWith } from "../../core/results/task.js";
import { splitOrigin } from "../../data/split/split-origin.js";
import type { Files, Platform } from "../../platform/platform.js";
import type { Dataset, ImageItem } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import { defaultPlatform } from "../images/decode.js";
import { groupDuplicates } from "../images/duplicate-groups.js";
import type { OpenImagesOptions } from "../images/open-images.js";
import { scanPictures } from "../images/scan.js";
import { readableOf } from "../images/scanned.js";
import { givenPart, imageColumnOf, pictureOf, splitColumnOf, synonyms, textOf } from "../lists/columns.js";
import { problem } from "../lists/list-bytes.js";
import { type ListFile, readLists } from "../lists/read-list.js";
import { assignRows, binsOf } from "../split/assign-rows.js";
import { byCodePoint, count, type FoundPicture, quoted, type Warning } from "../split/found.js";
import { groupColumnOf, groupsOf } from "../split/named-groups.js";
import { withDecimalPoints } from "./decimal-commas.js";
import { numberOf, summarizeColumn, unusableCell } from "./numbers.js";

/** A picture with the numbers to be learnt. */
export interface TargetItem extends ImageItem {
  /** In the order of {@link TargetDataset.targets}. */
  readonly values: readonly number[];
}

/** Pictures with numbers. */
export interface TargetDataset extends Omit<Dataset, "task" | "classes" | "items" | "ignored"> {
  readonly task: TaskWith<{ readonly input: "image"; readonly head: "numbers" }>;
  /** Names of the columns. */
  readonly targets: readonly string[];
  readonly items: readonly TargetItem[];
}

export interface OpenTargetsOptions extends OpenImagesOptions {
  /** Columns to learn. Default: every column of numbers beside the picture's and the split's. */
  readonly targets?: readonly string[];
  /** A list that was read already, and what its split is stratified by. Then a number may be the same everywhere. */
  readonly taken?: {
    readonly list: ListFile;
    strata(items: readonly { readonly values: readonly number[]; readonly given: Part | undefined }[]): {
      readonly bin: ArrayLike<number>;
      readonly bins: number;
    };
  };
}

/** The fewest pictures or rows with which numbers can be learnt and judged. */
export const fewestItems = 10;
/** Of the pictures, how many may be unreadable or without a number before the data is refused. */
const maxUnusable = 0.1;

/** @throws DataError for names that there are not */
export function requireColumns(list: ListFile, names: readonly string[]): void {
  const unknown = names.filter((name) => !list.columns.includes(name));
  if (unknown.length > 0)
    throw problem(
      list.name,
      `has no column ${quoted(unknown)}`,
      undefined,
      `its columns are ${quoted(list.columns, 30)}`,
    );
}

/** The columns of numbers to learn. @throws DataError when there are none */
export function targetColumnsOf(
  list: ListFile,
  image: string,
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
  throw problem(
    list.name,
    "has no column of numbers beside its pictures",
    undefined,
    "name the columns to learn: --target NAME,…",
  );
}

/**
 * Open pictures with numbers: a CSV, TSV or JSONL file with a column of pictures and columns of numbers.
 * Pictures are looked through, look-alikes kept on one side, the split made by bins of the first number.
 *
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const data = await openTargets("ages.csv", { targets: ["age"] });
 */
export async function openTargets(root: string, options: OpenTargetsOptions = {}): Promise<TargetDataset> {
  const { seed = 0, validationFraction = 0.15, testFraction = 0.15, signal, onEvent, cache } = options;
  const { taken, groupFrom } = options;
  const platform = options.platform ?? (await defaultPlatform());
  const { path, list, image } = await readPictureList(platform, root, options);
  const group = groupColumnOf(list.columns, groupFrom, synonyms.group);
  const targets = targetColumnsOf(list, image, options.targets, group);
  const { pictures, skipped } = listedPictures(platform.files, list, { image, targets, group });
  const scanned = await scanPictures(pictures, {
    platform,
    root: list.folder,
    ...(cache !== undefined && { cache }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  const { readable, unreadable } = readableOf(pictures, scanned);
  skipped.push(...unreadable.map(({ item, reason }) => ({ item, reason })));
  requireUsable(readable.length, list.rows.length, skipped, "picture", list.name);
  const warnings: Warning[] = [...(list.warnings ?? [])];
  const duplicateGroups = groupDuplicates(readable);
  const about = { what: "picture", columns: list.columns };
  const groups = await groupsOf(readable, ({ id }) => id, groupFrom, about);
  const { bin, bins } =
    taken?.strata(readable) ?? binsOf(readable.map(({ values, given }) => ({ value: values[0]!, given })));
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
  if (!taken) requireSpread(targets, items, list.name);
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

/** Returns the list of pictures at a path, and its column of pictures. @throws DataError when there is none */
async function readPictureList(
  platform: Platform,
  root: string,
  options: OpenTargetsOptions,
): Promise<{ readonly path: string; readonly list: ListFile; readonly image: string }> {
  const given = platform.files.resolve(root);
  const read = options.taken
    ? { ...options.taken.list, root: given }
    : await readLists(platform, given, { ...options, classColumn: options.targets?.[0] });
  if (read === undefined) throw (await import("../folder-refusals.js")).noList(given);
  const { root: path, ...list } = withDecimalPoints(read);
  const image = imageColumnOf(list, options.imageColumn);
  if (image !== undefined) return { path, list, image };
  throw problem(
    list.name,
    "has no column for the image",
    undefined,
    `its columns are ${quoted(list.columns, 30)}`,
  );
}

/** Returns each picture of a list once, by the order of ids, and the rows that are left out. @throws DataError for rows that contradict */
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
    const before = found.get(path);
    const whose = group === undefined ? "" : textOf(row, group, list);
    if (before === undefined)
      found.set(path, { id, path, label: "", given, values, ...(whose !== "" && { group: whose }) });
    else if (before.values.some((v, i) => v !== values[i]) || before.given !== given)
      throw problem(
        list.name,
        `gives ${JSON.stringify(id)} other numbers or another part than before`,
        row.line,
        "a picture has one line: keep one of them",
      );
    else skipped.push({ item, reason: `names ${JSON.stringify(id)} again` });
  }
  return { pictures: [...found.values()].sort((a, b) => byCodePoint(a.id, b.id)), skipped };
}

/** @throws DataError when too few items are left, or too many were left out */
export function requireUsable(
  kept: number,
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
  if (kept < fewestItems)
    throw new EngraftError("DataError", `${JSON.stringify(name)} has ${count(kept, `usable ${what}`)}`, {
      ...(at !== "" && { at }),
      help: `give at least ${fewestItems}: some to learn from, some to choose by, some to test`,
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

/** @throws DataError when a number never changes in the part that learns */
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
        { help: "there is nothing to learn about a number that never changes: choose another --target" },
      );
}
