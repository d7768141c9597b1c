import type { ComparedMetric } from "../core/comparison.js";
import type { Interval, Verdict } from "../core/events.js";
import { points, signed } from "./verdict-words.js";

/** How a measure and its differences are told. */
export interface ComparedWords {
  readonly measure: string;
  readonly value: (score: number) => string;
  /** Of a difference without its sign, and with it: without `unit`, which follows an interval. */
  readonly amount: (gain: number) => string;
  readonly signed: (gain: number) => string;
  readonly unit: string;
  /** What two are that differ by exactly nothing. */
  readonly even: string;
}

const words: Readonly<Record<ComparedMetric, ComparedWords>> = {
  accuracy: {
    measure: "accuracy",
    value: (share) => `${(100 * share).toFixed(1)} %`,
    amount: points,
    signed,
    unit: " points",
    even: "as often right as",
  },
  r2: {
    measure: "R²",
    value: (r2) => r2.toFixed(3),
    amount: (gain) => `${gain.toFixed(3)} of R²`,
    signed: signedNumber,
    unit: " of R²",
    even: "exactly as good as",
  },
  f1: {
    measure: "F1",
    value: (f1) => f1.toFixed(3),
    amount: (gain) => `${gain.toFixed(3)} of F1`,
    signed: signedNumber,
    unit: " of F1",
    even: "exactly as good as",
  },
};

/** 0.0312 as "+0.031", with a real minus sign. */
export function signedNumber(value: number): string {
  const text = Math.abs(value).toFixed(3);
  return text === "0.000" ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/** What runs are judged by: F1 where they have it, R² where they have errors of numbers, else accuracy. */
export function metricOf(
  runs: readonly { readonly errors?: readonly number[]; readonly test?: { readonly f1?: number } }[],
): ComparedMetric {
  const [one] = runs;
  return one?.test?.f1 !== undefined ? "f1" : one?.errors ? "r2" : "accuracy";
}

export const wordsOf = (runs: Parameters<typeof metricOf>[0]): ComparedWords => words[metricOf(runs)];

/** What a confidence interval of a gain says, for ± margin. */
export function judge([low, high]: Interval, margin: number): Verdict["transfer"] {
  if (low >= -margin && high <= margin) return "neutral";
  if (low > 0) return "positive";
  return high < 0 ? "negative" : "inconclusive";
}
