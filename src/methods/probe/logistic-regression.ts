import { EngraftError } from "../../core/errors.js";
import type { Rows } from "../../core/results/rows.js";
import { type Kernel, kernels, type Products, penalise } from "../../linalg/kernels.js";
import { type Minimum, minimise } from "../../linalg/lbfgs.js";
import type { ProductRows } from "../../linalg/sparse-products.js";
import type { Standardisation } from "../../linalg/standardise.js";

/** A linear classifier: logits = x Wᵀ + b. */
export interface LinearClassifier {
  /** float32[C, D], row-major. */
  readonly weight: Float32Array;
  /** float32[C] */
  readonly bias: Float32Array;
}

export interface LogisticOptions {
  /** scikit-learn's C: weight of the data against the penalty; larger fits closer. Above 0, default 1. */
  readonly strength?: number;
  /** Converged if the largest derivative of the mean loss is at most this; default 1e-6. */
  readonly tolerance?: number;
  /** Default 300. */
  readonly maxIterations?: number;
  /** Start; default zero weights and the class frequencies. */
  readonly start?: LinearClassifier;
}

export interface LogisticFit extends LinearClassifier {
  readonly iterations: number;
  /** Mean cross-entropy of the training examples, nats, without the penalty. */
  readonly loss: number;
  readonly stopped: Minimum["stopped"];
}

/**
 * Multinomial logistic regression, the same minimum as scikit-learn's `LogisticRegression(multi_class="multinomial")`:
 *
 * min  C Σᵢ −log softmax(W xᵢ + b)[yᵢ]  +  ½ ‖W‖²      (b is not penalised)
 *
 * A class without examples has no finite solution: it gets zero weights and a bias that bounds its probability by
 * 1 / ((N + 1) · classes that occur).
 *
 * @param features float32[N, D], row-major, finite
 * @param labels int32[N], 0 … classes − 1
 * @throws DataError for no examples or a label out of range, ShapeError for lengths that differ, OptionError for a
 * strength that is not above 0, NumericError when the loss is not finite at the start.
 */
export function fitLogistic(
  features: Float32Array,
  labels: Int32Array,
  classes: number,
  { strength = 1, start, ...rest }: LogisticOptions = {},
): LogisticFit {
  const problem = logisticProblem(features, labels, classes);
  const fit = problem.solve({ strength, ...rest, start: start && widen(start) });
  const { weight, bias, iterations, loss, stopped } = fit;
  return { weight: Float32Array.from(weight), bias: Float32Array.from(bias), iterations, loss, stopped };
}

const widen = ({ weight, bias }: LinearClassifier): WideClassifier => {
  return { weight: Float64Array.from(weight), bias: Float64Array.from(bias) };
};

/** As {@link LinearClassifier}, in float64. */
export interface WideClassifier {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}
export interface SolveOptions {
  readonly strength: number;
  readonly tolerance?: number;
  readonly maxIterations?: number;
  readonly start?: WideClassifier;
  /** Another solution of the same problem to start from; cheaper than `start`. */
  readonly from?: WideFit;
}
export interface WideFit extends WideClassifier {
  readonly iterations: number;
  readonly evaluations: number;
  readonly loss: number;
  readonly stopped: Minimum["stopped"];
  /** The solution in the coordinates of the solver. */
  readonly parameters: Float64Array;
}

/** A dataset that is solved at several strengths; computations that do not depend on the strength are shared. */
export interface LogisticProblem {
  solve(options: SolveOptions): WideFit;
  /** Deletes what is on disk. */
  close(): void;
}

/**
 * @param scaling standardises the features for the solver
 * @param precision "single": sums of products in float32, several times as fast if WebAssembly has SIMD; good for
 * tolerances down to 1e-5
 * @throws as {@link fitLogistic}
 */
export function logisticProblem(
  features: Float32Array | Rows | ProductRows,
  labels: Int32Array,
  classes: number,
  precision: "single" | "double" = "double",
  scaling?: Standardisation,
): LogisticProblem {
  checkExamples(features, labels, classes);
  const n = labels.length;
  const { width, kernelOf } = kernels(features, n, precision, scaling);
  return problemOf(labels, classes, width, kernelOf);
}

/** @param kernelOf returns the kernel for so many rows of weights */
function problemOf(
  labels: Int32Array,
  classes: number,
  d: number,
  kernelOf: (c: number) => Kernel,
): LogisticProblem {
  const n = labels.length;
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  const present = counts.flatMap((count, k) => (count > 0 ? [k] : []));
  const place = new Map(present.map((k, i) => [k, i]));
  const targets = labels.map((label) => place.get(label)!);
  // For two classes the solver uses only the difference of their logits: the minimum has w₁ = −w₀.
  const pair = present.length === 2;
  const c = pair ? 1 : present.length;

  const { products, span, single = false, close } = kernelOf(c);
  const r = span?.rank ?? d;
  const mean = (pair ? meanLossOfPair : meanLoss)(products, targets, r, c);
  const frequency = centred(Float64Array.from(present, (k) => Math.log(counts[k]! / n)));

  return {
    close: () => close?.(),
    solve({ strength, start, from, tolerance = 1e-6, maxIterations = 300 }) {
      if (!(strength > 0 && Number.isFinite(strength))) {
        throw new EngraftError("OptionError", `strength must be above 0 and finite, got ${strength}`);
      }
      const parameters = new Float64Array(c * r + c);
      if (from !== undefined) parameters.set(from.parameters);
      else if (start === undefined) parameters.set(pair ? difference(frequency) : frequency, c * r);
      else {
        const chosen = gatherRows(start.weight, d, present);
        const rows = pair ? difference(chosen) : chosen;
        parameters.set(span === undefined ? rows : span.fromFeatures(rows, c));
        const bias = gatherRows(start.bias, 1, present);
        parameters.set(pair ? difference(bias) : bias, c * r);
      }
      let loss = 0;
      // ½ (‖w₀‖² + ‖w₁‖²) = ¼ ‖w₀ − w₁‖² where w₁ = −w₀.
      const lambda = 1 / (strength * n) / (pair ? 2 : 1);
      const minimum = minimise(
        (p, g) => {
          loss = mean(p, g);
          return loss + penalise(p, g, c * r, lambda);
        },
        parameters,
        { tolerance, maxIterations, noise: single ? 1e-6 : 1e-13 },
      );
      // The last evaluation need not have been the best point.
      loss = mean(minimum.x, new Float64Array(parameters.length));
      const solved = minimum.x.subarray(0, c * r);
      const weight = span?.toFeatures(solved, c) ?? solved;
      const bias = minimum.x.subarray(c * r);
      const { iterations, evaluations, stopped } = minimum;
      return {
        ...scatterRows(pair ? halves(weight) : weight, pair ? halves(bias) : bias, d, present, classes, n),
        iterations,
        evaluations,
        loss,
        stopped,
        parameters: minimum.x,
      };
    },
  };
}

/**
 * L = 1/N Σ −log softmax(W xᵢ + b)[yᵢ]      dW = 1/N Σ (pᵢ − 1{yᵢ}) xᵢᵀ      db = 1/N Σ (pᵢ − 1{yᵢ})
 * Parameters are W [c, d] and then b [c].
 */
function meanLoss(products: Products, labels: Int32Array, d: number, c: number) {
  const n = labels.length;
  const z = new Float64Array(n * c);
  return (parameters: Float64Array, gradient: Float64Array): number => {
    products.multiply(parameters.subarray(0, c * d), z);
    const bias = parameters.subarray(c * d);
    const biasGradient = gradient.subarray(c * d).fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const row = i * c;
      const own = row + labels[i]!;
      let max = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < c; k++) {
        const v = z[row + k]! + bias[k]!;
        z[row + k] = v;
        if (v > max) max = v;
      }
      const ownLogit = z[own]!;
      let sum = 0;
      for (let k = 0; k < c; k++) {
        const e = Math.exp(z[row + k]! - max);
        z[row + k] = e;
        sum += e;
      }
      loss += Math.log(sum) + max - ownLogit;
      const scale = 1 / (sum * n);
      for (let k = 0; k < c; k++) z[row + k]! *= scale;
      z[own]! -= 1 / n;
      for (let k = 0; k < c; k++) biasGradient[k]! += z[row + k]!;
    }
    products.multiplyTransposed(z, gradient.subarray(0, c * d));
    return loss / n;
  };
}

/**
 * The mean loss for two classes, with v = w₀ − w₁, β = b₀ − b₁ and z = vᵀx + β:
 *
 * L = 1/N Σ log(1 + exp(±z)), − for class 0      dv = 1/N Σ (σ(zᵢ) − 1{yᵢ = 0}) xᵢ, which is also dw₀
 */
function meanLossOfPair(products: Products, labels: Int32Array, d: number) {
  const n = labels.length;
  const z = new Float64Array(n);
  return (parameters: Float64Array, gradient: Float64Array): number => {
    products.multiply(parameters.subarray(0, d), z);
    const bias = parameters[d]!;
    let loss = 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      // u is the margin: the own logit minus the other one. log(1 + e^−u) without overflow.
      const sign = labels[i] === 0 ? 1 : -1;
      const u = sign * (z[i]! + bias);
      const e = Math.exp(-Math.abs(u));
      loss += Math.log1p(e) + Math.max(-u, 0);
      const other = (u > 0 ? e : 1) / (1 + e);
      z[i] = (-sign * other) / n;
      sum += z[i]!;
    }
    products.multiplyTransposed(z, gradient.subarray(0, d));
    gradient[d] = sum;
    return loss / n;
  };
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.map((v) => v - mean);
}

/** [a, b] -> a − b */
function difference(rows: Float64Array): Float64Array {
  const width = rows.length / 2;
  return rows.subarray(0, width).map((v, i) => v - rows[width + i]!);
}

/** v -> [v / 2, −v / 2] */
function halves(values: Float64Array): Float64Array {
  const both = new Float64Array(2 * values.length);
  values.forEach((v, i) => {
    both[i] = v / 2;
    both[values.length + i] = -v / 2;
  });
  return both;
}

function gatherRows(values: Float64Array, width: number, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    out.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}

function scatterRows(
  weight: Float64Array,
  bias: Float64Array,
  d: number,
  present: readonly number[],
  classes: number,
  n: number,
): WideClassifier {
  const allWeights = new Float64Array(classes * d);
  // Logits of the classes that occur have mean 0 at every x (rows of W sum to zero), so Σ exp ≥ their number.
  const allBiases = new Float64Array(classes).fill(-Math.log(n + 1));
  const mean = bias.reduce((a, b) => a + b, 0) / present.length;
  present.forEach((k, i) => {
    allWeights.set(weight.subarray(i * d, (i + 1) * d), k * d);
    allBiases[k] = bias[i]! - mean;
  });
  return { weight: allWeights, bias: allBiases };
}

function checkExamples(
  features: Float32Array | Rows | ProductRows,
  labels: Int32Array,
  classes: number,
): void {
  const n = labels.length;
  if (n === 0) {
    throw new EngraftError("DataError", "there are no examples to fit a classifier on", {
      help: "give the train part at least one example of each class",
    });
  }
  const values = features instanceof Float32Array ? features.length : features.count * features.width;
  if (values === 0 || values % n !== 0) {
    throw new EngraftError(
      "ShapeError",
      `features must be float32[${n}, D] for ${n} labels, got ${values} values`,
      { details: { labels: n, values } },
    );
  }
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    if (label < 0 || label >= classes) {
      throw new EngraftError(
        "DataError",
        `label ${label} of example ${i} is not one of the ${classes} classes`,
        {
          details: { example: i, label, classes },
        },
      );
    }
  }
}
