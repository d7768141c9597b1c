import { jackknifeShares } from "../jackknife-shares.js";
import { meanPrecision, type Precisions, precisionsByWeights } from "./average-precision.js";
import { type ClassMatches, type DetectionPicture, matchClasses } from "./match.js";

/** Shares of each image in the average precisions, see {@link jackknifeShares}. */
export interface PrecisionShares {
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

/** Returns a share of each image in the mean average precision, see {@link jackknifeShares}. */
export const precisionShares = (
  pictures: readonly DetectionPicture[],
  classes: number,
  groups?: readonly string[],
): Float64Array => sharesOfMatches(matchClasses(pictures, classes), pictures.length, groups).ap;
