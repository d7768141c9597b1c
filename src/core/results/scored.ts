import type { MetricName } from "./metric.js";

/** The metrics that runs are compared by: 1 is perfect, higher is better. */
export type ScoredMetric = Exclude<MetricName, "perplexity">;

/**
 * How a model did on each test sample: K numbers, of whose sums the metric is made.
 *
 * - accuracy, K = 1: 1 right, 0 wrong.
 * - f1, K = 3: what is there, what was predicted, and what of both.
 * - r2, K = 2 for each output: (y − ŷ)², and y less the mean of the test samples.
 */
export interface SampleSums {
  readonly metric: ScoredMetric;
  /** Numbers of one sample. */
  readonly k: number;
  /** float64[N, K], in the order of the data. */
  readonly values: readonly number[];
}

/** The score of a model on the test set, with a share of it for each sample. */
export interface Scored {
  readonly metric: ScoredMetric;
  /** Test samples that have a part in the metric: of F1 those where something is there or was predicted. */
  readonly n: number;
  readonly value: number;
  /** float64[N]: a number for each test sample. Their mean is the value, and their scatter is that of the value (delta method). */
  readonly shares: Float64Array;
}
