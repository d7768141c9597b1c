import { EngraftError, stopIf } from "../../core/errors.js";
import { piecesOf, type Rows, rowsOf } from "../../core/results/rows.js";
import { kernels, penalise } from "../../linalg/kernels.js";
import { minimise } from "../../linalg/lbfgs.js";
import { multiply } from "../../linalg/products.js";
import { binaryCrossEntropy } from "../../linalg/softmax.js";
import type { ProductRows } from "../../linalg/sparse-products.js";
import { commonScaling, foldStandardisation, type Standardisation } from "../../linalg/standardise.js";
import type { LinearClassifier, WideClassifier } from "./logistic-regression.js";

/** Examples of one split, and their labels. */
export interface LabelSets {
  /** float32[N, D], dense or sparse. */
  readonly features: Float32Array | Rows | ProductRows;
  /** uint8[N, L]: 1 where the example has the label. */
  readonly targets: Uint8Array;
}

export interface OneVsRestOptions {
  /** Values of scikit-learn's C to try; a single one is taken without validation examples. */
  readonly strengths: readonly number[];
  /** Centre the features, scale them to a mean squared length of 1, and fold that into the result. Not for sparse rows. */
  readonly scaled?: boolean;
  /** Called after each strength. */
  readonly onStrength?: () => void;
  readonly signal?: AbortSignal;
}

/** Number of consecutive strengths without improvement after which the rest is skipped. */
const patience = 2;
/** Tolerance of the largest derivative of the mean loss: along the path, and for the final solution. */
const tolerances = { path: 1e-4, final: 1e-5 };
/** Strength without validation examples. */
const unmeasuredStrength = { scaled: 10, plain: 1 };

/**
 * Logistic regression for each label against the rest, all at one strength, as scikit-learn's
 * `OneVsRestClassifier(LogisticRegression(C))`.
 *
 * min  C Σᵢ Σₖ log(1 + exp(−sᵢₖ zᵢₖ))  +  ½ ‖W‖²,   z = x Wᵀ + b,  s = ±1      (b is not penalised)
 *
 * The labels are independent, so one minimisation over all of them has the same minimum, and reads the examples once
 * instead of L times. A label that none or all of the examples have has no finite solution: it gets zero weights, and a
 * bias of probability 1 / (N + 2) or 1 − 1 / (N + 2).
 *
 * @param width D
 * @param labels L
 * @returns weight float32[L, D] and bias float32[L]: σ(x Wᵀ + b) is the probability of each label
 * @throws DataError for no examples, Interrupted if the signal is aborted
 */
export async function fitOneVsRest(
  train: LabelSets,
  validation: LabelSets,
  { width, labels }: { readonly width: number; readonly labels: number },
  { strengths, scaled = false, onStrength, signal }: OneVsRestOptions,
): Promise<LinearClassifier & { readonly strength: number }> {
  const n = train.targets.length / labels;
  if (n === 0)
    throw new EngraftError("DataError", "there are no examples to fit labels on", {
      help: "give the train part at least one example",
    });
  const scaling =
    scaled && !("products" in train.features) ? commonScaling(train.features, n, width) : undefined;
  const problem = problemOf(train, n, width, labels, scaling);
  try {
    let best: { readonly strength: number; readonly loss: number; readonly from: Float64Array } | undefined;
    let from: Float64Array | undefined;
    let worse = 0;
    for (const strength of validation.targets.length === 0 ? [] : strengths) {
      const fit = problem.solve(strength, tolerances.path, 200, from);
      from = fit.parameters;
      const loss = binaryCrossEntropy(linearScores(fit, validation.features, labels), validation.targets);
      if (!best || loss < best.loss) [best, worse] = [{ strength, loss, from }, 0];
      else worse++;
      onStrength?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
      stopIf(signal);
      if (worse >= patience) break;
    }
    const only = strengths.length === 1 ? strengths[0] : undefined;
    const strength = best?.strength ?? only ?? unmeasuredStrength[scaling ? "scaled" : "plain"];
    const { weight, bias } = problem.solve(strength, tolerances.final, 500, best?.from);
    return { weight: Float32Array.from(weight), bias: Float32Array.from(bias), strength };
  } finally {
    problem.close();
  }
}

function problemOf(
  { features, targets }: LabelSets,
  n: number,
  d: number,
  labels: number,
  scaling: Standardisation | undefined,
) {
  const counts = new Array<number>(labels).fill(0);
  targets.forEach((t, i) => {
    counts[i % labels]! += t;
  });
  const solvable = counts.flatMap((count, k) => (count > 0 && count < n ? [k] : []));
  const c = solvable.length;
  const kernel = c > 0 ? kernels(features, n, "single", scaling).kernelOf(c) : undefined;
  const r = kernel?.span?.rank ?? d;
  const z = new Float64Array(n * c);
  /** dW = 1/N (σ(z) − y)ᵀ x */
  const mean = (p: Float64Array, g: Float64Array): number => {
    kernel!.products.multiply(p.subarray(0, c * r), z);
    const bias = p.subarray(c * r);
    const biasGradient = g.subarray(c * r).fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++)
      for (let k = 0; k < c; k++) {
        const at = i * c + k;
        const sign = targets[i * labels + solvable[k]!] === 1 ? 1 : -1;
        const u = sign * (z[at]! + bias[k]!);
        const e = Math.exp(-Math.abs(u));
        loss += Math.log1p(e) + Math.max(-u, 0);
        z[at] = (-sign * ((u > 0 ? e : 1) / (1 + e))) / n;
        biasGradient[k]! += z[at]!;
      }
    kernel!.products.multiplyTransposed(z, g.subarray(0, c * r));
    return loss / n;
  };
  return {
    close: () => kernel?.close?.(),
    solve(strength: number, tolerance: number, maxIterations: number, from?: Float64Array) {
      const start = new Float64Array(c * r + c);
      if (from) start.set(from);
      else
        solvable.forEach((k, i) => {
          start[c * r + i] = Math.log(counts[k]! / (n - counts[k]!));
        });
      // As for the probe, the solver gets features of mean variance 1.
      const lambda = (scaling ? d : 1) / (strength * n);
      const { x } =
        c === 0
          ? { x: start }
          : minimise((p, g) => mean(p, g) + penalise(p, g, c * r, lambda), start, {
              tolerance,
              maxIterations,
              noise: kernel!.single ? 1e-6 : 1e-13,
            });
      const solved = x.subarray(0, c * r);
      const own = kernel?.span?.toFeatures(solved, c) ?? solved;
      const weight = new Float64Array(labels * d);
      // p = 1 / (N + 2) for none, its complement for all: Laplace's rule.
      const bias = Float64Array.from(counts, (count) => (count === 0 ? -1 : 1) * Math.log(n + 1));
      solvable.forEach((k, i) => {
        weight.set(own.subarray(i * d, (i + 1) * d), k * d);
        bias[k] = x[c * r + i]!;
      });
      const wide: WideClassifier = scaling ? foldStandardisation(weight, bias, scaling) : { weight, bias };
      return { ...wide, parameters: x };
    },
  };
}

/** Logits of examples, float32[N, L]. */
export function linearScores(
  { weight, bias }: { readonly weight: ArrayLike<number>; readonly bias: ArrayLike<number> },
  features: LabelSets["features"],
  labels: number,
): Float32Array {
  const w = Float64Array.from(weight);
  const d = w.length / labels;
  const plus = (z: Float64Array, into: Float32Array): void =>
    z.forEach((v, i) => {
      into[i] = v + bias[i % labels]!;
    });
  if ("products" in features) {
    const z = new Float64Array(features.count * labels);
    features.products(labels).multiply(w, z);
    const out = new Float32Array(z.length);
    plus(z, out);
    return out;
  }
  const rows = features instanceof Float32Array ? rowsOf(features, d) : features;
  const out = new Float32Array(rows.count * labels);
  for (const { first, count, values } of piecesOf(rows)) {
    const z = new Float64Array(count * labels);
    multiply(values, count, d, w, labels, z);
    plus(z, out.subarray(first * labels, (first + count) * labels));
  }
  return out;
}
