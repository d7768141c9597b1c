import type { Size } from "../../data/boxes/box.js";
import { maskErrorKinds } from "./mask-errors.js";
import type { ClassPixelCounts } from "./mask-table.js";

/** An image with its error map. */
export interface MaskErrorPicture extends Size {
  /** Id of the item: its path in the data folder. */
  readonly item: string;
  /** Mean IoU of the classes in it, without the background. */
  readonly iou: number;
  /** Share of its pixels with another class than the true one. */
  readonly wrong: number;
  /** The error map, at most 480 pixels wide or high. */
  readonly map: PackedMap;
}

/** A map of small numbers as runs along its rows: a value and how often it follows, again and again. */
export interface PackedMap extends Size {
  readonly runs: readonly number[];
}

/** What the report of a segmenter shows besides its scores, all of the test split. */
export interface SegmentationDetails {
  readonly format: 1;
  /** Data folder: the items of `worst` are in it. */
  readonly root: string;
  /** Pixels: `confusion[truth][prediction]`. */
  readonly confusion: readonly (readonly number[])[];
  readonly by_class: readonly (ClassPixelCounts & { readonly name: string })[];
  /** Images with errors, the worst first. */
  readonly worst: readonly MaskErrorPicture[];
}

/** Longest side of a map. */
const longestSide = 480;

/** Returns a map as runs. @param map uint8[height, width] */
function packMap(map: Uint8Array, { width, height }: Size): PackedMap {
  const runs: number[] = [];
  for (let i = 0, first = 0; i < map.length; i++)
    if (i + 1 === map.length || map[i + 1] !== map[i]) {
      runs.push(map[i]!, i + 1 - first);
      first = i + 1;
    }
  return { width, height, runs };
}

/** Packs an error map, with every nth row and column of a map with a side over 480 pixels. @param map uint8[height, width] */
export function packErrorMap(map: Uint8Array, { width, height }: Size): PackedMap {
  const step = Math.ceil(Math.max(width, height) / longestSide);
  const size = { width: Math.ceil(width / step), height: Math.ceil(height / step) };
  const small = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) small[y * size.width + x] = map[step * (y * width + x)]!;
  return packMap(small, size);
}

/** Returns the map of runs, uint8[height, width]. */
export function unpackMap({ width, height, runs }: PackedMap): Uint8Array {
  const map = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < runs.length; i += 2) {
    map.fill(runs[i]!, at, at + runs[i + 1]!);
    at += runs[i + 1]!;
  }
  return map;
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);
const areAll = <T>(list: readonly T[] | undefined, check: (one: Partial<T> | null) => boolean): boolean =>
  Array.isArray(list) && list.every((one: T) => check(one));
const isSide = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

const isMap = (map: Partial<PackedMap> | null | undefined): boolean => {
  if (!isSide(map?.width) || !isSide(map?.height) || !Array.isArray(map?.runs)) return false;
  const [size, runs] = [map.width! * map.height!, map.runs as readonly unknown[]];
  const isPair = (value: unknown, i: number): boolean =>
    Number.isInteger(value) &&
    (value as number) >= 0 &&
    (i % 2 === 1 || (value as number) < maskErrorKinds.length);
  const sum = runs.reduce<number>((n, value, i) => n + (i % 2 === 1 ? Number(value) : 0), 0);
  return Math.max(map.width!, map.height!) <= longestSide && runs.every(isPair) && sum === size;
};

/** True for details of a segmenter with some classes: the report reads nothing that has another type. */
export function isSegmentationDetails(json: unknown, classes: number): json is SegmentationDetails {
  const { format, root, confusion, by_class, worst } = (json ?? {}) as Partial<SegmentationDetails>;
  return (
    format === 1 &&
    typeof root === "string" &&
    confusion?.length === classes &&
    areAll(confusion, (row) => row?.length === classes && (row as readonly unknown[]).every(isNumber)) &&
    by_class?.length === classes &&
    areAll(
      by_class,
      (row) =>
        typeof row?.name === "string" &&
        [row.pictures, row.share, row.right].every(isNumber) &&
        [row.precision, row.recall].every(isNumberOrNull) &&
        (row.takenFor === null || (typeof row.takenFor?.name === "string" && isNumber(row.takenFor.pixels))),
    ) &&
    areAll(
      worst,
      (one) =>
        typeof one?.item === "string" &&
        [one.iou, one.wrong].every(isNumber) &&
        [one.width, one.height].every(isSide) &&
        isMap(one.map),
    )
  );
}
