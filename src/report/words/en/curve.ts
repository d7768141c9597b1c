/** English sentences of the page of a learning curve. */
import type { CurveResult } from "../../../core/results/curve.js";
import { count } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";

type Unit = CurveResult["unit"];
type Metric = CurveResult["metric"];
const short: Readonly<Record<Metric, string>> = { accuracy: "accuracy", f1: "F1", r2: "R²" };

export const curveEn = {
  kind: "learning curve",
  footer:
    "The runs from scratch have the same network, data, split and head, all weights from the first step and batch statistics. They try three learning rates and train until validation stops improving.",
  sizes: (n: number): string => count(n, "size"),
  seeds: (n: number): string => count(n, "seed"),
  saved: "What the transfer saved",
  /** What a result says in its own, English words; other languages say it from its numbers. */
  words: ({ words }: CurveResult): string => words,
  notes: ({ notes }: CurveResult): readonly string[] => notes,
  notesLabel: "Notes",
  notesTitle: "What these numbers do not say",
  labels: (n: number): string => count(n, "label"),
  numbers: (n: number): string => count(n, "number"),
  types: (n: number): string => `${count(n, "type")} of entities`,
  scoreBy: (unit: Unit, metric: Metric): string =>
    `${{ accuracy: "Accuracy", f1: "Micro F1", r2: "R²" }[metric]} by ${unit} to learn from`,
  chartNote: (unit: Unit, metric: Metric): Markup =>
    html`Dots: means over the seeds, with 95 % intervals over seeds alone. Lines: the law error = floor + scale · n<sup>−rate</sup> that fits best, dashed beyond what was measured. Dotted: the ${short[metric]} asked for. The number of ${unit} is logarithmic.`,
  chartAlt: (unit: Unit, metric: Metric): string =>
    `Test ${short[metric]} with transfer and from scratch by the number of ${unit} to learn from; the same numbers are in the table`,
  transfer: "transfer",
  scratch: "from scratch",
  table: "The table",
  sizesLabel: "Sizes",
  unit: (unit: Unit): string => unit,
  gain: "gain, points",
  time: "time",
  scratchTime: "time from scratch",
  laws: "The laws",
  ofTransfer: "Transfer",
  ofScratch: "From scratch",
  noLaw: "no law: it takes four sizes",
  law: (floor: string, scale: string, rate: string, explained: string, follows: boolean): string =>
    `error = ${floor} + ${scale} · n^−${rate}; it explains ${explained} of the variance between sizes${follows ? "" : ": too little, so it says nothing"}`,
};
