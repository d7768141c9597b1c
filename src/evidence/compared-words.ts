import { type MetricWords, wordsInComparison } from "../core/messages/metric-en.js";
import { type Difference, rangeOf } from "../core/results/comparison.js";
import type { ScoreName } from "../core/results/metric.js";
import type { Scored } from "../core/results/scored.js";
import { fewestSamples, fewestSeeds } from "../statistics/index.js";

/** A difference without its sentence. */
export type DifferenceNumbers = Omit<Difference, "words">;

/** How a metric, its differences, and a difference of 0 are written. */
export interface ComparedWords extends MetricWords {
  /** Words for a difference of exactly 0, and for one of 0 on every sample. */
  readonly even: string;
  readonly equal: string;
}

/** Describes a difference from the side of `label`. */
export function differenceWords(
  one: DifferenceNumbers,
  label: string,
  runs: Parameters<typeof metricOf>[0],
): string {
  const { gain, seeds, to, why, finding, samples = 0 } = one;
  const w = wordsOf(runs);
  const { interval, level } = rangeOf(one);
  const on = `${trainings(seeds)}, ${samples} test sample${samples === 1 ? "" : "s"}`;
  const ahead =
    gain === 0
      ? `${label} is ${w.even} ${to}`
      : `${label} is ${w.amount(Math.abs(gain))} ${gain > 0 ? "above" : "below"} ${to}`;
  if (!interval)
    return why === "identical" && gain === 0
      ? `${label} and ${to} ${w.equal} (${on}).`
      : `${ahead} (${on}): too little was seen for an interval.`;
  const range = `from ${w.signed(interval[0])} to ${w.signed(interval[1])}${w.unit}`;
  const detail = `${percentOf(level)} interval ${range}; ${on}`;
  if (finding === "better") return `${label} is better than ${to} by ${w.amount(gain)} (${detail}).`;
  if (finding === "worse") return `${label} is worse than ${to} by ${w.amount(-gain)} (${detail}).`;
  if (finding === "same")
    return `${label} and ${to} differ by nothing that matters: ${w.signed(gain)}${w.unit} (${detail}).`;
  if (seeds === 1)
    return `In this one training each, ${ahead} (${detail}). Another training could differ: 3 seeds tell which strategy is better.`;
  if (seeds < fewestSeeds)
    return `Not told apart: ${ahead}, and ${seeds} trainings each are too few to decide, 3 are needed (${detail}).`;
  if (samples < fewestSamples)
    return `Not told apart: ${ahead}, and ${samples} test samples are too few to decide, ${fewestSamples} are needed (${detail}).`;
  if (interval[0] > 0 || interval[1] < 0)
    return `Not told apart: ${ahead}, which chance can explain where ${one.comparisons} differences are looked at (${detail}).`;
  return `Not told apart: ${ahead}, but anything ${range} fits what was seen (${percentOf(level)} interval; ${on}).`;
}

/** 0.95 as "95 %", 0.99875 as "99.88 %". */
export const percentOf = (level: number): string => `${Number((100 * level).toFixed(2))} %`;

/** Holm's p in a sentence; 1.000 is omitted. */
export const pWords = (p: number | null): string =>
  p === null || p >= 0.05 ? "not shown" : p < 0.001 ? "p below 0.001" : `p ${p.toFixed(3)}`;

const trainings = (seeds: number): string => (seeds === 1 ? "one training each" : `${seeds} trainings each`);

/** Returns the metric of the runs. */
export function metricOf(runs: readonly { readonly scored: Pick<Scored, "metric"> }[]): ScoreName {
  return runs[0]?.scored.metric ?? "accuracy";
}

export function wordsOf(runs: Parameters<typeof metricOf>[0]): ComparedWords {
  const metric = metricOf(runs);
  const zero =
    metric === "accuracy"
      ? { even: "as often right as", equal: "are right on the same test samples" }
      : { even: "exactly as good as", equal: "have the same score on every test sample" };
  return { ...wordsInComparison(metric), ...zero };
}
