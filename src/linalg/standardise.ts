import { EngraftError } from "../core/errors.js";
import { piecesOf, type Rows, rowsOf } from "../core/results/rows.js";

/** Mean and deviation of each feature. */
export interface Standardisation {
  /** float64[D] */
  readonly mean: Float64Array;
  /** float64[D], population deviation; 1 for a feature that never changes. */
  readonly deviation: Float64Array;
}

/**
 * Mean and deviation of each column, in two passes.
 *
 * mean = Σ x / N    deviation = √(Σ (x − mean)² / N)
 *
 * A column counts as constant by scikit-learn's rule: its variance is below what rounding alone explains.
 *
 * @param features float32[N, D]
 * @throws NumericError for a feature that is not finite, with row and column.
 */
export function standardisation(features: Float32Array | Rows, n: number, d: number): Standardisation {
  const rows = features instanceof Float32Array ? rowsOf(features, d) : features;
  const mean = meanOf(rows, n);
  const deviation = new Float64Array(d);
  for (const { count, values } of piecesOf(rows)) {
    for (let i = 0; i < count; i++) {
      for (let t = 0; t < d; t++) deviation[t]! += (values[i * d + t]! - mean[t]!) ** 2;
    }
  }
  for (let t = 0; t < d; t++) {
    const variance = deviation[t]! / n;
    const rounding = n * Number.EPSILON * variance + (n * mean[t]! * Number.EPSILON) ** 2;
    deviation[t] = variance <= rounding ? 1 : Math.sqrt(variance);
  }
  return { mean, deviation };
}

/**
 * Mean of each column, and one deviation for all: the root of the mean variance.
 *
 * mean = Σ x / N    deviation = √(Σ ‖x − mean‖² / (N D))
 *
 * Unlike {@link standardisation}, it keeps the proportions of the columns. With a few rows, the deviation of a single column
 * is noise.
 *
 * @param features float32[N, D]
 * @throws NumericError as {@link standardisation}
 * @see docs/decisions/0028-scaling-of-the-probe.md
 */
export function commonScaling(features: Float32Array | Rows, n: number, d: number): Standardisation {
  const rows = features instanceof Float32Array ? rowsOf(features, d) : features;
  const mean = meanOf(rows, n);
  let square = 0;
  for (const { count, values } of piecesOf(rows)) {
    for (let i = 0; i < count; i++) {
      for (let t = 0; t < d; t++) square += (values[i * d + t]! - mean[t]!) ** 2;
    }
  }
  return { mean, deviation: new Float64Array(d).fill(Math.sqrt(square / (n * d)) || 1) };
}

/** @throws NumericError for a feature that is not finite */
function meanOf(rows: Rows, n: number): Float64Array {
  const d = rows.width;
  const mean = new Float64Array(d);
  for (const { count, values } of piecesOf(rows)) {
    for (let i = 0; i < count; i++) {
      for (let t = 0; t < d; t++) mean[t]! += values[i * d + t]!;
    }
  }
  for (let t = 0; t < d; t++) mean[t]! /= n;
  if (!mean.every(Number.isFinite)) throw notFinite(rows);
  return mean;
}

function notFinite(rows: Rows): EngraftError {
  const d = rows.width;
  let example = 0;
  let feature = 0;
  let value = Number.NaN;
  for (const { first, values } of piecesOf(rows)) {
    const at = values.findIndex((v) => !Number.isFinite(v));
    if (at < 0) continue;
    [example, feature, value] = [first + Math.floor(at / d), at % d, values[at]!];
    break;
  }
  return new EngraftError("NumericError", `feature ${feature} of example ${example} is ${value}`, {
    help: "the frozen part of the model gives a value that is not finite for this example; check the example, or cut the model earlier",
    details: { example, feature, value },
  });
}

/** (x − mean) / deviation as float32[N, D]. */
export function standardise(features: Float32Array, n: number, scaling: Standardisation): Float32Array {
  const d = scaling.mean.length;
  const out = new Float32Array(n * d);
  standardiseInto(out, d, features, n, scaling);
  return out;
}

/** Standardises into rows that are `stride` values apart. */
export function standardiseInto(
  out: Float32Array,
  stride: number,
  features: ArrayLike<number>,
  n: number,
  { mean, deviation }: Standardisation,
): void {
  const d = mean.length;
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < d; t++) out[i * stride + t] = (features[i * d + t]! - mean[t]!) / deviation[t]!;
  }
}

/**
 * Converts a classifier of standardised features to one of raw features with the same logits.
 *
 * w·(x − mean)/deviation + b = (w/deviation)·x + (b − Σ w mean/deviation)
 *
 * @param weight float64[C, D]
 * @param bias float64[C]
 */
export function foldStandardisation(
  weight: Float64Array,
  bias: Float64Array,
  { mean, deviation }: Standardisation,
): { weight: Float64Array; bias: Float64Array } {
  const d = mean.length;
  const folded = new Float64Array(weight.length);
  const shifted = Float64Array.from(bias);
  for (let k = 0; k < bias.length; k++) {
    for (let t = 0; t < d; t++) {
      const w = weight[k * d + t]! / deviation[t]!;
      folded[k * d + t] = w;
      shifted[k]! -= w * mean[t]!;
    }
  }
  return { weight: folded, bias: shifted };
}
