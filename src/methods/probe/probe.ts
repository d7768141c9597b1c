import { EngraftError, stopIf } from "../../core/errors.js";
import { lossOrWorst } from "../../core/results/metric.js";
import { piecesOf, type Rows, rowsAt, rowsOf, stackedRows } from "../../core/results/rows.js";
import { multiply } from "../../linalg/products.js";
import { argmax, logProbability } from "../../linalg/softmax.js";
import { type Fold, foldsToChoose, groupsOfBoth } from "./folds.js";
import type { LinearClassifier, WideClassifier, WideFit } from "./logistic-regression.js";
import { asRows, type FeatureScaling, finalTolerance, type Problem, problemOn } from "./scaled-problem.js";

/** Features of one split and their classes. */
export interface LabelledFeatures {
  /** float32[N, D], row-major; as {@link Rows} they may be on disk, and stay there. */
  readonly features: Float32Array | Rows;
  /** int32[N] */
  readonly labels: Int32Array;
  /** Group of each sample, which folds do not divide; default each is its own. */
  readonly groups?: readonly string[];
}

export interface ProbeData {
  readonly train: LabelledFeatures;
  readonly validation: LabelledFeatures;
  /** D, features per example. */
  readonly dims: number;
  readonly classes: number;
}

export interface ProbeOptions {
  /** Values of scikit-learn's C to try; a single one is taken without a trial. Default: those of the scaling in `strengthsOf`. */
  readonly strengths?: readonly number[];
  /** Number of consecutive strengths without improvement after which the rest is skipped; default 2. */
  readonly patience?: number;
  /**
   * How centred features are scaled: by one number, to a mean squared length of 1 (default), or each by its own deviation,
   * for columns with different units.
   */
  readonly scaling?: FeatureScaling;
  /** Solve the final head on training and validation samples together; default false. */
  readonly refit?: boolean;
  /** Called after each strength, at most `strengths.length` times. If it returns true, no other one is tried. */
  readonly onStrength?: (tried: ProbeStep) => unknown;
}

/** A tried strength. */
export interface ProbeStep {
  readonly strength: number;
  /** Mean cross-entropy, nats. */
  readonly trainLoss: number;
  /** Mean cross-entropy of samples that the head was not fitted on. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

export interface Probe extends LinearClassifier {
  readonly strength: number;
  /** From the strongest penalty to the weakest tried one; empty if there was no choice. */
  readonly path: readonly ProbeStep[];
  /** The head of the training samples alone: the start of a training that validates. The same head without `refit`. */
  readonly ofTrain: LinearClassifier;
  /** float32[validation samples, C]: logits by heads that were not fitted on the sample. */
  readonly held: Float32Array;
  /** Number of folds of the cross-validation that chose the strength; missing without one. */
  readonly folds?: number;
  readonly seconds: number;
}

/** C to try by default, for each scaling of the features. */
export const strengthsOf: Readonly<Record<FeatureScaling, readonly number[]>> = {
  // Rows are centred and have a mean squared length of 1.
  common: [1, 10, 100, 1000],
  // Columns are standardised: 10^(−4 … 2) in half decades.
  each: Array.from({ length: 13 }, (_, i) => 10 ** (-4 + i / 2)),
};
/** C to try by default for features with a common scale. */
export const defaultStrengths = strengthsOf.common;

/** Strength without samples to choose it on. @see docs/decisions/0028-scaling-of-the-probe.md */
const unmeasuredStrength = { common: 10, each: 1 };

/**
 * Linear probe: multinomial logistic regression on centred features, with the strength chosen on validation.
 *
 * All features are divided by one number, so that their mean squared length is 1: with a few samples, the deviation of a single
 * feature is noise. Strengths are tried from the strongest penalty to the weakest, each starting from the previous solution. The
 * lowest validation loss wins; unlike accuracy, it rarely ties. After `patience` strengths without improvement the weaker ones
 * are skipped. With a refit and a validation split that {@link isSmall}, stratified cross-validation on both splits replaces it; groups are
 * not divided. Mean and scale are folded into weight and bias: the result takes raw features.
 *
 * @returns weight float32[C, D] and bias float32[C] with logits = x Wᵀ + b
 * @throws DataError, ShapeError, NumericError, OptionError as `fitLogistic` does
 * @example const head = fitProbe({ train, validation, dims: 512, classes: 10 });
 */
export function fitProbe(data: ProbeData, options: ProbeOptions = {}): Probe {
  const steps = probeSteps(data, options);
  try {
    for (let isEnough = false; ; ) {
      const { done, value } = steps.next(isEnough);
      if (done) return value;
      isEnough = options.onStrength?.(value) === true;
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
    for (let isEnough = false; ; ) {
      const { done, value } = steps.next(isEnough);
      if (done) return value;
      isEnough = options.onStrength?.(value) === true;
      await new Promise((resolve) => setTimeout(resolve, 0));
      stopIf(options.signal);
    }
  } finally {
    endOf(steps);
  }
}

/** Releases the resources of an unfinished fit. */
const endOf = (steps: Generator<ProbeStep, Probe, boolean>): unknown => steps.return(undefined as never);

function* probeSteps(data: ProbeData, options: ProbeOptions): Generator<ProbeStep, Probe, boolean> {
  const started = performance.now();
  const { train, validation, dims, classes } = data;
  const { scaling = "common", strengths = strengthsOf[scaling], refit = false } = options;
  checkPart("train", train, dims, classes);
  checkPart("validation", validation, dims, classes);
  if (strengths.length === 0) throw new EngraftError("OptionError", "strengths must name at least one value");
  const both = validation.labels.length > 0 ? together(train, validation, dims) : train;
  const folds =
    strengths.length > 1
      ? foldsToChoose({ ...both, strata: both.labels, validation: validation.labels.length, refit })
      : [];
  const own = problemOn(train, { ...data, scaling });
  try {
    const chosen = yield* folds.length > 0
      ? chosenByFolds(data, both, folds, options)
      : chosenByValidation(data, own, options);
    const strength =
      chosen.best?.strength ?? (strengths.length === 1 ? strengths[0]! : unmeasuredStrength[scaling]);
    const { head } = own.solve(strength, chosen.fit, finalTolerance);
    const ofTrain = rounded(head);
    return {
      ...(refit && both !== train ? refitted(both, data, options, strength) : ofTrain),
      strength,
      path: chosen.path,
      ofTrain,
      held:
        chosen.logits?.subarray(train.labels.length * classes) ??
        logitsOf(head, asRows(validation.features, dims)),
      ...(folds.length > 0 && { folds: folds.length }),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    own.close();
  }
}

const rounded = ({ weight, bias }: WideClassifier): LinearClassifier => {
  return { weight: Float32Array.from(weight), bias: Float32Array.from(bias) };
};

function refitted(
  both: LabelledFeatures,
  data: ProbeData,
  options: ProbeOptions,
  strength: number,
): LinearClassifier {
  const problem = problemOn(both, { ...data, scaling: options.scaling ?? "common" });
  try {
    return rounded(problem.solve(strength, undefined, finalTolerance).head);
  } finally {
    problem.close();
  }
}

/** The samples of both splits, training samples first. */
function together(train: LabelledFeatures, validation: LabelledFeatures, dims: number): LabelledFeatures {
  const groups = groupsOfBoth(
    ...[train, validation].map((part) => ({ count: part.labels.length, groups: part.groups })),
  );
  return {
    features: stackedRows(asRows(train.features, dims), asRows(validation.features, dims)),
    labels: Int32Array.from([...train.labels, ...validation.labels]),
    groups,
  };
}

/** A choice of the strength. */
interface Chosen {
  readonly path: readonly ProbeStep[];
  readonly best?: ProbeStep;
  /** The best solution of the training samples, to start from. */
  readonly fit?: WideFit;
  /** Logits of samples that the head was not fitted on. */
  readonly logits?: Float32Array;
}

type Tried = Required<Pick<Chosen, "best">> & Pick<Chosen, "fit" | "logits">;

/** Tries strengths from the strongest penalty on, until `next` is called with true. */
function* tryStrengths(
  { scaling = "common", strengths = strengthsOf[scaling], patience = 2 }: ProbeOptions,
  tryOne: (strength: number) => Tried,
): Generator<ProbeStep, Chosen, boolean> {
  const path: ProbeStep[] = [];
  let chosen: Tried | undefined;
  let worse = 0;
  for (const strength of [...strengths].sort((a, b) => a - b)) {
    const tried = tryOne(strength);
    path.push(tried.best);
    const loss = lossOrWorst(tried.best.validationLoss);
    if (chosen === undefined || loss < lossOrWorst(chosen.best.validationLoss)) {
      chosen = tried;
      worse = 0;
    } else worse++;
    const isEnough = yield tried.best;
    if (isEnough || worse >= patience) break;
  }
  return { ...chosen, path };
}

function* chosenByValidation(
  { validation, dims, classes }: ProbeData,
  own: Problem,
  options: ProbeOptions,
): Generator<ProbeStep, Chosen, boolean> {
  if (validation.labels.length === 0) return { path: [] };
  let last: WideFit | undefined;
  return yield* tryStrengths(options, (strength) => {
    const { fit, head } = own.solve(strength, last);
    last = fit;
    const logits = logitsOf(head, asRows(validation.features, dims));
    return { fit, best: { strength, trainLoss: fit.loss, ...scoresOf(logits, validation.labels, classes) } };
  });
}

function* chosenByFolds(
  data: ProbeData,
  both: LabelledFeatures,
  folds: readonly Fold[],
  options: ProbeOptions,
): Generator<ProbeStep, Chosen, boolean> {
  const { dims, classes } = data;
  const { scaling = "common" } = options;
  const rows = asRows(both.features, dims);
  const parts = folds.map(({ train, held }) => {
    const labels = Int32Array.from(train, (i) => both.labels[i]!);
    const problem = problemOn({ features: rowsAt(rows, train), labels }, { ...data, scaling });
    return {
      problem,
      held,
      heldRows: rowsOf(rowsAt(rows, held), dims),
      last: undefined as WideFit | undefined,
    };
  });
  try {
    return yield* tryStrengths(options, (strength) => {
      const logits = new Float32Array(both.labels.length * classes);
      let trainLoss = 0;
      for (const part of parts) {
        const { fit, head } = part.problem.solve(strength, part.last);
        part.last = fit;
        trainLoss += fit.loss / parts.length;
        const own = logitsOf(head, part.heldRows);
        part.held.forEach((i, k) => {
          logits.set(own.subarray(k * classes, (k + 1) * classes), i * classes);
        });
      }
      return { logits, best: { strength, trainLoss, ...scoresOf(logits, both.labels, classes) } };
    });
  } finally {
    for (const { problem } of parts) problem.close();
  }
}

/** Logits of raw features, float32[N, C]. */
function logitsOf({ weight, bias }: WideClassifier, features: Rows): Float32Array {
  const c = bias.length;
  const logits = new Float32Array(features.count * c);
  for (const { first, count, values } of piecesOf(features)) {
    const z = new Float64Array(count * c);
    multiply(values, count, features.width, weight, c, z);
    for (let i = 0; i < z.length; i++) logits[first * c + i] = z[i]! + bias[i % c]!;
  }
  return logits;
}

/** Returns mean loss and accuracy of logits. */
function scoresOf(
  logits: Float32Array,
  labels: Int32Array,
  c: number,
): { validationLoss: number; validationAccuracy: number } {
  let loss = 0;
  let right = 0;
  for (const [i, label] of labels.entries()) {
    loss -= logProbability(logits, label, i * c, c);
    if (argmax(logits, i * c, c) === label) right++;
  }
  return { validationLoss: loss / labels.length, validationAccuracy: right / labels.length };
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
