import { permutation } from "../core/random.js";
import { standardisation, standardise } from "../linalg/standardise.js";
import { type Fold, stratifiedFolds } from "../methods/probe/folds.js";
import { logisticProblem } from "../methods/probe/logistic-regression.js";
import { checkSample, type LabelledSample } from "./sample.js";

/** scikit-learn's C: a strong penalty, because there may be fewer examples than features. */
const strength = 0.01;

/**
 * Accuracy of a linear probe in stratified cross-validation: standardised features, logistic regression; every item is
 * scored once by a probe that has not seen it.
 *
 * @param folds default 5, and at most 5 with groups; a class with fewer examples is not in every fold
 * @returns 0 … 1; higher is better. NaN if no class has examples of two groups
 * @throws as {@link checkSample}
 */
export function probeAccuracy(
  sample: LabelledSample,
  { folds = 5, seed = 0 }: { readonly folds?: number; readonly seed?: number } = {},
): number {
  checkSample(sample);
  const { features, width: d, labels, classes, groups } = sample;
  const n = labels.length;
  const divided = groups ? stratifiedFolds(labels, groups) : foldsByClass(labels, folds, seed);
  if (divided.length === 0) return Number.NaN;
  let right = 0;
  for (const { train: kept, held } of divided) {
    if (held.length === 0 || kept.length === 0) continue;
    const take = (rows: readonly number[]): Float32Array => {
      const out = new Float32Array(rows.length * d);
      rows.forEach((i, at) => {
        out.set(features.subarray(i * d, (i + 1) * d), at * d);
      });
      return out;
    };
    const train = take(kept);
    const scaling = standardisation(train, kept.length, d);
    const problem = logisticProblem(
      train,
      Int32Array.from(kept, (i) => labels[i]!),
      classes,
      "single",
      scaling,
    );
    const { weight, bias } = problem.solve({ strength, tolerance: 1e-3, maxIterations: 100 });
    problem.close();
    const judged = standardise(take(held), held.length, scaling);
    held.forEach((i, at) => {
      let best = 0;
      let highest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) {
        let s = bias[c]!;
        for (let t = 0; t < d; t++) s += weight[c * d + t]! * judged[at * d + t]!;
        if (s > highest) [highest, best] = [s, c];
      }
      if (best === labels[i]) right++;
    });
  }
  return right / n;
}

/** Divides examples class by class in turn; each class begins where the last one ended. */
function foldsByClass(labels: Int32Array, folds: number, seed: number): readonly Fold[] {
  const order = [...permutation(labels.length, seed, "probe-folds")].sort((a, b) => labels[a]! - labels[b]!);
  return Array.from({ length: folds }, (_, k) => ({
    train: order.filter((_i, at) => at % folds !== k),
    held: order.filter((_i, at) => at % folds === k),
  }));
}
