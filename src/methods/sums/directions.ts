import { EngraftError } from "../../core/errors.js";
import { largestEigenvectors } from "../../linalg/eigenvectors.js";
import { type FeatureSums, withinScatter } from "./feature-sums.js";

/**
 * Returns the K strongest directions of feature sums: the eigenvectors of S with the largest eigenvalues, float64[K, F]. They say nothing
 * of other samples, so sums of other samples along them hide a single sample the better, the smaller K is.
 * @param sums of samples that are no secret @throws OptionError if they do not have K directions
 */
export function strongestDirections(sums: FeatureSums, count: number): Float64Array {
  const { dims, scatter } = sums;
  const most = Math.min(dims, sums.count);
  if (sums.directions || count > most)
    throw new EngraftError(
      "OptionError",
      sums.directions
        ? "these sums are along directions themselves"
        : `${sums.count} samples of ${dims} features have no ${count} directions`,
      { help: `ask for at most ${most} --directions, or give --like the sums of more samples` },
    );
  return largestEigenvectors(withinScatter(scatter, [], dims), dims, count).vectors;
}

/** Most directions of which a single sample among N is hard to tell: ⌊√N / 2⌋. @see docs/decisions/0072-single-samples-in-feature-sums.md */
export const fewDirections = (samples: number): number => Math.max(1, Math.floor(Math.sqrt(samples) / 2));
