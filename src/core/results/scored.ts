import type { ScoreName } from "./metric.js";

/**
 * Scores of each test sample: K numbers, whose sums determine the metric.
 *
 * - accuracy, K = 1: 1 right, 0 wrong.
 * - f1, K = 3: true, predicted, and correct.
 * - r2, K = 2 for each output: (y − ŷ)², and y minus the mean of the test samples.
 * - word_accuracy, K = 2: errors, and words of the transcript.
 * - token_accuracy, K = 2: correct tokens, and all tokens of the text.
 * - map and miou, K = 1: the share of the sample in the score, so that their mean is the score.
 */
export interface SampleSums {
  readonly metric: ScoreName;
  /** Numbers of one sample. */
  readonly k: number;
  /** float64[N, K], in the order of the data. */
  readonly values: readonly number[];
}

/** The score of a model on the test set, with a share of it for each sample. */
export interface Scored {
  readonly metric: ScoreName;
  /** Test samples that count in the metric: for F1 those with a true or predicted label. */
  readonly n: number;
  readonly value: number;
  /**
   * float64[N]: a number per test sample. Their mean is the value, and their variance gives that of the value (delta
   * method).
   */
  readonly shares: Float64Array;
}
