import { stopIf } from "../../core/errors.js";
import { lossOrWorst } from "../../core/results/metric.js";
import type { ProductRows } from "../../linalg/sparse-products.js";
import { sparseScores } from "../probe/sparse-logistic.js";

/** Sparse rows of one split and their target values. */
export interface NumberedRows {
  readonly rows: ProductRows;
  /** float64[N, T], in any unit. */
  readonly values: ArrayLike<number>;
}

/** A linear model on sparse rows: ŷ = x Wᵀ + b. */
export interface SparseRidge {
  /** float32[T, D] */
  readonly weight: Float32Array;
  /** float32[T] */
  readonly bias: Float32Array;
  /** scikit-learn's alpha. */
  readonly strength: number;
}

/** Values of alpha for rows of length 1: 10^(−2 … 2) in half decades. */
export const sparseRidgeStrengths: readonly number[] = Array.from(
  { length: 9 },
  (_, i) => 10 ** (-2 + i / 2),
);
/** Strength without validation samples: scikit-learn's default. */
const unmeasured = 1;
/** Conjugate gradients end at this share of the first residual, or after so many steps. */
const [tolerance, mostSteps] = [1e-6, 1000];

/**
 * Ridge regression on raw sparse rows, with the strength chosen by the squared error on validation. Like `fitRidge`, but without
 * standardisation, which would make the rows dense. Yields to other work after each strength.
 *
 * min ‖X w + b − y‖² + α ‖w‖² for each target, by conjugate gradients on (X̃ᵀX̃ + αI) w = X̃ᵀỹ, where X̃ and ỹ are centred: the same as
 * scikit-learn's `Ridge(alpha)` on a sparse matrix.
 *
 * @param targets T, targets per sample
 * @throws Interrupted if the signal is aborted
 */
export async function fitSparseRidge(
  train: NumberedRows,
  validation: NumberedRows,
  targets: number,
  {
    strengths = sparseRidgeStrengths,
    signal,
  }: {
    /** Strengths to try. A single one is taken without a trial. */
    readonly strengths?: readonly number[];
    readonly signal?: AbortSignal;
  } = {},
): Promise<SparseRidge> {
  let best: { readonly fit: SparseRidge; readonly loss: number } | undefined;
  const tried = validation.rows.count === 0 || strengths.length === 1 ? [] : strengths;
  for (const strength of tried) {
    const fit = solve(train, targets, strength);
    const loss = squaredError(sparseScores(fit, validation.rows), validation.values);
    if (best === undefined || lossOrWorst(loss) < lossOrWorst(best.loss)) best = { fit, loss };
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
  }
  return best?.fit ?? solve(train, targets, strengths.length === 1 ? strengths[0]! : unmeasured);
}

const squaredError = (predicted: ArrayLike<number>, values: ArrayLike<number>): number =>
  Array.from(predicted, (value, i) => (value - values[i]!) ** 2).reduce((sum, one) => sum + one, 0);

/** Solves the targets one after the other. */
function solve({ rows, values }: NumberedRows, targets: number, strength: number): SparseRidge {
  const { count: n, width: d } = rows;
  const products = rows.products(1);
  const mean = new Float64Array(d);
  products.multiplyTransposed(new Float64Array(n).fill(1 / n), mean);
  // X̃ v = X v − (μ · v) 1
  const times = (v: Float64Array, into: Float64Array): void => {
    products.multiply(v, into);
    const shift = dot(mean, v);
    for (let i = 0; i < n; i++) into[i]! -= shift;
  };
  // X̃ᵀ u = Xᵀ u − μ Σu
  const timesTransposed = (u: Float64Array, into: Float64Array): void => {
    products.multiplyTransposed(u, into);
    const sum = u.reduce((all, one) => all + one, 0);
    for (let j = 0; j < d; j++) into[j]! -= mean[j]! * sum;
  };
  const weight = new Float32Array(targets * d);
  const bias = new Float32Array(targets);
  for (let k = 0; k < targets; k++) {
    const y = Float64Array.from({ length: n }, (_, i) => values[i * targets + k]!);
    const level = y.reduce((sum, one) => sum + one, 0) / n;
    const w = conjugateGradients(
      { n, d, strength, times, timesTransposed },
      y.map((one) => one - level),
    );
    weight.set(w, k * d);
    bias[k] = level - dot(mean, w);
  }
  return { weight, bias, strength };
}

/** Centred rows as products. */
interface CentredRows {
  readonly n: number;
  readonly d: number;
  readonly strength: number;
  times(v: Float64Array, into: Float64Array): void;
  timesTransposed(u: Float64Array, into: Float64Array): void;
}

/** Solves (X̃ᵀX̃ + αI) w = X̃ᵀỹ. @see Shewchuk 1994, algorithm B2 */
function conjugateGradients({ n, d, strength, times, timesTransposed }: CentredRows, y: Float64Array) {
  const [w, residual, applied] = [new Float64Array(d), new Float64Array(d), new Float64Array(d)];
  const between = new Float64Array(n);
  timesTransposed(y, residual);
  const direction = Float64Array.from(residual);
  let square = dot(residual, residual);
  const enough = tolerance ** 2 * square;
  for (let step = 0; step < mostSteps && square > enough; step++) {
    times(direction, between);
    timesTransposed(between, applied);
    for (let j = 0; j < d; j++) applied[j]! += strength * direction[j]!;
    const length = square / dot(direction, applied);
    for (let j = 0; j < d; j++) {
      w[j]! += length * direction[j]!;
      residual[j]! -= length * applied[j]!;
    }
    const before = square;
    square = dot(residual, residual);
    for (let j = 0; j < d; j++) direction[j] = residual[j]! + (square / before) * direction[j]!;
  }
  return w;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
