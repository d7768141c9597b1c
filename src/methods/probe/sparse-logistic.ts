import { stopIf } from "../../core/errors.js";
import { lossOrWorst } from "../../core/results/metric.js";
import { logProbability } from "../../linalg/softmax.js";
import type { ProductRows } from "../../linalg/sparse-products.js";
import { type LinearClassifier, logisticProblem, type WideFit } from "./logistic-regression.js";

/** Sparse rows of one split and their classes. */
export interface LabelledRows {
  readonly rows: ProductRows;
  /** int32[N] */
  readonly labels: Int32Array;
}

/** Rows of length 1 need weaker penalties than standardised features: scikit-learn's C from a tenth to a thousand. */
export const sparseStrengths: readonly number[] = Array.from({ length: 9 }, (_, i) => 10 ** (-1 + i / 2));
/** Number of consecutive strengths without improvement after which the rest is skipped. */
const patience = 2;
/** Tolerance of the largest derivative of the mean loss: along the path, and for the final solution. */
const tolerances = { path: 1e-4, final: 1e-5 };
/** Strength without validation examples. */
const unmeasuredStrength = 1;

/**
 * Logistic regression on raw sparse rows, with the strength chosen by the validation loss; yields to other work after
 * each strength. Like `fitProbe`, but without standardisation, which would make the rows dense.
 * @returns weight float32[C, D], bias float32[C] and the strength
 * @throws Interrupted if the signal is aborted
 */
export async function fitSparse(
  train: LabelledRows,
  validation: LabelledRows,
  classes: number,
  {
    strengths = sparseStrengths,
    onStrength,
    signal,
  }: {
    /** Strengths to try, in ascending order. A single one is taken without a trial. */
    readonly strengths?: readonly number[];
    /** Called after each strength that is tried. If it returns true, no other one is. */
    readonly onStrength?: () => unknown;
    readonly signal?: AbortSignal;
  } = {},
): Promise<LinearClassifier & { readonly strength: number }> {
  const problem = logisticProblem(train.rows, train.labels, classes);
  let best: { readonly strength: number; readonly loss: number; readonly fit: WideFit } | undefined;
  let from: WideFit | undefined;
  let worse = 0;
  const tried = validation.labels.length === 0 || strengths.length === 1 ? [] : strengths;
  for (const strength of tried) {
    const fit = problem.solve({ strength, from, tolerance: tolerances.path, maxIterations: 200 });
    from = fit;
    const loss = lossOf(fit, validation, classes);
    const isEnough = onStrength?.() === true;
    if (!best || lossOrWorst(loss) < lossOrWorst(best.loss)) [best, worse] = [{ strength, loss, fit }, 0];
    else if (++worse >= patience) break;
    if (isEnough) break;
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
  }
  const strength = best?.strength ?? (strengths.length === 1 ? strengths[0]! : unmeasuredStrength);
  const fit = problem.solve({ strength, from: best?.fit, tolerance: tolerances.final, maxIterations: 500 });
  return { weight: Float32Array.from(fit.weight), bias: Float32Array.from(fit.bias), strength };
}

/** Logits of sparse rows, float32[N, C]. */
export function sparseScores(
  { weight, bias }: { readonly weight: ArrayLike<number>; readonly bias: ArrayLike<number> },
  rows: ProductRows,
): Float32Array {
  const c = bias.length;
  const z = new Float64Array(rows.count * c);
  rows.products(c).multiply(Float64Array.from(weight), z);
  return Float32Array.from(z, (v, i) => v + bias[i % c]!);
}

/** Mean cross-entropy, nats. */
function lossOf(fit: WideFit, { rows, labels }: LabelledRows, c: number): number {
  const scores = sparseScores(fit, rows);
  let loss = 0;
  labels.forEach((label, i) => {
    loss -= logProbability(scores, label, i * c, c);
  });
  return loss / labels.length;
}
