import { EngraftError, stopIf } from "../../core/errors.js";
import { cholesky, choleskySolve } from "../../linalg/cholesky.js";
import { columnProducts, rowProducts } from "../../linalg/row-products.js";
import { type Standardisation, standardisation, standardise } from "../../linalg/standardise.js";

/** Features of one split and their target values. */
export interface NumberedFeatures {
  /** float32[N, D], row-major. */
  readonly features: Float32Array;
  /** float64[N, T], in any unit. */
  readonly values: ArrayLike<number>;
  readonly count: number;
}

export interface RidgeData {
  readonly train: NumberedFeatures;
  readonly validation: NumberedFeatures;
  /** D, features per example. */
  readonly dims: number;
  /** T, targets per example. */
  readonly targets: number;
}

/** A linear model: ŷ = x Wᵀ + b on raw features, in the unit of the values. */
export interface Ridge {
  /** float32[T, D] */
  readonly weight: Float32Array;
  /** float32[T] */
  readonly bias: Float32Array;
  /** scikit-learn's alpha on standardised features and values. */
  readonly strength: number;
  /** alpha / N */
  readonly share: number;
  readonly path: readonly { readonly strength: number; readonly validationLoss: number }[];
}

/** Values of alpha / N to try: 10^(−6 … 1) in half decades. */
export const ridgeStrengths: readonly number[] = Array.from({ length: 15 }, (_, i) => 10 ** (-6 + i / 2));
/** alpha / N without validation. */
const unmeasured = 1e-2;

/**
 * Ridge regression on standardised features, in closed form, with the strength chosen on validation.
 *
 * min ‖X W − Y‖² + α ‖W‖²:  W = (XᵀX + αI)⁻¹ Xᵀ Y, or Xᵀ (XXᵀ + αI)⁻¹ Y if there are more features than examples; both
 * by Cholesky. Features and targets are standardised on train, so the intercept is the mean of the targets and is not
 * shrunk: the same as scikit-learn's `Ridge(alpha)` after a `StandardScaler`. The strength with the lowest squared
 * error on validation (summed over standardised outputs) wins; without validation it is N / 100, or the only one given.
 *
 * @returns weight and bias that take raw features
 * @throws ShapeError if lengths differ, NumericError for non-finite features, Interrupted
 */
export async function fitRidge(
  { train, validation, dims, targets }: RidgeData,
  options: {
    readonly strengths?: readonly number[];
    readonly onStrength?: () => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Ridge> {
  for (const [part, { features, values, count }] of Object.entries({ train, validation }))
    if (features.length !== count * dims || values.length !== count * targets)
      throw new EngraftError(
        "ShapeError",
        `${part} needs float32[${count}, ${dims}] features and [${count}, ${targets}] values, got ${features.length} and ${values.length} numbers`,
      );
  const n = train.count;
  const scaling = standardisation(train.features, n, dims);
  const x = standardise(train.features, n, scaling);
  const y = valuesScaling(train.values, n, targets);
  const wide = dims > n;
  const size = wide ? n : dims;
  const gram = wide ? rowProducts(x, n, dims) : columnProducts(x, n, dims);
  const right = wide ? y.scaled : transposedProduct(x, y.scaled, n, dims, targets);
  const solve = (strength: number): Float64Array => {
    const matrix = Float64Array.from(gram);
    for (let i = 0; i < size; i++) matrix[i * size + i]! += strength;
    const factor = cholesky(matrix, size);
    if (factor === undefined) throw notPositiveDefinite(strength, size);
    const solution = choleskySolve(factor, size, right, targets);
    return wide ? transposedProduct(x, solution, n, dims, targets) : solution;
  };
  const path: { strength: number; validationLoss: number }[] = [];
  let best: { readonly loss: number; readonly head: Omit<Ridge, "path"> } | undefined;
  const { strengths = ridgeStrengths } = options;
  const order = validation.count > 0 || strengths.length === 1 ? strengths : [unmeasured];
  for (const share of order) {
    const strength = share * n;
    const head = { ...unstandardised(solve(strength), scaling, y, dims, targets), strength, share };
    const loss = validation.count === 0 ? 0 : lossOf(head, validation, y, dims, targets);
    if (validation.count > 0) path.push({ strength, validationLoss: loss });
    if (best === undefined || loss < best.loss) best = { loss, head };
    options.onStrength?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(options.signal);
  }
  return { ...best!.head, path };
}

/**
 * Fits the chosen ridge regression again, on the examples of both splits.
 * @returns weight and bias; alpha / N stays
 */
export function refitRidge(
  { share }: Pick<Ridge, "share">,
  { train, validation, ...size }: RidgeData,
  signal?: AbortSignal,
): Promise<Ridge> {
  const features = new Float32Array(train.features.length + validation.features.length);
  features.set(train.features);
  features.set(validation.features, train.features.length);
  const both = {
    ...{ features, count: train.count + validation.count },
    values: [...Array.from(train.values), ...Array.from(validation.values)],
  };
  return fitRidge(
    { train: both, validation: nothing, ...size },
    { strengths: [share], ...(signal && { signal }) },
  );
}

const nothing: NumberedFeatures = { features: new Float32Array(0), values: [], count: 0 };

function notPositiveDefinite(strength: number, size: number): EngraftError {
  return new EngraftError(
    "NumericError",
    `the ridge system of ${size} equations is not positive definite with a penalty of ${strength}`,
    {
      help: "look for extremely large values in the features, or use a stronger penalty",
      details: { strength, size },
    },
  );
}

interface ScaledValues {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly scaled: Float64Array;
}

/** Mean and population deviation of each target on train, and the standardised targets. */
export function valuesScaling(values: ArrayLike<number>, n: number, t: number): ScaledValues {
  const mean = new Float64Array(t);
  const deviation = new Float64Array(t);
  for (let i = 0; i < n; i++) for (let k = 0; k < t; k++) mean[k]! += values[i * t + k]! / n;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < t; k++) deviation[k]! += (values[i * t + k]! - mean[k]!) ** 2 / n;
  for (let k = 0; k < t; k++) deviation[k] = deviation[k] === 0 ? 1 : Math.sqrt(deviation[k]!);
  const scaled = Float64Array.from(
    { length: n * t },
    (_, i) => (values[i]! - mean[i % t]!) / deviation[i % t]!,
  );
  return { mean, deviation, scaled };
}

/** Converts W for standardised features and targets to weight and bias for raw ones. @param w float64[D, T] */
function unstandardised(
  w: Float64Array,
  { mean, deviation }: Standardisation,
  y: ScaledValues,
  d: number,
  t: number,
): { weight: Float32Array; bias: Float32Array } {
  const weight = new Float32Array(t * d);
  const bias = new Float32Array(t);
  for (let k = 0; k < t; k++) {
    let shift = y.mean[k]!;
    for (let j = 0; j < d; j++) {
      const raw = (w[j * t + k]! * y.deviation[k]!) / deviation[j]!;
      weight[k * d + j] = raw;
      shift -= raw * mean[j]!;
    }
    bias[k] = shift;
  }
  return { weight, bias };
}

function lossOf(
  { weight, bias }: Pick<Ridge, "weight" | "bias">,
  { features, values, count }: NumberedFeatures,
  { deviation }: ScaledValues,
  d: number,
  t: number,
): number {
  let loss = 0;
  for (let i = 0; i < count; i++)
    for (let k = 0; k < t; k++) {
      let sum = bias[k]!;
      for (let j = 0; j < d; j++) sum += features[i * d + j]! * weight[k * d + j]!;
      loss += ((sum - values[i * t + k]!) / deviation[k]!) ** 2 / count;
    }
  return loss;
}

/** Xᵀ Y, float64[d, t]. */
function transposedProduct(x: Float32Array, y: Float64Array, n: number, d: number, t: number): Float64Array {
  const out = new Float64Array(d * t);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) {
      const value = x[i * d + j]!;
      if (value === 0) continue;
      for (let k = 0; k < t; k++) out[j * t + k]! += value * y[i * t + k]!;
    }
  return out;
}
