import { permutation } from "../core/random.js";
import { standardisation, standardise } from "../linalg/standardise.js";
import { type Fold, stratifiedFolds } from "../methods/probe/folds.js";
import { logisticProblem } from "../methods/probe/logistic-regression.js";
import { checkSample, type LabelledSample } from "./sample.js";

/** scikit-learn's C: a strong penalty, because there may be fewer examples than features. */
const strength = 0.01;

/** Options of {@link probeAccuracy}. */
interface ProbeOptions {
  readonly folds?: number;
  readonly seed?: number;
}

/** Cross-validated predictions of a linear probe. */
export interface HeldOutProbe {
  /** uint8[N]: 1 if the probe that has not seen the item is right. */
  readonly right: Uint8Array;
  readonly folds: number;
}

/**
 * Accuracy of a linear probe in stratified cross-validation: standardised features, logistic regression; every item is
 * scored once by a probe that has not seen it.
 *
 * @param folds default 5, and at most 5 with groups; a class with fewer examples is not in every fold
 * @returns 0 … 1; higher is better. NaN if no class has examples of two groups
 * @throws as {@link checkSample}
 */
export const probeAccuracy = (sample: LabelledSample, options: ProbeOptions = {}): number =>
  shareRight(heldOutProbe(sample, options));

/** Returns the share of items that are predicted correctly; NaN without predictions. */
export const shareRight = (held: HeldOutProbe | undefined): number =>
  held === undefined ? Number.NaN : held.right.reduce((sum, one) => sum + one, 0) / held.right.length;

/** Returns the predictions whose mean is {@link probeAccuracy}; undefined if no class has examples of two groups. */
export function heldOutProbe(
  sample: LabelledSample,
  { folds = 5, seed = 0 }: ProbeOptions = {},
): HeldOutProbe | undefined {
  checkSample(sample);
  const { features, width: d, labels, classes, groups } = sample;
  const n = labels.length;
  const divided = groups ? stratifiedFolds(labels, groups) : foldsByClass(labels, folds, seed);
  if (divided.length === 0) return undefined;
  const right = new Uint8Array(n);
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
      if (best === labels[i]) right[i] = 1;
    });
  }
  return { right, folds: divided.length };
}

/** Divides examples class by class in turn; each class begins where the last one ended. */
function foldsByClass(labels: Int32Array, folds: number, seed: number): readonly Fold[] {
  const order = [...permutation(labels.length, seed, "probe-folds")].sort((a, b) => labels[a]! - labels[b]!);
  return Array.from({ length: folds }, (_, k) => ({
    train: order.filter((_i, at) => at % folds !== k),
    held: order.filter((_i, at) => at % folds === k),
  }));
}
