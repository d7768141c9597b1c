import type { SampleSums, Scored } from "../core/results/scored.js";
import { r2Of, scoredBy } from "./metric-sums.js";

/** Scores of each test sample in a result: as sums, and in the older format if the metric has one. */
export interface RecordedScores {
  readonly scores?: SampleSums;
  /** Classes: one character per sample, "1" right, "0" wrong. */
  readonly right?: string;
  /** Entities and several labels: three counts per sample. */
  readonly tallies?: readonly number[];
  /** Numbers: mean over the outputs of (y − ŷ)² / variance(y). */
  readonly errors?: readonly number[];
}

/** Nine digits suffice for measured numbers. */
const short = (values: Iterable<number>): number[] => Array.from(values, (v) => Number(v.toPrecision(9)));

/** Returns the scores of test samples for a result: `scores`, and the same in the field of format 1 if the metric has one. */
export function recordedScores(
  sums: SampleSums & { readonly metric: "accuracy" },
): Required<Pick<RecordedScores, "scores" | "right">>;
export function recordedScores(
  sums: SampleSums & { readonly metric: "f1" },
): Required<Pick<RecordedScores, "scores" | "tallies">>;
export function recordedScores(
  sums: SampleSums & { readonly metric: "r2" },
): Required<Pick<RecordedScores, "scores" | "errors">>;
export function recordedScores(
  sums: SampleSums & { readonly metric: "map" | "miou" | "word_accuracy" },
): Required<Pick<RecordedScores, "scores">>;
export function recordedScores(scores: SampleSums): RecordedScores {
  const { metric, values } = scores;
  if (metric === "accuracy") return { scores, right: values.join("") };
  if (metric === "f1") return { scores, tallies: values };
  const measured = { scores: { ...scores, values: short(values) } };
  return metric === "r2" ? { ...measured, errors: short(errorsOf(scores)) } : measured;
}

/** eᵢ = mean over the outputs of n (y − ŷ)² / Σ (y − ȳ)²: 1 − R² is their mean, also where R² is by definition. */
function errorsOf({ k, values }: SampleSums): Float64Array {
  const n = values.length / k;
  const errors = new Float64Array(n);
  for (let t = 0; t < k; t += 2) {
    let [square, spread] = [0, 0];
    for (let i = t; i < values.length; i += k) {
      square += values[i]!;
      spread += values[i + 1]! ** 2;
    }
    for (let i = 0; i < n; i++)
      errors[i]! += (spread > 0 ? (n * values[i * k + t]!) / spread : 1 - r2Of(square, spread)) / (k / 2);
  }
  return errors;
}

/** Reads the scores of test samples from a result of any task; undefined if it has none. */
export const readScores = ({ scores }: RecordedScores): Scored | undefined => scores && scoredBy(scores);
