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
export const averagePrecisions = (matches: ClassMatches, weights?: PictureWeights): Precisions =>
  precisionsByWeights(matches)(weights);

/**
 * Returns {@link averagePrecisions} as a function of the weights, for thousands of resamples of the same matches.
 *
 * Precision and recall rise only at detections that are right. Most are wrong at every threshold, so they are summed once for all
 * thresholds.
 */
export function precisionsByWeights(matches: ClassMatches): (weights?: PictureWeights) => Precisions {
  const { scores, pictures, hits, ignored } = matches;
  const n = scores.length;
  /** Detections that are right or do not count at some threshold. */
  const special = Uint32Array.from(scores.keys()).filter((i) => (hits[i]! | ignored[i]!) !== 0);
  const size = special.length;
  const [own, wrongBefore] = [new Float64Array(size), new Float64Array(size)];
  const [recall, precision] = [new Float64Array(size), new Float64Array(size)];

  /** Writes the points of the curve at a threshold, and returns their number. */
  const drawCurve = (bit: number, truths: number): number => {
    let [right, wrong, points] = [0, 0, 0];
    for (let s = 0; s < size; s++) {
      const weight = own[s]!;
      if (weight === 0 || (ignored[special[s]!]! & bit) !== 0) continue;
      if ((hits[special[s]!]! & bit) === 0) {
        wrong += weight;
        continue;
      }
      right += weight;
      recall[points] = right / truths;
      precision[points++] = right / (right + wrong + wrongBefore[s]! + Number.EPSILON);
    }
    return points;
  };

  return (weights) => {
    const truths = countTruths(matches, weights);
    if (truths === 0) return undefined;
    let wrong = 0;
    for (let i = 0, s = 0; i < n; i++) {
      const weight = weights === undefined ? 1 : weights[pictures[i]!]!;
      if (s === size) break;
      if (i !== special[s]) wrong += weight;
      else [own[s], wrongBefore[s++]] = [weight, wrong];
    }
    return iouThresholds.map((_, t) => areaUnder(recall, precision, drawCurve(1 << t, truths)));
  };
}

/** Returns the mean over the recall levels of the highest precision at this recall or a higher one. The precisions are overwritten. */
function areaUnder(recall: Float64Array, precision: Float64Array, points: number): number {
  for (let i = points - 2; i >= 0; i--) precision[i] = Math.max(precision[i]!, precision[i + 1]!);
  let [sum, at] = [0, 0];
  for (const level of recallLevels) {
    while (at < points && recall[at]! < level) at++;
    if (at === points) break;
    sum += precision[at]!;
  }
  return sum / recallLevels.length;
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
  for (let i = 0; i < truths.length; i++) sum += truths[i]! * (weights === undefined ? 1 : weights[i]!);
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
