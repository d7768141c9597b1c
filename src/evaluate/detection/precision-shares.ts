import { jackknifeShares } from "../jackknife-shares.js";
import { meanPrecision, precisionsByWeights } from "./average-precision.js";
import { type DetectionPicture, matchClasses } from "./match.js";

/** Returns a share of each image in the mean average precision, see {@link jackknifeShares}. */
export function precisionShares(pictures: readonly DetectionPicture[], classes: number): Float64Array {
  const measures = matchClasses(pictures, classes).map(precisionsByWeights);
  const weights = new Float64Array(pictures.length).fill(1);
  return jackknifeShares(pictures.length, (left) => {
    if (left !== undefined) weights[left] = 0;
    const score = meanPrecision(measures.map((precisionsWith) => precisionsWith(weights))) ?? 0;
    if (left !== undefined) weights[left] = 1;
    return score;
  });
}
