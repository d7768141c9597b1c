import type {
  CalibrationChange,
  CalibrationScores,
  FittedTrust,
  SetScores,
  TrustFacts,
  TrustResult,
} from "../../core/results/trust.js";
import { areaUnderRisk, chooseThreshold, type RiskPoint, riskCoverage } from "../../evaluate/abstain.js";
import { expectedCalibrationError, reliability } from "../../evaluate/calibration.js";
import { calibrationInterval, calibrationIntervalCovers } from "../../evaluate/calibration-interval.js";
import type { Predictions } from "../../evaluate/class-predictions.js";
import {
  calibratedSets,
  coverageRange,
  nonconformity,
  predictionSet,
  type SetMethod,
} from "../../evaluate/prediction-sets.js";
import { shareInterval } from "../../evaluate/share-interval.js";
import { fitTemperature } from "../../evaluate/temperature.js";
import { energies, strangeness, unusualLevel } from "../../evaluate/unusual.js";
import { argmax, softmaxRows } from "../../linalg/softmax.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import { type BestEpoch, scoreOptimism } from "../../run/baselines/best-epoch.js";
import { designEffect } from "../../statistics/design-effect.js";
import { difference, fewestGroups } from "../../statistics/index.js";

/** Most energies that are stored. Only their order is used. */
const mostEnergies = 1000;
const mostPoints = 100;

/**
 * Calibrates a model on its logits for the validation split.
 * @param held logits that are not divided by a temperature
 * @param choice how the same items chose this model, such as the best of several epochs. Default: they did not
 * @returns undefined without a validation split
 */
export function fitTrust(
  classes: number,
  held: Predictions,
  options: Pick<RecipeOptions, "calibrate" | "coverage" | "abstain">,
  choice?: BestEpoch,
): TrustFacts | undefined {
  const { logits, labels } = held;
  const n = labels.length;
  if (n === 0) return undefined;
  const { temperature } = fitTemperature(logits, labels, classes);
  const written = options.calibrate === "temperature";
  const fitted = (scores: Float32Array): FittedTrust =>
    fitOn({ ...held, logits: scores }, classes, options, choice);
  const after = fitted(divideLogits(logits, temperature));
  const groups = held.groups && new Set(held.groups).size;
  const facts = {
    n,
    temperature: { value: temperature, written },
    ...(groups !== undefined && groups < n && { groups }),
    ...(choice && choice.others.length > 0 && { chosen_of: 1 + choice.others.length }),
  };
  return written ? { ...facts, ...after } : { ...facts, ...fitted(logits), divided: after };
}

function fitOn(
  { logits, labels, groups }: Predictions,
  classes: number,
  options: Pick<RecipeOptions, "coverage" | "abstain">,
  choice: BestEpoch | undefined,
): FittedTrust {
  const p = softmaxRows(logits, classes);
  const coverage = options.coverage ?? defaults.coverage;
  const [confidence, correct] = answersOf(p, labels, classes);
  const optimism = choice && scoreOptimism(choice, correct, groups);
  const setsOf = (method: SetMethod) =>
    calibratedSets(p, labels, classes, { coverage, method, choice: optimism });
  const { quantile: lac = null, raised } = setsOf("lac");
  const held = Float64Array.from(labels, (label, i) =>
    nonconformity(p, i, classes, "lac")[label]! <= (lac ?? 1) ? 1 : 0,
  );
  const ofSets = designEffect(held, groups);
  const accuracy = options.abstain ?? defaults.abstain;
  const chosenOf = 1 + (choice?.others.length ?? 0);
  const ofCorrect = designEffect(correct, groups);
  return {
    sets: {
      coverage,
      lac,
      aps: setsOf("aps").quantile ?? null,
      coverage_range95:
        ofSets === null ? null : coverageRange(labels.length, raised, { design: ofSets, chosenOf }),
    },
    abstain:
      ofCorrect === null
        ? { accuracy, threshold: null, few_groups: new Set(groups).size }
        : chooseThreshold(riskCoverage(confidence, correct), accuracy, { design: ofCorrect, chosenOf }),
    energies: evenlySpaced(
      Array.from(energies(logits, classes)).sort((a, b) => a - b),
      mostEnergies,
    ),
  };
}

/** Measures the calibration on other items. @param test logits of the model */
export function measureTrust(
  classes: number,
  facts: TrustFacts,
  { logits, labels, groups }: Predictions,
): TrustResult {
  const n = labels.length;
  const { value, written } = facts.temperature;
  const p = softmaxRows(logits, classes);
  const [confidence, correct] = answersOf(p, labels, classes);
  const sets = (method: SetMethod): SetScores & { readonly threshold: number | null } => {
    const quantile = facts.sets[method];
    const made = Array.from({ length: n }, (_, i) => predictionSet(p, i, classes, { quantile, method }));
    const covered = Uint8Array.from(made, (set, i) => (set.includes(labels[i]!) ? 1 : 0));
    return {
      threshold: quantile,
      test_coverage: shareOf(covered),
      test_coverage_ci95: shareInterval(covered, groups),
      mean_size: made.reduce((sum, set) => sum + set.length, 0) / n,
      single: made.filter((set) => set.length === 1).length / n,
    };
  };
  const { threshold } = facts.abstain;
  const given = Array.from(confidence.keys()).filter(
    (i) => threshold !== null && confidence[i]! >= threshold,
  );
  const right = Uint8Array.from(given, (i) => correct[i]!);
  const points = riskCoverage(confidence, correct);
  const strange = Uint8Array.from(energies(logits, classes), (e) =>
    strangeness(facts.energies, e) <= unusualLevel ? 1 : 0,
  );
  const before = calibrationOf(written ? divideLogits(logits, 1 / value) : logits, labels, classes, groups);
  const after = calibrationOf(written ? logits : divideLogits(logits, value), labels, classes, groups);
  return {
    n: facts.n,
    ...(facts.groups !== undefined && { groups: facts.groups }),
    ...(facts.chosen_of !== undefined && { chosen_of: facts.chosen_of }),
    temperature: facts.temperature,
    calibration: {
      before: before.scores,
      after: after.scores,
      change: changeOf(before.losses, after.losses, groups),
    },
    prediction_sets: {
      coverage: facts.sets.coverage,
      coverage_range95:
        facts.sets.coverage_range95 === undefined
          ? coverageRange(facts.n, facts.sets.coverage)
          : facts.sets.coverage_range95,
      lac: sets("lac"),
      aps: sets("aps"),
    },
    abstain: {
      ...facts.abstain,
      test: {
        answered: given.length / n,
        accuracy: given.length > 0 ? shareOf(right) : null,
        accuracy_ci95: given.length > 0 ? shareInterval(right, groups && given.map((i) => groups[i]!)) : null,
      },
      area_under_risk: areaUnderRisk(points),
      curve: evenlySpaced(points, mostPoints).map(({ answered, accuracy: share }: RiskPoint) => [
        answered,
        share,
      ]),
    },
    unusual: {
      score: "energy",
      level: unusualLevel,
      test: shareOf(strange),
      test_ci95: shareInterval(strange, groups),
    },
  };
}

/** Returns logits divided by a temperature. */
export function divideLogits(logits: Float32Array, temperature: number): Float32Array {
  return logits.map((z) => z / temperature);
}

const shareOf = (right: Uint8Array): number => right.reduce((sum, r) => sum + r, 0) / right.length;

/** Returns the change of log loss by the temperature, and whether chance can explain it. */
function changeOf(
  before: Float64Array,
  after: Float64Array,
  groups: readonly string[] | undefined,
): CalibrationChange {
  const { gain, interval, why } = difference([before], [after], { binary: false, groups });
  const gainFields = { loss: gain, ci95: interval };
  if (why === "few groups") return { ...gainFields, finding: "few groups" };
  if (interval && interval[0] > 0) return { ...gainFields, finding: "falls" };
  return { ...gainFields, finding: interval && interval[1] < 0 ? "rises" : "chance" };
}

/** Returns the calibration on the items, and the log loss of each. */
function calibrationOf(
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  groups: readonly string[] | undefined,
): { readonly scores: CalibrationScores; readonly losses: Float64Array } {
  const p = softmaxRows(logits, classes);
  const n = labels.length;
  const [confidence, correct] = answersOf(p, labels, classes);
  const { interval, ifCalibrated } = calibrationInterval(confidence, correct, { groups });
  const few = groups !== undefined && new Set(groups).size < fewestGroups;
  const [low, high] = interval;
  const losses = new Float64Array(n);
  let [loss, brier] = [0, 0];
  for (let i = 0; i < n; i++) {
    // A probability may be 0 in float64: it is replaced by the smallest positive value.
    losses[i] = -Math.log(Math.max(p[i * classes + labels[i]!]!, Number.MIN_VALUE));
    loss += losses[i]! / n;
    for (let k = 0; k < classes; k++) brier += (p[i * classes + k]! - (k === labels[i] ? 1 : 0)) ** 2 / n;
  }
  const scores = {
    ece: expectedCalibrationError(confidence, correct),
    ece_interval: few ? null : { low, high, covers: calibrationIntervalCovers },
    ece_if_calibrated: ifCalibrated,
    loss,
    brier: classes === 2 ? brier / 2 : brier,
    reliability: reliability(confidence, correct).filter((bin) => bin.n > 0),
  };
  return { scores, losses };
}

/** Returns the probability of each prediction, and whether it is correct. */
function answersOf(
  p: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
): [confidence: Float64Array, correct: Uint8Array] {
  const confidence = new Float64Array(labels.length);
  const correct = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const answer = argmax(p, i * classes, classes);
    confidence[i] = p[i * classes + answer]!;
    correct[i] = answer === labels[i] ? 1 : 0;
  }
  return [confidence, correct];
}

/** Returns at most `most` entries, evenly spaced, with the first and the last. */
function evenlySpaced<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}
