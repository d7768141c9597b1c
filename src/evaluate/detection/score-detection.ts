import { EngraftError } from "../../core/errors.js";
import type { DetectionScores } from "../../core/results/dense/detection.js";
import type { Interval } from "../../core/results/task.js";
import { type ResampleOptions, resample } from "../../statistics/index.js";
import { percentileInterval } from "../percentile-interval.js";
import { averagePrecisions, meanPrecision, precisionsByWeights, recalls } from "./average-precision.js";
import {
  type ClassMatches,
  type DetectionPicture,
  matchClass,
  matchClasses,
  overlapsOf,
  type SizeRange,
} from "./match.js";

/** Options of {@link scoreDetection}. */
export interface DetectionScoreOptions extends ResampleOptions {
  /** Computes confidence intervals by a bootstrap over the images. Default true. */
  readonly intervals?: boolean;
}

/** Positions of IoU 0.50 and 0.75 in `iouThresholds`. */
const [at50, at75] = [0, 5];
/** Fewest images for an interval. */
const fewestPictures = 10;

/**
 * Scores detections against the truth. Values equal pycocotools, except for its mistake with the annotation id 0. Images are taken in
 * their order, which decides between equal scores.
 *
 * @param classes names
 * @throws NumericError for a score or coordinate that is not a number
 */
export function scoreDetection(
  pictures: readonly DetectionPicture[],
  classes: readonly string[],
  { intervals = true, ...how }: DetectionScoreOptions = {},
): DetectionScores {
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
  const drawn =
    intervals && pictures.length >= fewestPictures ? redraw(all, pictures.length, how) : undefined;
  return {
    n: pictures.length,
    ap: meanPrecision(precisions) ?? null,
    ap_ci95: drawn?.ap ?? null,
    ap50: meanPrecision(precisions, at50) ?? null,
    ap50_ci95: drawn?.ap50 ?? null,
    ap75: meanPrecision(precisions, at75) ?? null,
    ap75_ci95: drawn?.ap75 ?? null,
    ap_by_size: sizeValues((one) => averagePrecisions(one)),
    ...{ ar1: recallAt(1), ar10: recallAt(10), ar100: recallAt(100) },
    ar_by_size: sizeValues((one) => recalls(one, 100)),
    classes: classes.map((name, k) => ({
      name,
      truths: all[k]!.truths.reduce((sum, n) => sum + n, 0),
      detections: all[k]!.scores.length,
      ap: meanPrecision([precisions[k]]) ?? null,
      ap50: precisions[k]?.[at50] ?? null,
      ap50_ci95: drawn?.classes[k] ?? null,
    })),
    resamples_without_class: drawn?.withoutClass ?? 0,
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
          {
            help: "scores and coordinates must be numbers",
          },
        );
}

interface Redrawn {
  readonly ap: Interval | null;
  readonly ap50: Interval | null;
  readonly ap75: Interval | null;
  readonly classes: readonly (Interval | null)[];
  readonly withoutClass: number;
}

/**
 * Draws the images anew with replacement. Matches of an image do not depend on other images, so a resample only changes how often each
 * image counts.
 */
function redraw(all: readonly ClassMatches[], pictures: number, how: ResampleOptions): Redrawn {
  const ap: number[] = [];
  const ap75: number[] = [];
  const classes = all.map((): number[] => []);
  let withoutClass = 0;
  const measures = all.map(precisionsByWeights);
  const present = all.filter(({ truths }) => truths.some((n) => n > 0)).length;
  const ap50 = resample(
    pictures,
    (positions) => {
      const weights = weightsOf(positions, pictures);
      const precisions = measures.map((precisionsWith) => precisionsWith(weights));
      if (precisions.filter((one) => one !== undefined).length < present) withoutClass++;
      ap.push(meanPrecision(precisions) ?? Number.NaN);
      ap75.push(meanPrecision(precisions, at75) ?? Number.NaN);
      for (const [k, one] of precisions.entries()) if (one) classes[k]!.push(one[at50]!);
      return meanPrecision(precisions, at50) ?? Number.NaN;
    },
    how,
  );
  return {
    ...{ ap: percentileInterval(ap), ap50: percentileInterval(ap50), ap75: percentileInterval(ap75) },
    classes: classes.map(percentileInterval),
    withoutClass,
  };
}

function weightsOf(positions: Int32Array, pictures: number): Float64Array {
  const weights = new Float64Array(pictures);
  for (const i of positions) weights[i]!++;
  return weights;
}

/**
 * Returns the difference of mean average precision between two models on the same images, a − b, with its interval. Every resample
 * draws the same images for both.
 *
 * @param measure "ap" over all IoU thresholds, or "ap50". Default "ap"
 * @returns undefined if no class has a true box
 */
export function detectionDifference(
  a: readonly DetectionPicture[],
  b: readonly DetectionPicture[],
  classes: number,
  { measure = "ap", ...how }: ResampleOptions & { readonly measure?: "ap" | "ap50" } = {},
): { readonly value: number; readonly ci95: Interval | null } | undefined {
  if (a.length !== b.length)
    throw new EngraftError(
      "ShapeError",
      `two models need the same pictures, got ${a.length} and ${b.length}`,
    );
  const measures = [a, b].map((pictures) => matchClasses(pictures, classes).map(precisionsByWeights));
  const threshold = measure === "ap" ? undefined : at50;
  const valueWith = (weights?: Float64Array): number => {
    const [first, second] = measures.map((one) =>
      meanPrecision(
        one.map((precisionsWith) => precisionsWith(weights)),
        threshold,
      ),
    );
    return (first ?? Number.NaN) - (second ?? Number.NaN);
  };
  const value = valueWith();
  if (!Number.isFinite(value)) return undefined;
  const drawn = resample(a.length, (positions) => valueWith(weightsOf(positions, a.length)), how);
  return { value, ci95: a.length >= fewestPictures ? percentileInterval(drawn) : null };
}
