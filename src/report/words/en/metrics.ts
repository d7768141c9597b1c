import { metricNames } from "../../../core/results/metric.js";

/** English words for metrics. */
export const metricsEn = {
  /** In a sentence. */
  names: metricNames,
  /** At the start of a title. */
  titles: {
    ...metricNames,
    accuracy: "Accuracy",
    perplexity: "Perplexity",
    token_accuracy: "Token accuracy",
    word_accuracy: "Word accuracy",
    wer: "WER",
  },
};
