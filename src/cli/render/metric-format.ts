import type { ComparedMetric } from "../../core/results/comparison.js";
import { percent } from "./percent.js";

/** Format of scores of a metric in tables. */
export interface MetricFormat {
  /** Header of its column. */
  readonly name: string;
  /** A score: "73.3 %", or "0.733". */
  readonly score: (value: number) => string;
  /** Half a confidence interval, without a unit: "2.1", or "0.021". */
  readonly half: (value: number) => string;
  /** A difference with its sign: "+2.1" (percentage points), or "+0.021". */
  readonly gain: (value: number) => string;
}

const decimal = (value: number): string => value.toFixed(3);
const points = (share: number): string => (100 * share).toFixed(1);
const withSign = (value: number, size: string): string => `${value < 0 ? "−" : "+"}${size}`;

const asNumber = {
  score: decimal,
  half: decimal,
  gain: (value: number) => withSign(value, decimal(Math.abs(value))),
};

/** Format of every metric of comparisons. */
export const metricFormats: Readonly<Record<ComparedMetric, MetricFormat>> = {
  accuracy: {
    ...{ name: "accuracy", score: percent, half: points },
    gain: (value) => withSign(value, points(Math.abs(value))),
  },
  f1: { name: "F1", ...asNumber },
  r2: { name: "R²", ...asNumber },
};

/** "73.3 % ± 2.1"; without a half interval only the score. */
export const scoreWithHalf = (
  { score, half }: MetricFormat,
  { mean, plus_minus }: { readonly mean: number; readonly plus_minus: number | null },
): string => `${score(mean)}${plus_minus === null ? "" : ` ± ${half(plus_minus)}`}`;
