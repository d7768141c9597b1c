/** English sentences of the page of a run that learns numbers, or classes of rows. */
import { count } from "../../charts/numbers.js";

export const taskEn = {
  kind: (task: string): string => task.replace("-", " "),
  footer: (items: string): string =>
    `Intervals: Wilson's for shares; of R², MAE and RMSE over the test ${items}, or their groups, by the share of each; one run of one seed.`,
  ways: {
    mean: "always the mean",
    majority: "always the most frequent class",
    ridge: "ridge regression",
    logistic: "logistic regression",
    pixel_ridge: "ridge regression on pixels",
    probe: "probe: head only",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,
  accuracyColumn: "accuracy",

  eachNumber: "Each number",
  output: "output",
  meanError: "mean error (MAE)",
  predictionInterval: "prediction interval",
  inside: "test values inside",
  tooSmall: "validation too small",
  coverage: (share: string): string => `for ${share}`,
  conformal:
    "Prediction intervals are split-conformal: the width is a quantile of the errors on the validation part. That part also chose the epoch, so new items may lie inside a little less often than stated; how often the test items did is beside it.",
  furthest: "Furthest off",
  truth: "true",
  predicted: "predicted",
  scatterNote: "predicted against true, test part",
  scatterAlt: (name: string): string => `Predicted against true values of ${name}`,

  takenOver: "Taken over from another model",
  takenWords: (matched: number, adapted: number, numbers: string, skipped: string): string =>
    `: ${count(matched, "weight")} as they were, ${count(adapted, "part")} by name, ${numbers} numbers; ${skipped} left.`,
  head: "Head",
  everyPart: "Every part",
  moved: "moved",
  left: "left",

  learns: "Learns",
  fromNumbers: "From numbers",
  fromCategories: "From categories",
  notUsed: "Not used",
  none: "none",
};
