/** English sentences of explanations of predictions. */

import { count } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";

export const explainEn = {
  kind: "explanations",
  facts: (items: number, method: string): string => `${count(items, "sample")} · ${method}`,
  footer:
    "An explanation says what one prediction of this model depends on. It does not say what causes what in the world.",
  beeswarmTitle: (output: string): string => `What the columns add to ${output}`,
  beeswarmIntro: (rows: number): string =>
    `A point is one of ${count(rows, "row")}. Its place says how much the column adds to the prediction (right) or takes away (left). Its color says whether the value is low (blue) or high (orange) in its column; categories and missing values are grey. The columns with the largest mean effect stand on top.`,
  beeswarmAlt: (output: string): string => `Weights of the columns for ${output}, a point a row`,
  waterfallTitle: "Single predictions",
  waterfallIntro:
    "From the base value (nothing known of the sample) to the prediction: each bar is what a feature adds or takes away. The bars sum up to the difference.",
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
  ig: (error: string): string =>
    `Integrated Gradients (Sundararajan et al. 2017). Largest completeness error: ${error}.`,
  columnsTitle: "Which columns the predictions depend on",
  leftOut: (why: Markup): Markup => html`Some samples are not explained: ${why}.`,
};
