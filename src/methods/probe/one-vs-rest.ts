import { EngraftError } from "../../core/errors.js";
import { piecesOf, type Rows, rowsAt, rowsOf, stackedRows } from "../../core/results/rows.js";
import { kernels, penalise } from "../../linalg/kernels.js";
import { minimise } from "../../linalg/lbfgs.js";
import { multiply } from "../../linalg/products.js";
import { binaryCrossEntropy } from "../../linalg/softmax.js";
import type { ProductRows } from "../../linalg/sparse-products.js";
import { commonScaling, foldStandardisation, standardisation } from "../../linalg/standardise.js";
import { chooseStrength, type HeldOut } from "./choose-strength.js";
import { type Fold, foldsToChoose, groupsOfBoth } from "./folds.js";
import type { LinearClassifier, WideClassifier } from "./logistic-regression.js";
import { asRows, type FeatureScaling } from "./scaled-problem.js";

/** Examples of one split, and their labels. */
export interface LabelSets {
  /** float32[N, D], dense or sparse. */
  readonly features: Float32Array | Rows | ProductRows;
  /** uint8[N, L]: 1 where the example has the label. */
  readonly targets: Uint8Array;
  /** Group of each example, which folds do not divide; default each is its own. */
  readonly groups?: readonly string[];
}

export interface OneVsRestOptions {
  /** Values of scikit-learn's C to try; a single one is taken without validation examples. */
  readonly strengths: readonly number[];
  /**
   * How centred features are scaled for the solver: to a mean squared length of 1 ("common"), or each by its own deviation ("each").
   * The result takes raw features. Default: neither centred nor scaled. Not for sparse rows.
   */
  readonly scaling?: FeatureScaling;
  /** Solve the final head on training and validation examples together; default false. Not for sparse rows. */
  readonly refit?: boolean;
  /** Called after each strength. */
  readonly onStrength?: () => unknown;
  readonly signal?: AbortSignal;
}

type Scaling = OneVsRestOptions["scaling"];

interface Size {
  /** D, features per example. */
  readonly width: number;
  /** L, labels. */
  readonly labels: number;
}

export interface OneVsRest extends LinearClassifier {
  /** scikit-learn's C. */
  readonly strength: number;
  /** The head of the training examples alone: the start of a training that validates. The same head without `refit`. */
  readonly ofTrain: LinearClassifier;
  /** float32[validation examples, L]: logits by heads that were not fitted on the example. */
  readonly held: Float32Array;
  /** Number of folds of the cross-validation that chose the strength; missing without one. */
  readonly folds?: number;
}

/** Number of consecutive strengths without improvement after which the rest is skipped. */
const patience = 2;
/** Tolerance of the largest derivative of the mean loss: along the path, and for the final solution. */
const tolerances = { path: 1e-4, final: 1e-5 };
/** Strength without validation examples. */
const unmeasuredStrength = { common: 10, each: 1, plain: 1 };

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
 * The lowest cross-entropy on validation chooses C. With a refit and fewer than 30 validation examples, 5-fold cross-validation on
 * both splits replaces the validation split.
 *
 * @param width D
 * @param labels L
 * @returns weight float32[L, D] and bias float32[L]: σ(x Wᵀ + b) is the probability of each label
 * @throws DataError for no examples, Interrupted if the signal is aborted
 */
export async function fitOneVsRest(
  train: LabelSets,
  validation: LabelSets,
  size: Size,
  options: OneVsRestOptions,
): Promise<OneVsRest> {
  const { labels } = size;
  const { strengths, scaling, refit = false, onStrength, signal } = options;
  const [n, held] = [train, validation].map(({ targets }) => targets.length / labels) as [number, number];
  if (n === 0)
    throw new EngraftError("DataError", "there are no examples to fit labels on", {
      help: "give the train part at least one example",
    });
  const isDense = !("products" in train.features);
  const refitted = refit && isDense && held > 0;
  const both = refitted ? together(train, validation, size) : train;
  const folds = isDense && strengths.length > 1 ? foldsOf(both, held, refitted, labels) : [];
  const own = problemOf(train, size, scaling);
  const others = folds.map((fold) => problemOf(examplesAt(both, fold.train, size), size, scaling));
  try {
    const solutions = new Map<number, Float64Array>();
    const parts =
      folds.length > 0
        ? folds.map((fold, f) => heldOut(others[f]!, examplesAt(both, fold.held, size), fold.held, labels))
        : [
            heldOut(
              own,
              validation,
              Array.from({ length: held }, (_, i) => n + i),
              labels,
              solutions,
            ),
          ];
    const targets = Uint8Array.from([...train.targets, ...validation.targets]);
    const chosen = await chooseStrength(strengths, parts, {
      outputs: labels,
      patience,
      onStrength,
      signal,
      lossOf: (logits, places) =>
        binaryCrossEntropy(
          logits,
          places.flatMap((i) => Array.from(targets.subarray(i * labels, (i + 1) * labels))),
        ),
    });
    const only = strengths.length === 1 ? strengths[0] : undefined;
    const strength = chosen?.strength ?? only ?? unmeasuredStrength[(isDense && scaling) || "plain"];
    const ofTrain = rounded(own.solve(strength, tolerances.final, 500, solutions.get(strength)));
    return {
      ...(refitted ? solvedOn(both, size, scaling, strength) : ofTrain),
      strength,
      ofTrain,
      held:
        folds.length > 0 && chosen ? chosen.heldFrom(n) : linearScores(ofTrain, validation.features, labels),
      ...(folds.length > 0 && { folds: folds.length }),
    };
  } finally {
    for (const { close } of [own, ...others]) close();
  }
}

const rounded = ({ weight, bias }: WideClassifier): LinearClassifier => ({
  weight: Float32Array.from(weight),
  bias: Float32Array.from(bias),
});

function solvedOn(examples: LabelSets, size: Size, scaling: Scaling, strength: number): LinearClassifier {
  const { solve, close } = problemOf(examples, size, scaling);
  try {
    return rounded(solve(strength, tolerances.final, 500));
  } finally {
    close();
  }
}

/** Returns the folds that choose a strength, with about the same share of each label. */
function foldsOf(
  { targets, groups }: LabelSets,
  validation: number,
  refit: boolean,
  labels: number,
): readonly Fold[] {
  return foldsToChoose({ strata: rarestShared(targets, labels), groups, validation, refit });
}

/**
 * Returns a stratum for each example: the rarest of its labels that another example has too. Examples without a label form one
 * stratum. An example with labels that no other one has is a stratum of its own, because nothing predicts it.
 * @see Sechidis et al., "On the Stratification of Multi-label Data", 2011: rare labels are the ones that a fold may miss
 */
function rarestShared(targets: Uint8Array, labels: number): Int32Array {
  const counts = new Array<number>(labels).fill(0);
  targets.forEach((t, i) => {
    counts[i % labels]! += t;
  });
  return Int32Array.from({ length: targets.length / labels }, (_, i) => {
    const own = counts.flatMap((count, k) => (targets[i * labels + k] === 1 ? [{ count, k }] : []));
    const shared = own.filter(({ count }) => count > 1).sort((a, b) => a.count - b.count);
    return shared[0]?.k ?? (own.length === 0 ? labels : labels + 1 + i);
  });
}

/** Returns the examples of two splits together. */
function together(a: LabelSets, b: LabelSets, { width, labels }: Size): LabelSets {
  const groups = groupsOfBoth(
    ...[a, b].map((part) => ({ count: part.targets.length / labels, groups: part.groups })),
  );
  return {
    features: stackedRows(asRows(dense(a), width), asRows(dense(b), width)),
    targets: Uint8Array.from([...a.targets, ...b.targets]),
    groups,
  };
}

function examplesAt(examples: LabelSets, places: readonly number[], { width, labels }: Size): LabelSets {
  const { targets } = examples;
  return {
    features: rowsAt(asRows(dense(examples), width), places),
    targets: Uint8Array.from(
      places.flatMap((i) => Array.from(targets.subarray(i * labels, (i + 1) * labels))),
    ),
  };
}

/** Returns dense features. Sparse ones are never divided or stacked. */
function dense({ features }: LabelSets): Float32Array | Rows {
  if ("products" in features) throw new EngraftError("InternalError", "sparse examples cannot be divided");
  return features;
}

/**
 * Returns examples that the solver of others predicts. Each strength starts from the solution of the one before.
 * @param solutions gets the solution of each strength
 */
function heldOut(
  { solve }: ReturnType<typeof problemOf>,
  { features }: LabelSets,
  places: readonly number[],
  labels: number,
  solutions = new Map<number, Float64Array>(),
): HeldOut {
  let from: Float64Array | undefined;
  return {
    places,
    predict(strength) {
      const fit = solve(strength, tolerances.path, 200, from);
      from = fit.parameters;
      solutions.set(strength, from);
      return linearScores(fit, features, labels);
    },
  };
}

/** Opens the solver of some examples. */
function problemOf({ features, targets }: LabelSets, { width: d, labels }: Size, scaling: Scaling) {
  const n = targets.length / labels;
  const scale =
    scaling && !("products" in features)
      ? (scaling === "each" ? standardisation : commonScaling)(features, n, d)
      : undefined;
  const counts = new Array<number>(labels).fill(0);
  targets.forEach((t, i) => {
    counts[i % labels]! += t;
  });
  const solvable = counts.flatMap((count, k) => (count > 0 && count < n ? [k] : []));
  const c = solvable.length;
  const kernel = c > 0 ? kernels(features, n, "single", scale).kernelOf(c) : undefined;
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
      const lambda = (scaling === "common" && scale ? d : 1) / (strength * n);
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
      const wide: WideClassifier = scale ? foldStandardisation(weight, bias, scale) : { weight, bias };
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
