import { jackknifeShares } from "../jackknife-shares.js";
import { iousOf, meanIouOf, sumOfCounts } from "./mask-counts.js";

/** Shares of each image in the IoUs over all pixels, see {@link jackknifeShares}. */
export interface IouShares {
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

/** Returns a share of each image in the mean IoU over all pixels, see {@link jackknifeShares}. */
export const iouShares = (
  counts: readonly Float64Array[],
  classes: number,
  groups?: readonly string[],
): Float64Array => sharesOfIous(counts, classes, groups).miou;
