import { jackknifeShares } from "../jackknife-shares.js";
import { meanIouOf, sumOfCounts } from "./score-masks.js";

/**
 * Returns a share of each image in the mean IoU over all pixels, see {@link jackknifeShares}.
 * @param counts `maskConfusion` of each image
 */
export function iouShares(counts: readonly Float64Array[], classes: number): Float64Array {
  const total = sumOfCounts(counts, classes);
  return jackknifeShares(counts.length, (left) => {
    const rest = left === undefined ? total : total.map((n, i) => n - counts[left]![i]!);
    return meanIouOf(rest, classes) ?? 0;
  });
}
