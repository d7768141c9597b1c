import { EngraftError } from "../core/errors.js";
import type { LabelScores } from "../core/results/labels.js";
import type { Validation } from "../core/results/metric.js";
import { binaryCrossEntropy } from "../linalg/softmax.js";
import { ratioShares } from "../statistics/shares.js";
import { f1Sums } from "./entities.js";
import { hasEnoughOfClasses } from "./interval-rules.js";
import { scoredBy } from "./metric-sums.js";
import { auroc, averagePrecision } from "./ranking.js";
import { recordedScores } from "./recorded-scores.js";
import { estimateOf, groupFacts, shareInterval } from "./share-interval.js";

/** Outputs of a model for items that may have several labels each. */
export interface LabelAnswers {
  readonly labels: readonly string[];
  /** Logits, float32[N, L]: σ of them are the probabilities. */
  readonly logits: ArrayLike<number>;
  /** uint8[N, L]: 1 if the item has the label. */
  readonly targets: Uint8Array;
  readonly items: readonly string[];
  /** Group of each item: items of a group are similar, so they count less. */
  readonly groups?: readonly string[];
}

/** Number of items listed as the worst. */
const mostWorst = 10;

/** Default probability threshold of a label. */
export const usualThreshold = 0.5;

/** σ(z) = 1 / (1 + e⁻ᶻ) */
export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** The logit of probability p: log(p / (1 − p)). */
const logit = (p: number): number => Math.log(p / (1 - p));

/**
 * Returns the predicted labels: uint8[N, L]. Compared as logits, so that a probability that rounds to the threshold
 * does not matter.
 */
export function predictedLabels(
  logits: ArrayLike<number>,
  labels: number,
  thresholds: readonly number[] = Array<number>(labels).fill(usualThreshold),
): Uint8Array {
  const least = thresholds.map(logit);
  return Uint8Array.from({ length: logits.length }, (_, i) => (logits[i]! >= least[i % labels]! ? 1 : 0));
}

/**
 * Scores of labels that each are there or not, equal to scikit-learn's of those names on the same decisions
 * (`zero_division=0`).
 *
 * micro F1 = 2 Σ c / (Σ n + Σ p) with c right, n true and p said decisions of all labels; macro F1 the mean of the labels that items
 * have.
 * subset accuracy = share of items with every label right (`accuracy_score`). Hamming loss = share of wrong decisions.
 * Average precision and AUROC of a label look at the scores, not at the threshold; macro is the mean over the labels that
 * have one. Intervals are over the items, or their groups, by shares.
 *
 * @param options.thresholds a probability for each label, default 0.5
 * @throws DataError for no items
 * @example
 * scoreLabels({ labels: ["a", "b"], logits: [2, -1, -3, 1], targets: Uint8Array.of(1, 0, 0, 1), items: ["x", "y"] }).micro_f1; // 1
 */
export function scoreLabels(
  { labels, logits, targets, items, groups }: LabelAnswers,
  { thresholds = labels.map(() => usualThreshold) }: { readonly thresholds?: readonly number[] } = {},
): LabelScores {
  const [n, l] = [items.length, labels.length];
  if (n === 0) throw new EngraftError("DataError", "there are no items to score");
  if (targets.length !== n * l || logits.length !== n * l)
    throw new EngraftError(
      "ShapeError",
      `${n} items with ${l} labels have ${n * l} scores and targets, not ${logits.length} and ${targets.length}`,
    );
  const assigned = predictedLabels(logits, l, thresholds);
  const tallies = tallyLabels(assigned, targets, l);
  const wrong = Int32Array.from(items, (_, i) => mistakesOf(assigned, targets, l, i));
  const sum = (of: "n" | "predicted" | "correct"): number => tallies.reduce((s, t) => s + t[of], 0);
  const all = { n: sum("n"), predicted: sum("predicted"), correct: sum("correct") };
  const micro_f1 = f1(all.correct, all.predicted, all.n);
  const per_label = labels.map((label, k) => ({
    label,
    ...labelScores(k, { l, assigned, logits, targets }),
    threshold: thresholds[k]!,
  }));
  const found = estimateOf("f1", scoredBy(f1Sums(tallies)).shares, groups);
  const micro_f1_ci95 = found.interval ?? ([0, 1] as const);
  const whole = wrong.reduce((s, w) => s + (w === 0 ? 1 : 0), 0);
  return {
    n,
    metric: { name: "f1", value: micro_f1, ci95: micro_f1_ci95, higher_is_better: true },
    micro_f1,
    micro_f1_ci95,
    ...groupFacts(found, groups),
    micro_precision: ratio(all.correct, all.predicted),
    micro_recall: ratio(all.correct, all.n),
    macro_f1: mean(per_label.filter((p) => p.n > 0).map((p) => p.f1)) ?? 0,
    ...(hasEnoughOfClasses(per_label.map((row) => row.n)) && {
      macro_f1_ci95: shareInterval(macroShares(assigned, targets, l), groups, "macro_f1"),
    }),
    subset_accuracy: whole / n,
    subset_accuracy_ci95: shareInterval(
      Float64Array.from(wrong, (w) => (w === 0 ? 1 : 0)),
      groups,
    ),
    hamming_loss: wrong.reduce((s, w) => s + w, 0) / (n * l),
    hamming_loss_ci95: shareInterval(
      Float64Array.from(wrong, (w) => w / l),
      groups,
    ),
    mean_average_precision: mean(per_label.map((p) => p.average_precision)) ?? null,
    macro_auroc: mean(per_label.map((p) => p.auroc)) ?? null,
    loss: binaryCrossEntropy(logits, targets),
    without_labels: {
      n: tallies.filter((t) => t.n === 0).length,
      predicted: tallies.filter((t) => t.predicted === 0).length,
    },
    per_label,
    ...recordedScores(f1Sums(tallies)),
    worst: [...wrong.keys()]
      .filter((i) => wrong[i]! > 0)
      .sort((a, b) => wrong[b]! - wrong[a]! || a - b)
      .slice(0, mostWorst)
      .map((i) => ({
        item: items[i]!,
        mistakes: wrong[i]!,
        missed: labels.filter((_, k) => targets[i * l + k]! > assigned[i * l + k]!),
        wrong: labels.filter((_, k) => assigned[i * l + k]! > targets[i * l + k]!),
      })),
  };
}

/** Scores of label `k`; all arrays are row-major `[n, l]`. */
function labelScores(
  k: number,
  {
    l,
    assigned,
    logits,
    targets,
  }: {
    readonly l: number;
    readonly assigned: Uint8Array;
    readonly logits: ArrayLike<number>;
    readonly targets: Uint8Array;
  },
) {
  const own = { n: 0, predicted: 0, correct: 0 };
  for (let i = k; i < assigned.length; i += l) {
    own.n += targets[i]!;
    own.predicted += assigned[i]!;
    own.correct += assigned[i]! & targets[i]!;
  }
  const column = (of: ArrayLike<number>) =>
    Float64Array.from({ length: assigned.length / l }, (_, i) => of[i * l + k]!);
  const [scores, has] = [column(logits), column(targets)];
  return {
    ...own,
    precision: ratio(own.correct, own.predicted),
    recall: ratio(own.correct, own.n),
    f1: f1(own.correct, own.predicted, own.n),
    average_precision: averagePrecision(scores, has) ?? null,
    auroc: auroc(scores, has) ?? null,
  };
}

/** Counts the labels of an item: true, predicted, and correct. */
export function tallyLabels(
  assigned: Uint8Array,
  targets: Uint8Array,
  labels: number,
): { readonly n: number; readonly predicted: number; readonly correct: number }[] {
  return Array.from({ length: targets.length / labels }, (_, i) => {
    let [n, predicted, correct] = [0, 0, 0];
    for (let at = i * labels; at < (i + 1) * labels; at++) {
      n += targets[at]!;
      predicted += assigned[at]!;
      correct += assigned[at]! & targets[at]!;
    }
    return { n, predicted, correct };
  });
}

/** Micro F1 at 0.5, and the loss: the validation of an epoch. */
export function labelValidation(logits: ArrayLike<number>, targets: Uint8Array, labels: number): Validation {
  let [n, predicted, correct] = [0, 0, 0];
  for (const t of tallyLabels(predictedLabels(logits, labels), targets, labels)) {
    n += t.n;
    predicted += t.predicted;
    correct += t.correct;
  }
  return { score: f1(correct, predicted, n), loss: binaryCrossEntropy(logits, targets) };
}

/** Fewest items with a label to choose its threshold. */
const fewestForThreshold = 5;

/**
 * Returns for each label the threshold with the highest F1 on held-out items: half-way between two neighbouring logits,
 * of ties the nearest to 0.5. A label that fewer than five items have, or all, keeps 0.5.
 * @see Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1 Measure", 2014
 */
export function chosenThresholds(logits: ArrayLike<number>, targets: Uint8Array, labels: number): number[] {
  const n = targets.length / labels;
  return Array.from({ length: labels }, (_, k) => {
    const z = Float64Array.from({ length: n }, (_, i) => logits[i * labels + k]!);
    const order = [...z.keys()].sort((a, b) => z[b]! - z[a]!);
    const total = order.reduce((s, i) => s + targets[i * labels + k]!, 0);
    if (total < fewestForThreshold || total === n) return usualThreshold;
    let best = { f1: -1, threshold: usualThreshold };
    let correct = 0;
    for (const [at, i] of order.entries()) {
      correct += targets[i * labels + k]!;
      const next = order[at + 1];
      if (next !== undefined && z[next] === z[i]) continue;
      const between = next === undefined ? z[i]! - 1 : (z[i]! + z[next]!) / 2;
      const threshold = Math.min(0.999, Math.max(0.001, sigmoid(between)));
      const score = f1(correct, at + 1, total);
      const nearer = Math.abs(threshold - usualThreshold) < Math.abs(best.threshold - usualThreshold) - 1e-12;
      if (score > best.f1 || (score === best.f1 && nearer)) best = { f1: score, threshold };
    }
    return Number(best.threshold.toPrecision(6));
  });
}

/** Returns the share of each item in the macro F1 of labels that all have items. */
function macroShares(assigned: Uint8Array, targets: Uint8Array, l: number): Float64Array {
  const shares = new Float64Array(targets.length / l);
  const column = (k: number, of: (at: number) => number) => shares.map((_, i) => of(i * l + k));
  for (let k = 0; k < l; k++) {
    const own = ratioShares(
      column(k, (at) => 2 * (assigned[at]! & targets[at]!)),
      column(k, (at) => assigned[at]! + targets[at]!),
    );
    for (let i = 0; i < shares.length; i++) shares[i]! += own[i]! / l;
  }
  return shares;
}

function mistakesOf(assigned: Uint8Array, targets: Uint8Array, l: number, i: number): number {
  let wrong = 0;
  for (let at = i * l; at < (i + 1) * l; at++) wrong += assigned[at]! ^ targets[at]!;
  return wrong;
}

const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
const f1 = (correct: number, predicted: number, n: number): number => ratio(2 * correct, predicted + n);

/** Mean of the values that are numbers. */
function mean(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
}
