import { EngraftError } from "../../core/errors.js";
import type { MaskScores } from "../../core/results/dense/segmentation.js";
import { type ResampleOptions, resample } from "../../statistics/index.js";
import { percentileInterval } from "../percentile-interval.js";

/** Class of pixels that no score counts. */
export const ignoredPixel = 255;

/** Fewest images for an interval. */
const fewestPictures = 10;

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

/**
 * Scores masks from the counts of each image, with intervals by a bootstrap over the images.
 *
 *     IoU_k = C_kk / (row_k + column_k − C_kk),   Dice_k = 2 C_kk / (row_k + column_k),   accuracy = Σ C_kk / Σ C
 *
 * @param counts `maskConfusion` of each image
 */
export function scoreMasks(
  counts: readonly Float64Array[],
  names: readonly string[],
  how: ResampleOptions = {},
): MaskScores {
  const k = names.length;
  const total = sumOfCounts(counts, k);
  const classes = names.map((_, c) => classScores(total, k, c));
  const drawn = { miou: [] as number[], classes: names.map((): number[] => []) };
  if (counts.length >= fewestPictures)
    resample(
      counts.length,
      (positions) => {
        const one = sumOfCounts(
          Array.from(positions, (i) => counts[i]!),
          k,
        );
        const ious = names.map((_, c) => classScores(one, k, c).iou);
        for (const [c, iou] of ious.entries()) if (iou !== null) drawn.classes[c]!.push(iou);
        drawn.miou.push(meanOf(ious) ?? Number.NaN);
        return 0;
      },
      how,
    );
  const all = total.reduce((sum, n) => sum + n, 0);
  const right = names.reduce((sum, _, c) => sum + total[c * k + c]!, 0);
  return {
    n: counts.length,
    miou: meanOf(classes.map(({ iou }) => iou)),
    miou_ci95: percentileInterval(drawn.miou),
    pixel_accuracy: all === 0 ? null : right / all,
    classes: names.map((name, c) => ({
      name,
      ...classes[c]!,
      iou_ci95: percentileInterval(drawn.classes[c]!),
    })),
  };
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

/** Returns the mean IoU of the classes that the truth has, from the counts of all pixels; null if it has none. */
export const meanIouOf = (total: Float64Array, classes: number): number | null =>
  meanOf(Array.from({ length: classes }, (_, c) => classScores(total, classes, c).iou));

/** Returns the counts of all images together. */
export function sumOfCounts(counts: readonly Float64Array[], classes: number): Float64Array {
  const total = new Float64Array(classes * classes);
  for (const one of counts) for (let i = 0; i < total.length; i++) total[i]! += one[i]!;
  return total;
}

function classScores(counts: Float64Array, classes: number, c: number) {
  let [pixels, predicted] = [0, 0];
  for (let i = 0; i < classes; i++) {
    pixels += counts[c * classes + i]!;
    predicted += counts[i * classes + c]!;
  }
  const right = counts[c * classes + c]!;
  return {
    ...{ pixels, predicted },
    iou: pixels === 0 ? null : right / (pixels + predicted - right),
    dice: pixels === 0 ? null : (2 * right) / (pixels + predicted),
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, v) => sum + v, 0) / known.length;
}
