import { mean } from "../statistics/samples.js";

/** How much a score is too high on the samples that chose the model. */
export interface ScoreOptimism {
  /** Score on these samples minus the expected score on new ones, in the unit of the score. */
  readonly optimism: number;
  /** Score of each sample: their mean is the score. */
  readonly shares: ArrayLike<number>;
}

/** ⌈(n + 1) · coverage⌉; the product may come out a hair above a whole number: (9 + 1) · 0.9 is 9. */
export const rankOf = (n: number, coverage: number): number => Math.ceil((n + 1) * coverage - 1e-9);

/** A value that a stated share of new samples does not exceed. */
export interface CalibratedQuantile {
  /** Undefined if there are too few values for the coverage. */
  readonly quantile: number | undefined;
  /** Coverage that the rank is for: the requested one, raised for the choice of the model. */
  readonly raised: number;
}

/**
 * Returns the ⌈(n + 1) · c⌉-th smallest value: a new sample's value is at most this with a probability of at least `coverage`.
 *
 * c is the coverage if other samples chose the model. If the same samples did, as for the best of several epochs, the share of values below a
 * limit is too high as far as it follows the score: that is all the choice saw. By linear regression on the score:
 *
 *     c = coverage + b · optimism    b = max(0, cov(below, share) / var(share))
 *
 * @param values one for each calibration sample, such as its nonconformity score
 * @param samples indices of the values among the samples of the score, such as one range of predictions. Default: all
 * @see Lei et al. 2018, Distribution-Free Predictive Inference for Regression, algorithm 2; Lavenberg & Welch 1981, A perspective on the
 * use of control variables
 */
export function calibratedQuantile(
  values: ArrayLike<number>,
  coverage: number,
  choice?: ScoreOptimism,
  samples: readonly number[] = Array.from(values, (_, i) => i),
): CalibratedQuantile {
  const sorted = Float64Array.from(values).sort();
  const quantileAt = (share: number): number | undefined => sorted[rankOf(values.length, share) - 1];
  const plain = quantileAt(coverage);
  if (plain === undefined || !choice || !(choice.optimism > 0)) return { quantile: plain, raised: coverage };
  const { shares, optimism } = choice;
  const all = Array.from(shares);
  const variance = covariance(all, all);
  const below = Array.from(values, (value) => (value <= plain ? 1 : 0));
  const own = samples.map((i) => shares[i]!);
  const raised = coverage + (variance > 0 ? Math.max(0, covariance(below, own) / variance) * optimism : 0);
  return { quantile: quantileAt(raised), raised };
}

function covariance(x: readonly number[], y: readonly number[]): number {
  const [ofX, ofY] = [mean(x), mean(y)];
  return mean(x.map((value, i) => (value - ofX) * (y[i]! - ofY)));
}
