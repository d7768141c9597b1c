import { EngraftError } from "../../core/errors.js";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { cholesky, choleskySolve } from "../../linalg/cholesky.js";
import { columnProducts, rowProducts } from "../../linalg/row-products.js";
import {
  commonScaling,
  type Standardisation,
  standardisation,
  standardise,
} from "../../linalg/standardise.js";
import { chooseStrength, type HeldOut } from "../probe/choose-strength.js";
import { foldsToChoose, groupsOfBoth } from "../probe/folds.js";
import type { FeatureScaling } from "../probe/scaled-problem.js";

/** Features of one split and their target values. */
export interface NumberedFeatures {
  /** float32[N, D], row-major. */
  readonly features: Float32Array;
  /** float64[N, T], in any unit. */
  readonly values: ArrayLike<number>;
  readonly count: number;
  /** Group of each sample, which folds do not divide; default each is its own. */
  readonly groups?: readonly string[];
}

interface Size {
  /** D, features per example. */
  readonly dims: number;
  /** T, targets per example. */
  readonly targets: number;
}

export interface RidgeData extends Size {
  readonly train: NumberedFeatures;
  readonly validation: NumberedFeatures;
}

export interface RidgeOptions {
  /** Values of alpha / N to try, default 10^(−6 … 1); a single one is taken without a trial. */
  readonly strengths?: readonly number[];
  /** Solve the final model on training and validation samples together; default false. */
  readonly refit?: boolean;
  /** Scale of the features: each has a deviation of its own (default), or one that all have in common keeps their proportions. */
  readonly scaling?: FeatureScaling;
  /** Called after each strength. */
  readonly onStrength?: () => unknown;
  readonly signal?: AbortSignal;
}

/** A linear model: ŷ = x Wᵀ + b on raw features, in the unit of the values. */
interface LinearModel {
  /** float32[T, D] */
  readonly weight: Float32Array;
  /** float32[T] */
  readonly bias: Float32Array;
}

export interface Ridge extends LinearModel {
  /** alpha / N: one of the tried strengths. */
  readonly share: number;
  /** scikit-learn's alpha on standardised features and values. */
  readonly strength: number;
  /** The model of the training samples alone: the start of a training that validates. The same model without `refit`. */
  readonly ofTrain: LinearModel;
  /** float32[validation samples, T]: predictions by models that were not fitted on the sample. */
  readonly held: Float32Array;
  /** Number of folds of the cross-validation that chose the strength; missing without one. */
  readonly folds?: number;
}

/** Values of alpha / N to try: 10^(−6 … 1) in half decades. */
export const ridgeStrengths: readonly number[] = Array.from({ length: 15 }, (_, i) => 10 ** (-6 + i / 2));
/** alpha / N without samples to choose it on. */
const unmeasured = 1e-2;

/**
 * Ridge regression on standardised features, in closed form, with the strength chosen on validation.
 *
 * min ‖X W − Y‖² + α ‖W‖²:  W = (XᵀX + αI)⁻¹ Xᵀ Y, or Xᵀ (XXᵀ + αI)⁻¹ Y if there are more features than examples; both
 * by Cholesky. Features and targets are standardised on train, so the intercept is the mean of the targets and is not
 * shrunk: the same as scikit-learn's `Ridge(alpha)` after a `StandardScaler`. The strength with the lowest squared
 * error on validation (summed over standardised outputs) wins; without samples to choose on it is N / 100. With a refit and
 * fewer than 30 validation samples, 5-fold cross-validation on both splits replaces the validation split.
 *
 * @returns weight and bias that take raw features
 * @throws ShapeError if lengths differ, NumericError for non-finite features, Interrupted
 */
export async function fitRidge(data: RidgeData, options: RidgeOptions = {}): Promise<Ridge> {
  const { train, validation, targets } = data;
  const { strengths = ridgeStrengths, refit = false, scaling = "each", onStrength, signal } = options;
  const size = { ...data, scaling };
  checkLengths(data);
  const own = ridgeProblem(train, size);
  const refitted = refit && validation.count > 0;
  const both = refitted ? together(train, validation) : train;
  const groups = groupsOfBoth(train, ...(refitted ? [validation] : []));
  const folds =
    strengths.length > 1
      ? foldsToChoose({ strata: new Int32Array(both.count), groups, validation: validation.count, refit })
      : [];
  const parts =
    folds.length > 0
      ? folds.map((fold) => {
          const problem = ridgeProblem(samplesAt(both, fold.train, data), size);
          return heldOut(problem, samplesAt(both, fold.held, data), fold.held);
        })
      : [heldOut(own, validation, placesFrom(train.count, validation.count))];
  const values = joined(train.values, validation.values);
  const chosen = await chooseStrength(strengths, parts, {
    outputs: targets,
    onStrength,
    signal,
    lossOf: (predictions, places) => squaredError(predictions, places, values, own.y.deviation),
  });
  const share = chosen?.strength ?? (strengths.length === 1 ? strengths[0]! : unmeasured);
  const ofTrain = own.solve(share);
  return {
    ...(refitted ? ridgeProblem(both, size).solve(share) : ofTrain),
    strength: share * both.count,
    share,
    ofTrain,
    held: chosen?.heldFrom(train.count) ?? new Float32Array(0),
    ...(folds.length > 0 && { folds: folds.length }),
  };
}

function checkLengths({ train, validation, dims, targets }: RidgeData): void {
  for (const [part, { features, values, count }] of Object.entries({ train, validation }))
    if (features.length !== count * dims || values.length !== count * targets)
      throw new EngraftError(
        "ShapeError",
        `${part} needs float32[${count}, ${dims}] features and [${count}, ${targets}] values, got ${features.length} and ${values.length} numbers`,
      );
}

const placesFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

const joined = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array => {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

/** Returns the samples of two splits together. */
function together(a: NumberedFeatures, b: NumberedFeatures): NumberedFeatures {
  const features = new Float32Array(a.features.length + b.features.length);
  features.set(a.features);
  features.set(b.features, a.features.length);
  return { features, values: joined(a.values, b.values), count: a.count + b.count };
}

function samplesAt(
  { features, values }: NumberedFeatures,
  places: readonly number[],
  { dims: d, targets: t }: Size,
): NumberedFeatures {
  return {
    features: rowsAt(rowsOf(features, d), places),
    values: places.flatMap((i) => Array.from({ length: t }, (_, k) => values[i * t + k]!)),
    count: places.length,
  };
}

/** Returns samples that the solver of others predicts. */
const heldOut = (
  { solve }: Pick<ReturnType<typeof ridgeProblem>, "solve">,
  { features, count }: NumberedFeatures,
  places: readonly number[],
): HeldOut => ({
  places,
  predict(share) {
    const { weight, bias } = solve(share);
    const [t, d] = [bias.length, weight.length / bias.length];
    const predictions = new Float64Array(count * t);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < t; k++) {
        let sum = bias[k]!;
        for (let j = 0; j < d; j++) sum += features[i * d + j]! * weight[k * d + j]!;
        predictions[i * t + k] = sum;
      }
    return predictions;
  },
});

/** Mean over samples of Σₖ ((ŷₖ − yₖ) / deviationₖ)². */
function squaredError(
  predictions: ArrayLike<number>,
  places: readonly number[],
  values: Float64Array,
  deviation: Float64Array,
): number {
  const t = deviation.length;
  let loss = 0;
  for (const [at, i] of places.entries())
    for (let k = 0; k < t; k++)
      loss += ((predictions[at * t + k]! - values[i * t + k]!) / deviation[k]!) ** 2 / places.length;
  return loss;
}

/** Returns the solver of some samples, by alpha / N, and the scale of their values. */
function ridgeProblem(
  { features, values, count: n }: NumberedFeatures,
  { dims, targets, scaling: kind }: Size & { readonly scaling: FeatureScaling },
) {
  const scaling = (kind === "common" ? commonScaling : standardisation)(features, n, dims);
  const x = standardise(features, n, scaling);
  const y = valuesScaling(values, n, targets);
  const wide = dims > n;
  const size = wide ? n : dims;
  const gram = wide ? rowProducts(x, n, dims) : columnProducts(x, n, dims);
  const right = wide ? y.scaled : transposedProduct(x, y.scaled, n, dims, targets);
  const solve = (share: number): LinearModel => {
    const strength = share * n;
    const matrix = Float64Array.from(gram);
    for (let i = 0; i < size; i++) matrix[i * size + i]! += strength;
    const factor = cholesky(matrix, size);
    if (factor === undefined) throw notPositiveDefinite(strength, size);
    const solution = choleskySolve(factor, size, right, targets);
    const weight = wide ? transposedProduct(x, solution, n, dims, targets) : solution;
    return unstandardised(weight, scaling, y, dims, targets);
  };
  return { y, solve };
}

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
): LinearModel {
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
