/** LIME: a linear model of a classifier's predictions when parts of one item are hidden. */

import { EngraftError, stopIf } from "../core/errors.js";
import { draws } from "../core/random.js";
import { cholesky, choleskySolve } from "../linalg/cholesky.js";

export interface LimeOptions {
  /** Number of versions of the item with hidden parts. Default 8 per part, 100 … 1000. */
  readonly samples?: number;
  /** Width of the kernel over the cosine distance to the whole item. Default 0.25, as marcotcr/lime has it for pictures. */
  readonly kernelWidth?: number;
  /** Strength of the ridge. Default 1. */
  readonly ridge?: number;
  readonly seed?: number;
  /** The versions, instead of random ones. */
  readonly versions?: readonly (readonly boolean[])[];
  /** Versions scored at once. Default 16. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
}

/**
 * The weight of each part of an item in a linear model around it:
 *
 * min Σ_s π(z_s) (f(z_s) - b - w · z_s)² + λ ‖w‖²    π(z) = √exp(-D(z, 1)² / σ²), D the cosine distance to all parts
 *
 * z_s ∈ {0, 1}^M is drawn with p = 1/2, the first is all ones; b is not penalised.
 *
 * @param score what is explained, such as the probability of a class, for versions with the parts that are true
 * @param parts M
 * @returns w, float64[M], in the unit of the score
 * @see Ribeiro, Singh & Guestrin 2016, "Why Should I Trust You?": Explaining the Predictions of Any Classifier, eq. 2
 */
export async function limeWeights(
  score: (shown: readonly (readonly boolean[])[]) => Promise<ArrayLike<number>>,
  parts: number,
  {
    samples = Math.min(1000, Math.max(100, 8 * parts)),
    kernelWidth = 0.25,
    ridge = 1,
    seed = 0,
    batch = 16,
    signal,
    versions,
  }: LimeOptions = {},
): Promise<Float64Array> {
  const { chance } = draws(seed, "lime");
  const z =
    versions ??
    Array.from({ length: samples }, (_, s) => Array.from({ length: parts }, () => s === 0 || chance(0.5)));
  const f = new Float64Array(z.length);
  for (let first = 0; first < z.length; first += batch) {
    stopIf(signal);
    const some = z.slice(first, first + batch);
    f.set(Array.from(await score(some)), first);
  }
  const pi = z.map((row) => {
    const on = row.filter(Boolean).length;
    const distance = 1 - Math.sqrt(on / parts);
    return Math.sqrt(Math.exp(-(distance ** 2) / kernelWidth ** 2));
  });
  // b = f̄ - w · z̄ with means weighted by π. Then ridge regression needs no intercept.
  const total = pi.reduce((sum, p) => sum + p, 0);
  const mean = Float64Array.from(
    { length: parts },
    (_, j) => z.reduce((sum, row, s) => sum + (row[j] ? pi[s]! : 0), 0) / total,
  );
  const middle = f.reduce((sum, v, s) => sum + pi[s]! * v, 0) / total;
  const a = new Float64Array(parts * parts);
  const right = new Float64Array(parts);
  const centred = new Float64Array(parts);
  for (const [s, row] of z.entries()) {
    for (let j = 0; j < parts; j++) centred[j] = (row[j] ? 1 : 0) - mean[j]!;
    for (let j = 0; j < parts; j++) {
      const weighted = pi[s]! * centred[j]!;
      for (let k = 0; k < parts; k++) a[j * parts + k]! += weighted * centred[k]!;
      right[j]! += weighted * (f[s]! - middle);
    }
  }
  for (let j = 0; j < parts; j++) a[j * (parts + 1)]! += ridge;
  const factor = cholesky(a, parts);
  if (factor === undefined)
    throw new EngraftError("NumericError", `the linear model of ${parts} parts has no unique solution`, {
      help: `use a ridge above 0, it is ${ridge}`,
      details: { parts, ridge },
    });
  return choleskySolve(factor, parts, right, 1);
}
