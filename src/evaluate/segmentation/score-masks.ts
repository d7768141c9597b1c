import { EngraftError } from "../../core/errors.js";
import type { MaskScores } from "../../core/results/dense/segmentation.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import type { Interval } from "../../core/results/task.js";
import { intervalRules } from "../interval-rules.js";
import { jackknifeShares } from "../jackknife-shares.js";
import { estimateOf, groupFacts, intervalOf } from "../share-interval.js";
import { classScores, iousOf, meanIouOf, sumOfCounts } from "./mask-counts.js";

/** Class of pixels that no score counts. */
export const ignoredPixel = 255;

/**
 * Counts how often pixels of each class are predicted as each class.
 * @param truth,predicted uint8[height, width], classes; pixels with the truth 255 are left out
 * @returns float64[classes, classes], row = truth, column = prediction
 * @throws ShapeError for different sizes, DataError for a class outside of the list
 */
export function maskConfusion(truth: Uint8Array, predicted: Uint8Array, classes: number): Float64Array {
  if (truth.length !== predicted.length)
    throw new EngraftError(
      "ShapeError",
      `the mask has ${truth.length} pixels, its prediction ${predicted.length}`,
    );
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) {
    const [row, column] = [truth[i]!, predicted[i]!];
    if (row === ignoredPixel) continue;
    if (row >= classes || column >= classes)
      throw new EngraftError(
        "DataError",
        `a mask has the class ${Math.max(row, column)} of ${classes} classes`,
      );
    counts[row * classes + column]!++;
  }
  return counts;
}

/** Scores of masks, with the share of each image in the mean IoU. */
export interface ScoredMasks extends MaskScores, GroupFacts {
  readonly shares: Float64Array;
}

/**
 * Scores masks from the counts of each image.
 *
 *     IoU_k = C_kk / (row_k + column_k − C_kk),   Dice_k = 2 C_kk / (row_k + column_k),   accuracy = Σ C_kk / Σ C
 *
 * Intervals are over the images, or their groups, by shares. `intervalRules` has the smallest test set.
 *
 * @param counts `maskConfusion` of each image
 * @param groups group of each image; default: each image is its own
 */
export function scoreMasks(
  counts: readonly Float64Array[],
  names: readonly string[],
  groups?: readonly string[],
): ScoredMasks {
  const k = names.length;
  const total = sumOfCounts(counts, k);
  const classes = names.map((_, c) => classScores(total, k, c));
  const shares = sharesOfIous(counts, k, groups);
  const all = total.reduce((sum, n) => sum + n, 0);
  const right = names.reduce((sum, _, c) => sum + total[c * k + c]!, 0);
  const miou = meanIouOf(total, k);
  return {
    n: counts.length,
    miou,
    miou_ci95: miou === null ? null : intervalOf("miou", shares.miou, groups),
    pixel_accuracy: all === 0 ? null : right / all,
    classes: names.map((name, c) => ({
      name,
      ...classes[c]!,
      iou_ci95: rangeOfClass(counts, { k, c }, shares.classes[c]!, groups),
    })),
    ...(counts.length > 0 && groupFacts(estimateOf("miou", shares.miou, groups), groups)),
    shares: shares.miou,
  };
}

/** Returns the interval of a class's IoU. Only images with a true pixel of the class count as samples. */
function rangeOfClass(
  counts: readonly Float64Array[],
  { k, c }: { readonly k: number; readonly c: number },
  shares: Float64Array,
  groups: readonly string[] | undefined,
): Interval | null {
  const held = counts.filter((one) => classScores(one, k, c).pixels > 0).length;
  return held < intervalRules.class_iou.samples ? null : intervalOf("class_iou", shares, groups);
}

/**
 * Returns a score of each image for curves and paired tests: the IoU of one class. An image without the class in truth and prediction
 * has 1.
 */
export function maskPictureScores(
  counts: readonly Float64Array[],
  classes: number,
  label: number,
): Float64Array {
  return Float64Array.from(counts, (one) => {
    const { pixels, predicted } = classScores(one, classes, label);
    const right = one[label * classes + label]!;
    return pixels + predicted === 0 ? 1 : right / (pixels + predicted - right);
  });
}

/** Returns the mean IoU over all pixels of all images, as {@link scoreMasks} does; null if the truth has no class. */
export function meanMaskIou(counts: readonly Float64Array[], classes: number): number | null {
  return meanIouOf(sumOfCounts(counts, classes), classes);
}

/** Shares of each image in the IoUs over all pixels, see {@link jackknifeShares}. */
interface IouShares {
  readonly miou: Float64Array;
  readonly classes: readonly Float64Array[];
}

/**
 * Returns the shares of each image in the mean IoU and in that of each class.
 * @param counts `maskConfusion` of each image
 * @param groups group of each image. Undefined: each is its own
 */
export function sharesOfIous(
  counts: readonly Float64Array[],
  classes: number,
  groups?: readonly string[],
): IouShares {
  const total = sumOfCounts(counts, classes);
  const scoresWithout = (left: readonly number[]) => {
    const rest = Float64Array.from(total);
    for (const at of left) for (let i = 0; i < rest.length; i++) rest[i]! -= counts[at]![i]!;
    return [meanIouOf(rest, classes), ...iousOf(rest, classes)];
  };
  const [miou, ...own] = jackknifeShares(counts.length, scoresWithout, groups);
  return { miou: miou!, classes: own };
}
