import { EngraftError, stopIf } from "../../core/errors.js";
import { piecesOf, type Rows, rowsOf } from "../../core/results/rows.js";
import { multiply } from "../../linalg/products.js";
import { argmax, logProbability } from "../../linalg/softmax.js";
import { foldStandardisation, type Standardisation, standardisation } from "../../linalg/standardise.js";
import {
  type LinearClassifier,
  type LogisticProblem,
  logisticProblem,
  type WideClassifier,
  type WideFit,
} from "./logistic-regression.js";

/** Features of one split and their classes. */
export interface LabelledFeatures {
  /** float32[N, D], row-major; as {@link Rows} they may be on disk, and stay there. */
  readonly features: Float32Array | Rows;
  /** int32[N] */
  readonly labels: Int32Array;
}

export interface ProbeData {
  readonly train: LabelledFeatures;
  readonly validation: LabelledFeatures;
  /** D, features per example. */
  readonly dims: number;
  readonly classes: number;
}

export interface ProbeOptions {
  /** Values of scikit-learn's C to try, default 1e-4 … 1e2 in half decades. */
  readonly strengths?: readonly number[];
  /** Number of consecutive strengths without improvement after which the rest is skipped; default 2. */
  readonly patience?: number;
  /** Called after each strength, at most `strengths.length` times. */
  readonly onStrength?: (tried: ProbeStep) => void;
}

/** A tried strength. */
export interface ProbeStep {
  readonly strength: number;
  /** Mean cross-entropy, nats. */
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

export interface Probe extends LinearClassifier {
  readonly strength: number;
  /** From the strongest penalty to the weakest tried one; empty without validation examples. */
  readonly path: readonly ProbeStep[];
  readonly seconds: number;
}

/** C = 10^(−4 … 2) in half decades. */
export const defaultStrengths: readonly number[] = Array.from({ length: 13 }, (_, i) => 10 ** (-4 + i / 2));

/** Strength without validation: scikit-learn's default. */
const unmeasuredStrength = 1;

/**
 * Tolerance of the largest derivative of the mean loss along the path (validation losses are then accurate to about
 * 0.01), and for the final solution.
 */
const pathTolerance = 1e-3;
const finalTolerance = 1e-4;

/**
 * Linear probe: multinomial logistic regression on standardised features, with the strength chosen on validation.
 *
 * Strengths are tried from the strongest penalty to the weakest, each starting from the previous solution. The lowest
 * validation loss wins; unlike accuracy, it rarely ties. After `patience` strengths without improvement the weaker ones
 * are skipped. The winner is solved again to a finer tolerance, on train only, so that validation stays honest. Means
 * and deviations of the train features are folded into weight and bias: the result takes raw features. Without
 * validation examples the strength is 1.
 *
 * @returns weight float32[C, D] and bias float32[C] with logits = x Wᵀ + b
 * @throws DataError, ShapeError, NumericError, OptionError as `fitLogistic` does
 * @example const head = fitProbe({ train, validation, dims: 512, classes: 10 });
 */
export function fitProbe(data: ProbeData, options: ProbeOptions = {}): Probe {
  const steps = probeSteps(data, options);
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      options.onStrength?.(value);
    }
  } finally {
    endOf(steps);
  }
}

/**
 * Fits a probe like {@link fitProbe}, yielding to other work after each strength: for large sets (20,000 × 1,280 × 100
 * takes minutes).
 * @throws Interrupted if the signal is aborted
 */
export async function fitProbeInTurns(
  data: ProbeData,
  options: ProbeOptions & { readonly signal?: AbortSignal } = {},
): Promise<Probe> {
  const steps = probeSteps(data, options);
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      options.onStrength?.(value);
      await new Promise((resolve) => setTimeout(resolve, 0));
      stopIf(options.signal);
    }
  } finally {
    endOf(steps);
  }
}

/** Releases the resources of an unfinished fit. */
const endOf = (steps: Generator<ProbeStep, Probe>): unknown => steps.return(undefined as never);

function* probeSteps(
  data: ProbeData,
  { strengths = defaultStrengths, patience = 2 }: ProbeOptions,
): Generator<ProbeStep, Probe> {
  const started = performance.now();
  const { train, validation, dims, classes } = data;
  checkPart("train", train, dims, classes);
  checkPart("validation", validation, dims, classes);
  if (strengths.length === 0) throw new EngraftError("OptionError", "strengths must name at least one value");

  const n = train.labels.length;
  const scaling = standardisation(train.features, n, dims);
  const problem = logisticProblem(train.features, train.labels, classes, "single", scaling);
  try {
    return yield* solved(problem, scaling, data, strengths, patience, started);
  } finally {
    problem.close();
  }
}

/** Yields the strengths in turn, then solves the best one to a finer tolerance. */
function* solved(
  problem: LogisticProblem,
  scaling: Standardisation,
  { validation, dims, classes }: ProbeData,
  strengths: readonly number[],
  patience: number,
  started: number,
): Generator<ProbeStep, Probe> {
  const path: ProbeStep[] = [];
  let best: { step: ProbeStep; fit: WideFit } | undefined;
  let last: WideFit | undefined;
  let worse = 0;
  const order = validation.labels.length === 0 ? [] : [...strengths].sort((a, b) => a - b);
  for (const strength of order) {
    const fit = problem.solve({ strength, from: last, tolerance: pathTolerance, maxIterations: 100 });
    last = fit;
    const head = foldStandardisation(fit.weight, fit.bias, scaling);
    const step = { strength, trainLoss: fit.loss, ...scoreLinear(head, validation, dims, classes) };
    path.push(step);
    if (best === undefined || step.validationLoss < best.step.validationLoss) {
      best = { step, fit };
      worse = 0;
    } else worse++;
    yield step;
    if (worse >= patience) break;
  }
  const strength = best?.step.strength ?? unmeasuredStrength;
  const final = problem.solve({ strength, from: best?.fit, tolerance: finalTolerance, maxIterations: 300 });
  const { weight, bias } = foldStandardisation(final.weight, final.bias, scaling);
  return {
    weight: Float32Array.from(weight),
    bias: Float32Array.from(bias),
    strength,
    path,
    seconds: (performance.now() - started) / 1000,
  };
}

const asRows = (features: Float32Array | Rows, d: number): Rows =>
  features instanceof Float32Array ? rowsOf(features, d) : features;

/** Returns loss and accuracy of a linear classifier on raw features. */
function scoreLinear(
  { weight, bias }: WideClassifier,
  { features, labels }: LabelledFeatures,
  d: number,
  c: number,
): { validationLoss: number; validationAccuracy: number } {
  const n = labels.length;
  let loss = 0;
  let right = 0;
  for (const { first, count, values } of piecesOf(asRows(features, d))) {
    const z = new Float64Array(count * c);
    multiply(values, count, d, weight, c, z);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < c; k++) z[i * c + k]! += bias[k]!;
      const label = labels[first + i]!;
      loss -= logProbability(z, label, i * c, c);
      if (argmax(z, i * c, c) === label) right++;
    }
  }
  return { validationLoss: loss / n, validationAccuracy: right / n };
}

function checkPart(
  name: string,
  { features, labels }: LabelledFeatures,
  dims: number,
  classes: number,
): void {
  const values = features instanceof Float32Array ? features.length : features.count * features.width;
  if (values !== labels.length * dims) {
    throw new EngraftError(
      "ShapeError",
      `${name} features must be float32[${labels.length}, ${dims}] (${labels.length * dims} values), got ${values}`,
      { details: { part: name, labels: labels.length, dims, values } },
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label >= 0 && label < classes) continue;
    throw new EngraftError(
      "DataError",
      `label ${label} of ${name} example ${i} is not one of the ${classes} classes`,
      { details: { part: name, example: i, label, classes } },
    );
  }
}
