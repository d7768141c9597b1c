import type { Places } from "../boxes/places.js";
import { type AssignmentCounts, type AssignOptions, assignPlaces } from "./assign-places.js";
import type { BoxTargets } from "./box-targets.js";

/** Biases of a detection head before its first step, and counts of the boxes that decided them. */
export interface DetectionStart {
  /** K values: the logit of each class's share of the places. */
  readonly classBias: readonly number[];
  /** Four values for each level, for the sides l, t, r, b: logarithms of distances in cells. */
  readonly boxBias: readonly (readonly number[])[];
  /** Sums over the pictures. */
  readonly counts: AssignmentCounts;
}

/** Smallest share of a class: one place in 100,000. */
const leastShare = 1e-5;
/** Range of a raw distance, as the head clips it. */
const largestDistance = 6;

/**
 * Returns the biases with which a detection head starts where the training pictures are, instead of at random.
 *
 *     class k:        ln(π / (1 − π))          π: share of all places that class k is assigned to, at least 1e-5
 *     side of level:  ln(median(d / s))        d: distance from the place to the side of its box, s: side of its cell
 *
 * A level without boxes takes the median of all levels, or 0 if there is no box at all.
 *
 * @param pictures targets of the training pictures without augmentation, see {@link boxTargets}
 * @see Lin et al., "Focal Loss for Dense Object Detection", 2017, section 3.3: the prior of the classes
 */
export function detectionStart(
  pictures: readonly BoxTargets[],
  places: Places,
  options: AssignOptions,
): DetectionStart {
  const assigned = new Array<number>(options.classes).fill(0);
  const distances = places.levels.map(() => [[], [], [], []] as number[][]);
  const counts = { boxes: 0, nearest: 0, unassigned: 0, small: 0 };
  for (const targets of pictures) {
    const { labels, boxes, counts: own } = assignPlaces(targets, places, options);
    for (const name of Object.keys(counts) as (keyof AssignmentCounts)[]) counts[name] += own[name];
    for (const [l, { first, height, width }] of places.levels.entries())
      for (let p = first; p < first + height * width; p++) {
        if (labels[p] === options.classes) continue;
        assigned[labels[p]!]!++;
        distancesOf(places, boxes, p).forEach((d, side) => {
          distances[l]![side]!.push(d);
        });
      }
  }
  const all = [0, 1, 2, 3].map((side) => distances.flatMap((level) => level[side]!));
  const total = Math.max(1, pictures.length * places.count);
  return {
    classBias: assigned.map((n) => {
      const share = Math.max(leastShare, n / total);
      return Math.log(share / (1 - share));
    }),
    boxBias: distances.map((level) => level.map((own, side) => logMedian(own.length > 0 ? own : all[side]!))),
    counts,
  };
}

/** Returns the distances from a place to the sides of its box, in cells: left, top, right, bottom. */
function distancesOf({ points, strides }: Places, boxes: Float32Array, p: number): number[] {
  const [x, y, sx, sy] = [points[2 * p]!, points[2 * p + 1]!, strides[2 * p]!, strides[2 * p + 1]!];
  const [x1, y1, x2, y2] = boxes.subarray(4 * p, 4 * p + 4);
  return [(x - x1!) / sx, (y - y1!) / sy, (x2! - x) / sx, (y2! - y) / sy];
}

/** Returns the logarithm of the median, clipped as the head clips it. A place outside of its box has a distance below 0. */
function logMedian(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return Math.min(largestDistance, Math.max(-largestDistance, Math.log(Math.max(Number.MIN_VALUE, median))));
}
