import { type Box, boxArea, type Detection, intersectionArea } from "../../data/boxes/box.js";

export type { Detection };

/** A true box, as in `ImageObject`. */
export interface TrueBox {
  readonly label: number;
  readonly box: Box;
  /** Area for the size classes. Default: that of the box. */
  readonly area?: number;
  /** True for a region of many objects: any number of detections may match it, and none of them counts. */
  readonly crowd?: boolean;
  /** True for an object that need not be found: a detection of it does not count. */
  readonly difficult?: boolean;
}

/** The detections of an image with the truth. */
export interface DetectionPicture {
  readonly truths: readonly TrueBox[];
  readonly detections: readonly Detection[];
}

/**
 * The IoU thresholds 0.50, 0.55, … 0.95, computed as NumPy's `linspace` does. The value at 8 is 0.8999999999999999, so a detection with
 * this IoU counts.
 */
export const iouThresholds: readonly number[] = Array.from(
  { length: 10 },
  (_, i) => 0.5 + i * ((0.95 - 0.5) / 9),
);
/** The recall levels 0, 0.01, … 1, computed as NumPy's `linspace` does. */
export const recallLevels: readonly number[] = Array.from({ length: 101 }, (_, i) => i * 0.01);
/** Most detections of an image and class. */
export const maxDetections = 100;

/** Areas in square pixels, both ends included. */
export const sizeRanges = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const;
export type SizeRange = keyof typeof sizeRanges;

/** The matched detections of one class in all images, by falling score. Bit t of a mask is about `iouThresholds[t]`. */
export interface ClassMatches {
  readonly scores: Float64Array;
  /** Position of the image. */
  readonly pictures: Int32Array;
  /** Rank within the image, from 0. */
  readonly ranks: Int32Array;
  /** Masks of thresholds at which the detection is right. */
  readonly hits: Uint16Array;
  /** Masks of thresholds at which the detection does not count. */
  readonly ignored: Uint16Array;
  /** Number of truths that count, by image. */
  readonly truths: Int32Array;
}

interface Match {
  readonly hits: number;
  readonly ignored: number;
}

/** The boxes of one class in an image, with the overlaps that decide every match. */
interface ClassPicture {
  /** Position of the image. */
  readonly picture: number;
  readonly truths: readonly TrueBox[];
  /** By falling score. */
  readonly detections: readonly Detection[];
  /** For each detection, the truths with an IoU at or above the lowest threshold. */
  readonly near: readonly (readonly Overlap[])[];
}

interface Overlap {
  /** Position in `truths`. */
  readonly truth: number;
  readonly iou: number;
}

/** Returns the boxes of a class, image by image, with their overlaps. */
export function overlapsOf(pictures: readonly DetectionPicture[], label: number): readonly ClassPicture[] {
  const found: ClassPicture[] = [];
  for (let picture = 0; picture < pictures.length; picture++) {
    const one = pictures[picture]!;
    const truths = one.truths.filter((truth) => truth.label === label);
    const own = one.detections.filter((detection) => detection.label === label);
    if (truths.length === 0 && own.length === 0) continue;
    const detections = own.sort((a, b) => b.score - a.score).slice(0, maxDetections);
    const near = detections.map(({ box }) => {
      const overlaps: Overlap[] = [];
      for (let truth = 0; truth < truths.length; truth++) {
        const iou = iouWith(box, truths[truth]!);
        if (iou >= lowestIou) overlaps.push({ truth, iou });
      }
      return overlaps;
    });
    found.push({ picture, truths, detections, near });
  }
  return found;
}

/**
 * Matches the detections of a class with the truth, in all images.
 *
 * In each image, detections are taken by falling score. Each takes the free truth with the highest IoU at or above the threshold; of
 * equal ones the last, and one that counts before one that does not. Images with equal scores keep their order.
 *
 * @param overlaps result of {@link overlapsOf}
 * @param pictures number of images
 * @see cocodataset/cocoapi, PythonAPI/pycocotools/cocoeval.py. It loses a match with the annotation id 0; this function does not.
 */
export function matchClass(
  overlaps: readonly ClassPicture[],
  pictures: number,
  range: SizeRange = "all",
): ClassMatches {
  const total = overlaps.reduce((sum, one) => sum + one.detections.length, 0);
  const scores = new Float64Array(total);
  const places = new Int32Array(total);
  const ranks = new Int32Array(total);
  const [hits, ignored] = [new Uint16Array(total), new Uint16Array(total)];
  const truths = new Int32Array(pictures);
  let n = 0;
  for (const one of overlaps) {
    const isIgnored = one.truths.map((truth) => isLeftOut(truth, range));
    truths[one.picture] = isIgnored.filter((left) => !left).length;
    const matches = matchPicture(one, isIgnored, range);
    for (let rank = 0; rank < matches.length; rank++, n++) {
      const match = matches[rank]!;
      scores[n] = one.detections[rank]!.score;
      places[n] = one.picture;
      ranks[n] = rank;
      hits[n] = match.hits;
      ignored[n] = match.ignored;
    }
  }
  const order = new Uint32Array(total).map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const sorted = <A extends Float64Array | Int32Array | Uint16Array>(values: A): A => {
    const result = values.slice() as A;
    for (let i = 0; i < total; i++) result[i] = values[order[i]!]!;
    return result;
  };
  return {
    scores: sorted(scores),
    pictures: sorted(places),
    ranks: sorted(ranks),
    hits: sorted(hits),
    ignored: sorted(ignored),
    truths,
  };
}

/** Matches the detections of each class with the truth: one element for each class. */
export const matchClasses = (
  pictures: readonly DetectionPicture[],
  classes: number,
  range: SizeRange = "all",
): ClassMatches[] =>
  Array.from({ length: classes }, (_, label) =>
    matchClass(overlapsOf(pictures, label), pictures.length, range),
  );

function isLeftOut({ crowd, difficult, area, box }: TrueBox, range: SizeRange): boolean {
  return crowd === true || difficult === true || !isInside(area ?? boxArea(box), range);
}

function isInside(area: number, range: SizeRange): boolean {
  const [low, high] = sizeRanges[range];
  return area >= low && area <= high;
}

/** Matches the detections of one image and class at all thresholds. */
function matchPicture(
  { truths, detections, near }: ClassPicture,
  isIgnored: readonly boolean[],
  range: SizeRange,
): Match[] {
  const taken = new Uint16Array(truths.length);
  return detections.map(({ box }, d): Match => {
    const outside = isInside(boxArea(box), range) ? 0 : allThresholds;
    const overlaps = near[d]!;
    if (overlaps.length === 0) return { hits: 0, ignored: outside };
    // Truths that count come first.
    const order = [
      ...overlaps.filter(({ truth }) => !isIgnored[truth]),
      ...overlaps.filter(({ truth }) => isIgnored[truth]),
    ];
    let [hits, ignored] = [0, 0];
    for (let t = 0; t < iouThresholds.length; t++) {
      const bit = 1 << t;
      let [needed, chosen] = [Math.min(iouThresholds[t]!, 1 - 1e-10), -1];
      for (const { truth, iou } of order) {
        if ((taken[truth]! & bit) !== 0 && truths[truth]!.crowd !== true) continue;
        if (chosen >= 0 && !isIgnored[chosen] && isIgnored[truth]) break;
        if (iou < needed) continue;
        [needed, chosen] = [iou, truth];
      }
      if (chosen < 0) {
        ignored |= outside & bit;
        continue;
      }
      taken[chosen]! |= bit;
      if (isIgnored[chosen]) ignored |= bit;
      else hits |= bit;
    }
    return { hits, ignored };
  });
}

const lowestIou = iouThresholds[0]!;
/** Mask of all thresholds. */
const allThresholds = (1 << iouThresholds.length) - 1;

/** Returns the intersection over union with a truth; with a crowd, the share of the detection that is inside. */
function iouWith(box: Box, truth: TrueBox): number {
  const shared = intersectionArea(box, truth.box);
  if (shared === 0) return 0;
  const all = truth.crowd === true ? boxArea(box) : boxArea(box) + boxArea(truth.box) - shared;
  return shared / all;
}
