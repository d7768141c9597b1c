import { jackknifeShares } from "../jackknife-shares.js";
import { averagePrecisions, meanPrecision } from "./average-precision.js";
import { type DetectionPicture, matchClasses } from "./match.js";

/** Returns a share of each image in the mean average precision, see {@link jackknifeShares}. */
export function precisionShares(pictures: readonly DetectionPicture[], classes: number): Float64Array {
  const matches = matchClasses(pictures, classes);
  const weights = new Float64Array(pictures.length).fill(1);
  return jackknifeShares(pictures.length, (left) => {
    if (left !== undefined) weights[left] = 0;
    const score = meanPrecision(matches.map((one) => averagePrecisions(one, weights))) ?? 0;
    if (left !== undefined) weights[left] = 1;
    return score;
  });
}
