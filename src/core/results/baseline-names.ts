/** Baselines of all tasks by their key in a result, as sentences name them. */
export const baselineNames = {
  majority: "always the most frequent class",
  frequent: "always the most frequent labels",
  frequent_transcript: "always the most frequent transcript",
  unigram: "the most frequent token",
  zero_shot: "the base without training",
  mean: "always the mean",
  last_value: "the last value",
  last_season: "the value one season before",
  pixels: "logistic regression on pixels",
  log_mel: "logistic regression on log-mel statistics",
  log_mel_ridge: "ridge regression on log-mel statistics",
  pixel_ridge: "ridge regression on pixels",
  constant: "the same boxes in every picture",
  nothing: "predicting nothing",
  colour: "logistic regression on colours",
  otsu: "a grey threshold for each picture (Otsu)",
  tf_idf: "TF-IDF with logistic regression",
  tf_idf_ridge: "ridge regression on TF-IDF",
  characters: "logistic regression on words and characters",
  lookup: "the word look-up table",
  logistic: "logistic regression",
  ridge: "ridge regression",
  trees: "gradient-boosted trees",
  network: "the network",
  target_alone: "a model of the target alone",
  probe: "the linear probe",
  hybrid: "logistic regression on frozen features and TF-IDF",
  scratch: "from scratch",
} as const;

export type BaselineKey = keyof typeof baselineNames;
export type BaselineName = (typeof baselineNames)[BaselineKey];

/** Baselines that use the pretrained model: they are no evidence against transfer. */
export const pretrainedBaselines: ReadonlySet<string> = new Set(["probe", "hybrid", "zero_shot"]);

/** Baselines with constant predictions: their score is a fact of the test set, so it has no confidence interval. */
export const constantBaselines: ReadonlySet<string> = new Set([
  "majority",
  "frequent",
  "frequent_transcript",
  "unigram",
  "mean",
]);

/** Baselines that need no input: what guessing gives. */
export const guesses: ReadonlySet<string> = new Set([...constantBaselines, "constant"]);
