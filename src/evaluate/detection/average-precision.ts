import { type ClassMatches, iouThresholds, recallLevels } from "./match.js";

/** How often each image counts: once, or as often as a resample drew it. */
export type PictureWeights = ArrayLike<number>;

/** Average precision of one class at each threshold of {@link iouThresholds}; undefined without a truth. */
export type Precisions = readonly number[] | undefined;

/**
 * Returns the average precision of a class at each IoU threshold: the mean over 101 recall levels r of the highest precision at a recall
 * of at least r.
 *
 *     precision = TP / (TP + FP),   recall = TP / truths,   AP = 1/101 Σ_r max_{recall ≥ r} precision
 *
 * @param weights how often each image counts. Default: once
 * @see Lin et al. 2014, Microsoft COCO; values equal pycocotools
 */
export function averagePrecisions(matches: ClassMatches, weights?: PictureWeights): Precisions {
  const truths = countTruths(matches, weights);
  if (truths === 0) return undefined;
  const n = matches.scores.length;
  const [recall, precision] = [new Float64Array(n), new Float64Array(n)];
  return iouThresholds.map((_, t) => {
    const bit = 1 << t;
    let [right, wrong, points] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      if ((matches.ignored[i]! & bit) !== 0) continue;
      const weight = weights === undefined ? 1 : weights[matches.pictures[i]!]!;
      if (weight === 0) continue;
      if ((matches.hits[i]! & bit) !== 0) right += weight;
      else wrong += weight;
      recall[points] = right / truths;
      precision[points++] = right / (right + wrong + Number.EPSILON);
    }
    // The precision at a recall is the highest at this recall or a higher one.
    for (let i = points - 2; i >= 0; i--) precision[i] = Math.max(precision[i]!, precision[i + 1]!);
    let [sum, at] = [0, 0];
    for (const level of recallLevels) {
      while (at < points && recall[at]! < level) at++;
      if (at === points) break;
      sum += precision[at]!;
    }
    return sum / recallLevels.length;
  });
}

/** Returns the recall at each IoU threshold with at most `most` detections an image; undefined without a truth. */
export function recalls(matches: ClassMatches, most: number): Precisions {
  const truths = countTruths(matches);
  if (truths === 0) return undefined;
  return iouThresholds.map((_, t) => {
    let found = 0;
    for (let i = 0; i < matches.hits.length; i++)
      if (matches.ranks[i]! < most && (matches.hits[i]! & (1 << t)) !== 0) found++;
    return found / truths;
  });
}

function countTruths({ truths }: ClassMatches, weights?: PictureWeights): number {
  let sum = 0;
  for (const [i, n] of truths.entries()) sum += n * (weights === undefined ? 1 : weights[i]!);
  return sum;
}

/**
 * Returns the mean over the classes with a truth, and over the thresholds; undefined if no class has one.
 * @param threshold position in {@link iouThresholds}. Default: all
 */
export function meanPrecision(classes: readonly Precisions[], threshold?: number): number | undefined {
  const values = classes.flatMap((one) =>
    one === undefined ? [] : threshold === undefined ? one : [one[threshold]!],
  );
  return values.length === 0 ? undefined : values.reduce((sum, v) => sum + v, 0) / values.length;
}
