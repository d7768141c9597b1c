import type { Interval } from "../core/events/events.js";
import type { ComparedMetric } from "../core/results/comparison.js";

/** Context of the sentence, in addition to the numbers of the verdict. */
export interface VerdictContext {
  readonly metric: ComparedMetric;
  readonly names: { readonly a: string; readonly b: string };
  readonly items: string;
  /** Set if there are too few test samples, in total or of a class. */
  readonly few?: "all" | { readonly name: string; readonly items: number } | undefined;
  readonly interval90: Interval | null;
  /** True if the command takes --seeds. */
  readonly repeatable: boolean;
}

/** How a metric and its differences are written. */
export interface Measure {
  /** "73.3 % of the test pictures right", "R² 0.640" */
  readonly value: (score: number, items: string) => string;
  /** A difference without its sign: "11.3 points". */
  readonly amount: (gain: number) => string;
  /** With its sign and without its unit: "+5.0". */
  readonly signed: (gain: number) => string;
}

export const measures: Readonly<Record<ComparedMetric, Measure>> = {
  accuracy: {
    value: (score, items) => `${(100 * score).toFixed(1)} % of the test ${items} right`,
    amount: points,
    signed,
  },
  f1: {
    value: (score) => `F1 ${(100 * score).toFixed(1)} %`,
    amount: (gain) => `${points(gain)} of F1`,
    signed,
  },
  r2: {
    value: (score) => `R² ${score.toFixed(3)}`,
    amount: (gain) => `${gain.toFixed(3)} of R²`,
    signed: (gain) => {
      const text = Math.abs(gain).toFixed(3);
      return text === "0.000" ? text : `${gain < 0 ? "−" : "+"}${text}`;
    },
  },
};

/** 0.0312 as "3.1 points". */
export function points(share: number): string {
  const value = (100 * share).toFixed(1);
  return `${value} point${value === "1.0" ? "" : "s"}`;
}

/** 0.0312 as "+3.1", with a real minus sign. */
export function signed(share: number): string {
  const value = (100 * Math.abs(share)).toFixed(1);
  if (value === "0.0") return "0.0";
  return `${share < 0 ? "−" : "+"}${value}`;
}

/** "transfer" as "Transfer". */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
