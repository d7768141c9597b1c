import { EngraftError } from "../../core/errors.js";
import { parseJson } from "../../core/parse-json.js";
import {
  baseOf,
  type FolderContent,
  folderOf,
  partOfPath,
  readText,
  stemOf,
} from "../boxes/folder-content.js";
import { readImageSets } from "../boxes/read-voc.js";
import type { OpenOptions, Skipped } from "../dataset.js";
import { divideSamples } from "../divide-samples.js";
import { groupDuplicates } from "../images/duplicate-groups.js";
import { scanPictures } from "../images/scan.js";
import { refuseRepeatedNames } from "../lists/repeated-names.js";
import { readableOf } from "../scan-memory.js";
import { byCodePoint, count } from "../split/found.js";
import { inOrder } from "../split/in-order.js";
import { inPatternGroups } from "../split/named-groups.js";
import { requireNearlyAll } from "../split/nearly-all.js";
import type { MaskDataset } from "./mask-dataset.js";
import { factsOfMask, type MaskFacts } from "./mask-facts.js";
import { decideMaskKind, type MaskKind, rgbWords } from "./mask-kind.js";
import { areUnpairedMasks, findMaskPairs } from "./mask-pairs.js";
import { type ColourMap, readColourMap } from "./mask-values.js";
import { readMaskFile } from "./read-mask-file.js";

/** Options of {@link openMasks}. */
export interface OpenMasksOptions extends Omit<OpenOptions, "validationFraction" | "testFraction"> {
  /** Group of each picture: a regular expression on its path, with the group in brackets. Default: as the annotations know them. */
  readonly groupFrom?: string;
}

const pngHelp = "save masks as PNG in the size of their pictures";
/** Two sizes have one aspect ratio if their scales differ by less than this. */
const aspectTolerance = 0.02;
const colourFile = /(^|\/)(classes|labelmap|label_?colou?rs|class_dict|colou?rs)\.(csv|txt)$/i;

/**
 * Opens images with masks in files: pairs of one name in `images` and `masks`, or `a.jpg` with `a_mask.png`.
 *
 * @returns undefined if there is no pair
 * @throws DataError for masks in colour without a map, and if more than 10 % of the pairs cannot be used
 */
export async function openMaskPairs(
  content: FolderContent,
  { seed, emptyParts, groupFrom, signal, onEvent, cache }: OpenMasksOptions = {},
): Promise<MaskDataset | undefined> {
  const { platform, root } = content;
  const { pairs, skipped, warnings } = findMaskPairs(content.pictures);
  if (pairs.length === 0) {
    refuseUnpaired(content, skipped);
    return undefined;
  }
  const masks = new Map<string, ReadMask>();
  for await (const one of inOrder(pairs, 4, ({ id, mask }) => readFacts(content, id, mask)))
    if ("reason" in one) skipped.push({ item: one.name, reason: one.reason });
    else masks.set(one.id, one);
  const usable = pairs.filter(({ id }) => masks.has(id));
  const unused = { all: pairs.length, unit: "mask", where: root, skipped, help: pngHelp } as const;
  requireNearlyAll(pairs.length - usable.length, unused);
  const names = await namesOfMasks(content);
  const decided = decideMaskKind([...masks.values()], names.length);
  const { kind } = decided;
  warnings.push(...decided.warnings);
  const colours = kind.kind === "colours" ? await readColours(content, [...masks.values()]) : undefined;
  const sets = await readImageSets(content, "segmentation", skipped);
  const found = usable.map(({ id }) => ({
    id,
    path: platform.files.join(root, id),
    label: "",
    given: sets ? sets.get(stemOf(baseOf(id))) : partOfPath(`${folderOf(id)}/-`),
  }));
  const scanned = await scanPictures(found, { platform, root, cache, signal, onEvent });
  const { readable, unreadable } = readableOf(found, scanned);
  skipped.push(...unreadable.map(({ item, reason }) => ({ item, reason })));
  const fitting = readable.filter((picture) => {
    const { size, name } = masks.get(picture.id)!;
    const reason = otherShape(size, picture);
    if (reason !== undefined) skipped.push({ item: name, reason });
    return reason === undefined;
  });
  requireNearlyAll(pairs.length - fitting.length, unused);
  fitting.sort((a, b) => byCodePoint(a.id, b.id));
  const named = groupFrom === undefined ? fitting : await inPatternGroups(fitting, groupFrom, "picture");
  const ofRecordings = { groupFrom, unit: "picture", emptyParts } as const;
  const { groupRecordings, withoutClass } = await import("../split/group-recordings.js");
  const rows = groupRecordings(named, withoutClass, ofRecordings, warnings);
  const isEmpty = (id: string) =>
    [...masks.get(id)!.facts.values.keys()].every((value) => value === 0 || value === 255);
  const maskOf = new Map(pairs.map(({ id, mask }) => [id, platform.files.join(root, mask)]));
  const hashes = new Map<string, string>();
  for (const { id } of rows) hashes.set(id, await platform.files.sha256(maskOf.get(id)!));
  const {
    duplicates: _,
    kept: _kept,
    ...divided
  } = await divideSamples(
    platform,
    root,
    rows,
    {
      unit: "picture",
      strata: { bin: rows.map(({ id }) => (kind.kind !== "binary" && isEmpty(id) ? 0 : 1)), bins: 2 },
      copies: groupDuplicates(rows),
      fieldsOf: ({ id, path, width, height, sha256 }) => ({
        ...{ path, width, height, sha256, mask: maskOf.get(id)! },
      }),
      lineOf: ({ id, sha256, part }) => [id, sha256, hashes.get(id), part],
    },
    { seed, emptyParts },
    warnings,
    skipped,
  );
  return {
    ...divided,
    kind,
    skipped,
    warnings,
    classes: classNames(names, kind, colours),
    ...(colours && { colours }),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Returns why a mask does not fit its picture; undefined if it does. */
const otherShape = (mask: Size, picture: Size): string | undefined =>
  Math.abs(((mask.width / picture.width) * picture.height) / mask.height - 1) < aspectTolerance
    ? undefined
    : `it has ${mask.width} × ${mask.height} pixels, its picture ${picture.width} × ${picture.height}`;

/** @throws DataError if the folders are those of images and masks, and no mask has the name of a picture */
function refuseUnpaired({ pictures, root }: FolderContent, masks: readonly Skipped[]): void {
  if (!areUnpairedMasks(pictures)) return;
  const lost = new Set(masks.map(({ item }) => item));
  const [mask, picture] = [masks[0]?.item, pictures.find((id) => !lost.has(id))];
  if (mask === undefined || picture === undefined) return;
  throw new EngraftError("DataError", `no mask in ${JSON.stringify(root)} has the name of a picture`, {
    at: `${JSON.stringify(mask)} beside ${JSON.stringify(picture)}`,
    help: "give a mask the name of its picture, in folders images and masks, or a.jpg with a_mask.png",
    details: { masks: masks.length },
  });
}

interface ReadMask {
  readonly id: string;
  readonly name: string;
  readonly facts: MaskFacts;
  readonly size: Size;
}

async function readFacts(
  content: FolderContent,
  id: string,
  mask: string,
): Promise<ReadMask | { readonly name: string; readonly reason: string }> {
  const png = await readMaskFile(content, mask);
  if (typeof png === "string") return { name: mask, reason: png };
  return { id, name: mask, facts: factsOfMask(png), size: { width: png.width, height: png.height } };
}

/** Reads the colour map. @throws DataError without one, with the colours of the first masks */
async function readColours(
  content: FolderContent,
  masks: readonly { readonly facts: MaskFacts }[],
): Promise<ColourMap> {
  const file = content.others.find((id) => colourFile.test(id));
  if (file !== undefined) return readColourMap(await readText(content, file, 2 ** 22), file);
  const values = new Set(masks.slice(0, 20).flatMap(({ facts }) => [...facts.values.keys()].slice(0, 100)));
  const shown = [...values].slice(0, 6).map(rgbWords);
  throw new EngraftError(
    "DataError",
    `the masks of ${JSON.stringify(content.root)} have colours, and no file names them`,
    {
      at: `${count(values.size, "colour")}: ${shown.join("; ")}`,
      help: "add classes.csv with lines name,red,green,blue",
    },
  );
}

/**
 * Reads the names of the classes: of `classes.txt`, a name a line; of Roboflow's `_classes.csv`, a number and a name a line; of nnU-Net's
 * `dataset.json`. @returns names in the order of their numbers; none without such a file, or if a number has no name
 */
export async function namesOfMasks(content: FolderContent): Promise<readonly string[]> {
  for (const [pattern, read] of namesFiles) {
    const file = content.others.find((id) => pattern.test(id));
    const names = file === undefined ? [] : read(await readText(content, file, 2 ** 22));
    if (names.length === 0 || names.includes(undefined)) continue;
    refuseRepeatedNames(names as string[], file!);
    return names as string[];
  }
  return [];
}

type Names = readonly (string | undefined)[];

const linesOf = (text: string): string[] =>
  text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Returns names in the order of their numbers. */
function byNumber(pairs: readonly (readonly [number, string])[]): Names {
  const names = new Map(pairs.filter(([n]) => Number.isInteger(n) && n >= 0 && n < 255));
  return Array.from({ length: Math.max(-1, ...names.keys()) + 1 }, (_, n) => names.get(n));
}

/** Files that name the values of masks, and how they are read. */
const namesFiles: readonly (readonly [pattern: RegExp, read: (text: string) => Names])[] = [
  [/(^|\/)classes\.txt$/i, linesOf],
  [
    /(^|\/)_classes\.csv$/i,
    (text) =>
      byNumber(
        linesOf(text).flatMap((line) => {
          const [, number, name] = /^(\d+)\s*,\s*(.+)$/.exec(line) ?? [];
          return number === undefined ? [] : [[Number(number), name!] as const];
        }),
      ),
  ],
  [/(^|\/)dataset\.json$/i, namesOfDataset],
];

/** Reads `"labels"`: a number for each name, or, in older files, a name for each number. */
function namesOfDataset(text: string): Names {
  let labels: unknown;
  try {
    labels = (parseJson(text) as { readonly labels?: unknown } | null)?.labels;
  } catch {
    return [];
  }
  if (typeof labels !== "object" || labels === null) return [];
  return byNumber(
    Object.entries(labels).flatMap(([key, value]: [string, unknown]) =>
      typeof value === "number"
        ? [[value, key] as const]
        : typeof value === "string"
          ? [[Number(key), value] as const]
          : [],
    ),
  );
}

function classNames(
  names: readonly string[],
  kind: MaskKind,
  colours: ColourMap | undefined,
): readonly string[] {
  if (colours) return colours.classes;
  if (kind.kind !== "classes") return ["background", kind.kind === "instances" ? "object" : "foreground"];
  if (names.length > kind.highest) return names;
  return Array.from({ length: kind.highest + 1 }, (_, i) => (i === 0 ? "background" : `class ${i}`));
}
