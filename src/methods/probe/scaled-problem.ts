import { type Rows, rowsOf } from "../../core/results/rows.js";
import { commonScaling, foldStandardisation, standardisation } from "../../linalg/standardise.js";
import { logisticProblem, type WideClassifier, type WideFit } from "./logistic-regression.js";

/** How features are scaled for the solver: see `ProbeOptions`. */
export type FeatureScaling = "common" | "each";

interface Samples {
  readonly features: Float32Array | Rows;
  readonly labels: Int32Array;
}

interface ProblemOptions {
  readonly dims: number;
  readonly classes: number;
  readonly scaling: FeatureScaling;
}

/**
 * Training samples per class up to which the solver gets rows of length 1. Their mean length goes into the weights, so that the
 * head stays linear. @see docs/decisions/0028-scaling-of-the-probe.md
 */
const fewPerClass = 10;

/** Tolerance of the largest derivative of the mean loss; validation losses are then accurate to about 0.01. */
const pathTolerance = 1e-4;
/** The same for the saved head, so that rounding of the features does not move its probabilities by percents. */
export const finalTolerance = 1e-6;
const maxIterations = 300;

/** A solver of some samples, whose heads take raw features. */
export interface Problem {
  /** @param tolerance largest derivative of the mean loss. Default 1e-4. */
  solve(
    strength: number,
    from?: WideFit,
    tolerance?: number,
  ): { readonly fit: WideFit; readonly head: WideClassifier };
  close(): void;
}

/** Opens the solver of a probe. */
export function problemOn(samples: Samples, { dims, classes, scaling }: ProblemOptions): Problem {
  const { labels } = samples;
  const each = scaling === "each";
  const few = !each && labels.length <= fewPerClass * classes;
  const { features, length } = few ? unitRows(asRows(samples.features, dims)) : { ...samples, length: 1 };
  const scale = (each ? standardisation : commonScaling)(features, labels.length, dims);
  // C is for rows of mean squared length 1. The solver gets features of mean variance 1, which its tolerance is for.
  const per = each ? 1 : dims;
  const { solve, close } = logisticProblem(features, labels, classes, "single", scale);
  return {
    close,
    solve(strength, from, tolerance = pathTolerance) {
      const fit = solve({ strength: strength / per, from, tolerance, maxIterations });
      const { weight, bias } = foldStandardisation(fit.weight, fit.bias, scale);
      return { fit, head: { weight: weight.map((w) => w / length), bias } };
    },
  };
}

/** Returns rows of length 1 in memory, and the mean length that they had. */
function unitRows(rows: Rows): { readonly features: Float32Array; readonly length: number } {
  const { count, width } = rows;
  const features = new Float32Array(count * width);
  rows.read(0, features);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const row = features.subarray(i * width, (i + 1) * width);
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    total += length / count;
    // A value that is not finite is reported later, at its place.
    if (length > 0 && Number.isFinite(length)) for (let t = 0; t < width; t++) row[t]! /= length;
  }
  return { features, length: total || 1 };
}

export const asRows = (features: Float32Array | Rows, d: number): Rows =>
  features instanceof Float32Array ? rowsOf(features, d) : features;
