/** English sentences of the report of a run that predicts numbers, or classes of rows. */
import { count } from "../../charts/numbers.js";

export const taskEn = {
  kind: (task: string): string => task.replace("-", " "),
  footer: (items: string): string =>
    `The 95 % confidence intervals of shares are Wilson's; those of R², MAE and RMSE are over the test ${items}, or their groups; one run of one seed.`,
  ways: {
    mean: "always the mean",
    majority: "always the most frequent class",
    ridge: "ridge regression",
    logistic: "logistic regression",
    trees: "gradient-boosted trees",
    network: "the network",
    log_mel_ridge: "ridge regression on log-mel statistics",
    pixel_ridge: "ridge regression on pixels",
    probe: "linear probe: only the head is trained",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,

  takenWords: (matched: number, adapted: number, numbers: string, skipped: string): string =>
    `: ${count(matched, "weight")} unchanged, ${count(adapted, "part")} matched by name, ${numbers} parameters; ${skipped} not used.`,
  head: "Head",
  everyPart: "All parts",
  moved: "matched",
  left: "not used",

  learns: "Target",
  fromNumbers: "Numeric columns",
  fromCategories: "Categorical columns",
  notUsed: "Unused columns",
  none: "none",
};
