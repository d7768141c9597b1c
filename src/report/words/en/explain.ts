/** English sentences of explanations of predictions. */

import { count } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";

export const explainEn = {
  kind: "explanations",
  facts: (items: number, method: string, task?: string): string =>
    `${count(items, "sample")} · ${method}${task === undefined ? "" : ` · task ${task}`}`,
  footer:
    "An explanation shows what one prediction of this model depends on. It does not show causes in the real world.",
  beeswarmTitle: (output: string): string => `Effect of the columns on ${output}`,
  beeswarmIntro: (rows: number): string =>
    `Each point is one of ${count(rows, "row")}. Its position is the effect of the column on the prediction: to the right it raises it, to the left it lowers it. Blue: low values of the column; orange: high values; grey: categories and missing values. The columns with the largest mean effect are on top.`,
  beeswarmAlt: (output: string): string => `Effect of the columns on ${output}, one point for each row`,
  waterfallTitle: "Single predictions",
  waterfallIntro:
    "From the base value (all features hidden) to the prediction: each bar is the effect of one feature. The bars sum up to the difference.",
  waterfallAlt: (output: string): string => `From the base value to the prediction of ${output}`,
  base: "base value",
  prediction: "prediction",
  others: (n: number): string => `${count(n, "other feature")}`,
  missing: "missing",
  cell: (row: number, column: number): string => `region in row ${row}, column ${column}`,
  probabilityOf: (output: string): string => `probability of ${output}`,
  shap: {
    exact: "Shapley values, exact (Lundberg & Lee 2017).",
    sampled:
      "Shapley values, sampled (KernelSHAP, Covert & Lee 2021). Thin lines are 95 % confidence intervals over the draw.",
  },
  hiddenColumns: "A hidden column has the mean of the training rows, or their most frequent value.",
  hiddenInputs: "A hidden input counts as missing: zeros and a mark stand in place of its features.",
  ig: (error: string): string =>
    `Integrated Gradients (Sundararajan et al. 2017). Largest completeness error: ${error}.`,
  soundMaps:
    "Each map lies over the spectrogram of a clip: time runs from left to right, low frequencies are at the bottom. Without an orange cell the probability or the number would be lower, without a blue one higher.",
  columnsTitle: "Which columns the predictions depend on",
  leftOut: (why: Markup): Markup => html`Some samples are not explained: ${why}.`,
};
