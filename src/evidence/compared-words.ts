import { type ComparedMetric, type Difference, rangeOf } from "../core/results/comparison.js";
import type { Scored } from "../core/results/scored.js";
import { fewestSamples, fewestSeeds } from "../statistics/index.js";
import { points, signed } from "./metric-words.js";

/** A difference without its sentence. */
export type DifferenceNumbers = Omit<Difference, "words">;

/** How a measure and its differences are written. */
export interface ComparedWords {
  readonly measure: string;
  readonly value: (score: number) => string;
  /** A difference without its sign, and with it: without `unit`, which follows an interval. */
  readonly amount: (gain: number) => string;
  readonly signed: (gain: number) => string;
  readonly unit: string;
  /** Words for a difference of exactly 0, and for one of 0 on every sample. */
  readonly even: string;
  readonly equal: string;
}

const words: Readonly<Record<ComparedMetric, ComparedWords>> = {
  accuracy: {
    measure: "accuracy",
    value: (share) => `${(100 * share).toFixed(1)} %`,
    amount: points,
    signed,
    unit: " points",
    even: "as often right as",
    equal: "are right on the same test samples",
  },
  r2: {
    measure: "R²",
    value: (r2) => r2.toFixed(3),
    amount: (gain) => `${gain.toFixed(3)} of R²`,
    signed: signedNumber,
    unit: " of R²",
    even: "exactly as good as",
    equal: "have the same score on every test sample",
  },
  f1: {
    measure: "F1",
    value: (f1) => f1.toFixed(3),
    amount: (gain) => `${gain.toFixed(3)} of F1`,
    signed: signedNumber,
    unit: " of F1",
    even: "exactly as good as",
    equal: "have the same score on every test sample",
  },
};

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

/** 0.0312 as "+0.031", with a real minus sign. */
function signedNumber(value: number): string {
  const text = Math.abs(value).toFixed(3);
  return text === "0.000" ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/** Returns the metric of the runs. */
export function metricOf(runs: readonly { readonly scored: Pick<Scored, "metric"> }[]): ComparedMetric {
  return runs[0]?.scored.metric ?? "accuracy";
}

export const wordsOf = (runs: Parameters<typeof metricOf>[0]): ComparedWords => words[metricOf(runs)];
