import { studentTwoSided } from "../../dist/statistics/distributions.js";

/** Mean and 95 % interval of paired differences, one a draw: t with K - 1 degrees of freedom. */
export { meanInterval } from "../../dist/evaluate/index.js";

/**
 * Two-sided p of such a mean: t = mean / (s / √K) with K − 1 degrees of freedom. Without a spread, where a strategy kept what the
 * other did, p is 1 or 0. Missing where there is one draw.
 */
export function pOfMean({ mean, sd }, draws) {
  if (sd === null) return undefined;
  if (sd === 0) return mean === 0 ? 1 : 0;
  return studentTwoSided(mean / (sd / Math.sqrt(draws)), draws - 1);
}
