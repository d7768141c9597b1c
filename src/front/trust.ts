import type { CalibrationScores, FittedTrust, SetScores, TrustFacts, TrustResult } from "../core/trust.js";
import { areaUnderRisk, chooseThreshold, type RiskPoint, riskCoverage } from "../evaluate/abstain.js";
import { expectedCalibrationError, reliability } from "../evaluate/calibration.js";
import { calibrationInterval } from "../evaluate/calibration-interval.js";
import {
  conformalQuantile,
  coverageRange,
  predictionSet,
  type SetMethod,
} from "../evaluate/prediction-sets.js";
import { fitTemperature } from "../evaluate/temperature.js";
import { energies, strangeness, unusualLevel } from "../evaluate/unusual.js";
import { argmax, softmaxRows } from "../linalg/softmax.js";
import { wilsonInterval } from "../statistics/wilson.js";
import { defaults, type TrainOptions } from "./options.js";
import type { Predictions } from "./scores.js";

/** Energies that are kept of many; their order is all that counts. */
const mostEnergies = 1000;
const mostPoints = 100;

/**
 * What the probabilities of a model are good for, from its raw scores of the validation part.
 * @param held as the model was trained, not divided by a temperature. @returns undefined where nothing was held out
 */
export function fitTrust(
  classes: number,
  { logits, labels }: Predictions,
  options: Pick<TrainOptions, "calibrate" | "coverage" | "abstain">,
): TrustFacts | undefined {
  const n = labels.length;
  if (n === 0) return undefined;
  const { temperature } = fitTemperature(logits, labels, classes);
  const written = options.calibrate === "temperature";
  const fitted = (scores: Float32Array): FittedTrust => fitOn(scores, labels, classes, options);
  const after = fitted(divided(logits, temperature));
  const facts = { n, temperature: { value: temperature, written } };
  return written ? { ...facts, ...after } : { ...facts, ...fitted(logits), divided: after };
}

function fitOn(
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  options: Pick<TrainOptions, "coverage" | "abstain">,
): FittedTrust {
  const p = softmaxRows(logits, classes);
  const coverage = options.coverage ?? defaults.coverage;
  const quantile = (method: SetMethod): number | null =>
    conformalQuantile(p, labels, classes, { coverage, method }) ?? null;
  const accuracy = options.abstain ?? defaults.abstain;
  return {
    sets: { coverage, lac: quantile("lac"), aps: quantile("aps") },
    abstain: chooseThreshold(riskCoverage(...answersOf(p, labels, classes)), accuracy),
    energies: thinned(
      Array.from(energies(logits, classes)).sort((a, b) => a - b),
      mostEnergies,
    ),
  };
}

/** How what was fitted holds on other items. @param test raw scores as the model gives them */
export function measureTrust(
  classes: number,
  facts: TrustFacts,
  { logits, labels }: Predictions,
): TrustResult {
  const n = labels.length;
  const { value, written } = facts.temperature;
  const p = softmaxRows(logits, classes);
  const [confidence, correct] = answersOf(p, labels, classes);
  const sets = (method: SetMethod): SetScores & { readonly threshold: number | null } => {
    const quantile = facts.sets[method];
    const made = Array.from({ length: n }, (_, i) => predictionSet(p, i, classes, { quantile, method }));
    const covered = made.filter((set, i) => set.includes(labels[i]!)).length;
    return {
      threshold: quantile,
      test_coverage: covered / n,
      test_coverage_ci95: wilsonInterval(covered, n),
      mean_size: made.reduce((sum, set) => sum + set.length, 0) / n,
      single: made.filter((set) => set.length === 1).length / n,
    };
  };
  const { threshold } = facts.abstain;
  const given = Array.from(confidence.keys()).filter(
    (i) => threshold !== null && confidence[i]! >= threshold,
  );
  const right = given.filter((i) => correct[i]).length;
  const points = riskCoverage(confidence, correct);
  const strange = Array.from(energies(logits, classes)).filter(
    (e) => strangeness(facts.energies, e) <= unusualLevel,
  ).length;
  return {
    n: facts.n,
    temperature: facts.temperature,
    calibration: {
      before: calibrationOf(written ? divided(logits, 1 / value) : logits, labels, classes),
      after: calibrationOf(written ? logits : divided(logits, value), labels, classes),
    },
    prediction_sets: {
      coverage: facts.sets.coverage,
      coverage_range95: coverageRange(facts.n, facts.sets.coverage),
      lac: sets("lac"),
      aps: sets("aps"),
    },
    abstain: {
      ...facts.abstain,
      test: {
        answered: given.length / n,
        accuracy: given.length > 0 ? right / given.length : null,
        accuracy_ci95: given.length > 0 ? wilsonInterval(right, given.length) : null,
      },
      area_under_risk: areaUnderRisk(points),
      curve: thinned(points, mostPoints).map(({ answered, accuracy: share }: RiskPoint) => [answered, share]),
    },
    unusual: {
      score: "energy",
      level: unusualLevel,
      test: strange / n,
      test_ci95: wilsonInterval(strange, n),
    },
  };
}

/** The same scores divided by a temperature: what a model with it written in gives. */
export function divided(logits: Float32Array, temperature: number): Float32Array {
  return logits.map((z) => z / temperature);
}

function calibrationOf(logits: Float32Array, labels: Int32Array, classes: number): CalibrationScores {
  const p = softmaxRows(logits, classes);
  const n = labels.length;
  const [confidence, correct] = answersOf(p, labels, classes);
  const { ci95, ifCalibrated } = calibrationInterval(confidence, correct);
  let [loss, brier] = [0, 0];
  for (let i = 0; i < n; i++) {
    // Far from what is right a probability is 0 in float64: the smallest there is stands for it.
    loss -= Math.log(Math.max(p[i * classes + labels[i]!]!, Number.MIN_VALUE)) / n;
    for (let k = 0; k < classes; k++) brier += (p[i * classes + k]! - (k === labels[i] ? 1 : 0)) ** 2 / n;
  }
  return {
    ece: expectedCalibrationError(confidence, correct),
    ece_ci95: ci95,
    ece_if_calibrated: ifCalibrated,
    loss,
    brier: classes === 2 ? brier / 2 : brier,
    reliability: reliability(confidence, correct).filter((bin) => bin.n > 0),
  };
}

/** Probability of each answer, and whether it is right. */
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

/** At most so many, evenly taken, the first and the last among them. */
function thinned<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}
