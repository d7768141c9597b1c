import { wordsInComparison } from "../../core/messages/metric-en.js";
import type { ScoreName } from "../../core/results/metric.js";

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

/** Returns the format of a metric. */
export function metricFormat(metric: ScoreName): MetricFormat {
  const { name, score, difference: half, signed: gain } = wordsInComparison(metric);
  return { name, score, half, gain };
}

/** "73.3 % ± 2.1"; without a half interval only the score. */
export const scoreWithHalf = (
  { score, half }: MetricFormat,
  { mean, plus_minus }: { readonly mean: number; readonly plus_minus: number | null },
): string => `${score(mean)}${plus_minus === null ? "" : ` ± ${half(plus_minus)}`}`;
