/** English sentences of the report of a learning curve. */
import type { CurveResult } from "../../../core/results/curve.js";
import { count } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";
import { metricsEn } from "./metrics.js";

type Unit = CurveResult["unit"];
type Metric = CurveResult["metric"];
const { names, titles } = metricsEn;

export const curveEn = {
  kind: "learning curve",
  footer:
    "The runs from scratch have the same network, data, split and head. All weights train from the first step, with batch statistics. They try three learning rates and train until validation stops improving.",
  sizes: (n: number): string => count(n, "size"),
  seeds: (n: number): string => count(n, "seed"),
  saved: "How many samples transfer saves",
  /** The English text is part of the result; other languages write it from its numbers. */
  words: ({ words }: CurveResult): string => words,
  notes: ({ notes }: CurveResult): readonly string[] => notes,
  notesLabel: "Notes",
  notesTitle: "Limits of these numbers",
  labels: (n: number): string => count(n, "label"),
  numbers: (n: number): string => count(n, "target"),
  types: (n: number): string => `${count(n, "type")} of entities`,
  scoreBy: (unit: Unit, metric: Metric): string =>
    `${{ ...titles, f1: "Micro F1" }[metric]} by number of training ${unit}`,
  chartNote: (unit: Unit, metric: Metric): Markup =>
    html`Dots: means over the seeds, with 95 % confidence intervals over seeds alone. Curves: the best fit of error = floor + scale · n<sup>−rate</sup>, dashed where it is extrapolated. Dotted line: the requested ${names[metric]}. The number of ${unit} is logarithmic.`,
  chartAlt: (unit: Unit, metric: Metric): string =>
    `Test ${names[metric]} with transfer and from scratch by the number of training ${unit}; the same numbers are in the table`,
  transfer: "transfer",
  scratch: "from scratch",
  table: "Scores by size",
  sizesLabel: "Sizes",
  unit: (unit: Unit): string => unit,
  gain: "gain, points",
  time: "time",
  scratchTime: "time from scratch",
  laws: "Power laws",
  ofTransfer: "Transfer",
  ofScratch: "From scratch",
  noLaw: "no fit: it takes four sizes",
  law: (floor: string, scale: string, rate: string, explained: string, follows: boolean): string =>
    `error = ${floor} + ${scale} · n^−${rate}; it explains ${explained} of the variance between sizes${follows ? "" : ": too little to extrapolate from"}`,
};
