import { EngraftError } from "../../core/errors.js";
import type { DetectionScores } from "../../core/results/dense/detection.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import type { Interval } from "../../core/results/task.js";
import { difference } from "../../statistics/index.js";
import { intervalRules, type Measure } from "../interval-rules.js";
import { jackknifeShares } from "../jackknife-shares.js";
import { estimateOf, groupFacts, intervalOf } from "../share-interval.js";
import {
  averagePrecisions,
  meanPrecision,
  type Precisions,
  precisionsByWeights,
  recalls,
} from "./average-precision.js";
import {
  type ClassMatches,
  type DetectionPicture,
  matchClass,
  matchClasses,
  overlapsOf,
  type SizeRange,
} from "./match.js";

/** Options of {@link scoreDetection}. */
export interface DetectionScoreOptions {
  /** Computes confidence intervals from the share of each image. Default true. */
  readonly intervals?: boolean;
  /** Group of each image, such as its film or the original of its copies. Default: each image is its own. */
  readonly groups?: readonly string[] | undefined;
}

/** Scores of detections, with the share of each image in the mean average precision. */
export interface ScoredDetections extends DetectionScores, GroupFacts {
  /** Missing without intervals. */
  readonly shares?: Float64Array;
}

/**
 * Scores detections against the truth. Values equal pycocotools, except for its mistake with the annotation id 0. Images are taken in
 * their order, which decides between equal scores. Intervals are over the images, or their groups, by shares; `intervalRules` has the
 * smallest test set.
 *
 * @param classes names
 * @throws NumericError for a score or coordinate that is not a number
 */
export function scoreDetection(
  pictures: readonly DetectionPicture[],
  classes: readonly string[],
  { intervals = true, groups }: DetectionScoreOptions = {},
): ScoredDetections {
  requireNumbers(pictures);
  const overlaps = classes.map((_, label) => overlapsOf(pictures, label));
  const matchAll = (range: SizeRange) => overlaps.map((one) => matchClass(one, pictures.length, range));
  const all = matchAll("all");
  const sizes = (["small", "medium", "large"] as const).map(matchAll);
  const precisions = all.map((one) => averagePrecisions(one));
  const sizeValues = (measureOf: (one: ClassMatches) => readonly number[] | undefined) => {
    const [small, medium, large] = sizes.map((one) => meanPrecision(one.map(measureOf)) ?? null);
    return { small: small!, medium: medium!, large: large! };
  };
  const recallAt = (most: number) => meanPrecision(all.map((one) => recalls(one, most))) ?? null;
  const shares = intervals ? sharesOfMatches(all, pictures.length, groups) : undefined;
  const rangeOf = (measure: Measure, own: Float64Array | undefined): Interval | null =>
    own ? intervalOf(measure, own, groups) : null;
  return {
    n: pictures.length,
    ap: meanPrecision(precisions) ?? null,
    ap_ci95: rangeOf("map", shares?.ap),
    ap50: meanPrecision(precisions, at50) ?? null,
    ap50_ci95: rangeOf("map", shares?.ap50),
    ap75: meanPrecision(precisions, at75) ?? null,
    ap75_ci95: rangeOf("map", shares?.ap75),
    ap_by_size: sizeValues((one) => averagePrecisions(one)),
    ar1: recallAt(1),
    ar10: recallAt(10),
    ar100: recallAt(100),
    ar_by_size: sizeValues((one) => recalls(one, 100)),
    classes: classes.map((name, k) => ({
      name,
      truths: all[k]!.truths.reduce((sum, n) => sum + n, 0),
      detections: all[k]!.scores.length,
      ap: meanPrecision([precisions[k]]) ?? null,
      ap50: precisions[k]?.[at50] ?? null,
      ap50_ci95: rangeOfClass(all[k]!, shares?.classes[k], groups),
    })),
    ...(shares && { ...groupFacts(estimateOf("map", shares.ap, groups), groups), shares: shares.ap }),
  };
}

/** @throws NumericError */
function requireNumbers(pictures: readonly DetectionPicture[]): void {
  for (const [i, { detections }] of pictures.entries())
    for (const { score, box } of detections)
      if (!Number.isFinite(score) || !box.every(Number.isFinite))
        throw new EngraftError(
          "NumericError",
          `a detection of picture ${i + 1} has the score ${score} and the box ${box.join(", ")}`,
          { help: "scores and coordinates must be numbers" },
        );
}

/** Returns the interval of a class's AP50. Only images with a true box of the class count as samples. */
function rangeOfClass(
  { truths }: ClassMatches,
  shares: Float64Array | undefined,
  groups: readonly string[] | undefined,
): Interval | null {
  const held = truths.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0);
  if (!shares || held < intervalRules.class_ap.samples) return null;
  return intervalOf("class_ap", shares, groups);
}

/**
 * Returns the difference of mean average precision between two models on the same images, a − b, with its interval over the images or
 * their groups. The shares of both are paired.
 *
 * @param measure "ap" over all IoU thresholds, or "ap50". Default "ap"
 * @returns undefined if no class has a true box; no interval for two models that are equal, or on fewer images than `intervalRules` asks for
 */
export function detectionDifference(
  a: readonly DetectionPicture[],
  b: readonly DetectionPicture[],
  classes: number,
  {
    measure = "ap",
    groups,
  }: Pick<DetectionScoreOptions, "groups"> & { readonly measure?: "ap" | "ap50" } = {},
): { readonly value: number; readonly ci95: Interval | null } | undefined {
  if (a.length !== b.length)
    throw new EngraftError(
      "ShapeError",
      `two models need the same pictures, got ${a.length} and ${b.length}`,
    );
  const [first, second] = [a, b].map((pictures) => matchClasses(pictures, classes)) as [
    ClassMatches[],
    ClassMatches[],
  ];
  if (first.every(({ truths }) => truths.every((n) => n === 0))) return undefined;
  const shares = [first, second].map((matches) => sharesOfMatches(matches, a.length, groups)[measure]);
  const { gain, interval } = difference([shares[0]!], [shares[1]!], { binary: false, groups });
  return { value: gain, ci95: a.length >= intervalRules.map.samples ? interval : null };
}

/** Shares of each image in the average precisions, see {@link jackknifeShares}. */
interface PrecisionShares {
  readonly ap: Float64Array;
  readonly ap50: Float64Array;
  readonly ap75: Float64Array;
  /** AP50 of each class. */
  readonly classes: readonly Float64Array[];
}

/** Positions of IoU 0.50 and 0.75 in `iouThresholds`. */
export const [at50, at75] = [0, 5];

/**
 * Returns the shares of each image in all average precisions.
 * @param pictures number of images
 * @param groups group of each image. Undefined: each is its own
 */
export function sharesOfMatches(
  matches: readonly ClassMatches[],
  pictures: number,
  groups?: readonly string[],
): PrecisionShares {
  const measures = matches.map(precisionsByWeights);
  const all = measures.map((precisionsWith) => precisionsWith());
  const holds = matches.map(({ pictures: own, truths }) => {
    const held = Uint8Array.from(truths, (n) => (n > 0 ? 1 : 0));
    for (const i of own) held[i] = 1;
    return held;
  });
  const weights = new Float64Array(pictures).fill(1);
  const scoresWithout = (left: readonly number[]) => {
    for (const i of left) weights[i] = 0;
    // A class that the images do not hold keeps its curve without them.
    const precisions = measures.map(
      (precisionsWith, k): Precisions => (left.some((i) => holds[k]![i]) ? precisionsWith(weights) : all[k]),
    );
    for (const i of left) weights[i] = 1;
    return [
      meanPrecision(precisions),
      ...[at50, at75].map((at) => meanPrecision(precisions, at)),
      ...precisions.map((one) => one?.[at50]),
    ];
  };
  const [ap, ap50, ap75, ...classes] = jackknifeShares(pictures, scoresWithout, groups);
  return { ap: ap!, ap50: ap50!, ap75: ap75!, classes };
}
