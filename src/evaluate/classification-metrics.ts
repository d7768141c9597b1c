import type { ClassAverages, ClassificationMetrics } from "../core/results/counts.js";
import { argmax } from "../linalg/softmax.js";
import { checkProbabilities, type ProbabilityAnswers } from "./probabilities.js";
import { auroc, averagePrecision, rareClassScores } from "./ranking.js";
import { shareInterval } from "./share-interval.js";

/** Top-k accuracies that are reported: those with k below the number of classes. */
const reportedK = [2, 3, 5] as const;

/**
 * Further scores of a classifier, each equal to scikit-learn's of that name.
 *
 * Averages are over the classes that occur as a label, in scikit-learn `labels=unique(y_true)`. A class that is only predicted has no score:
 * its wrong answers count in the recall of the true classes.
 * precision, recall, F1: 0 where 0/0 (`zero_division=0`); micro over all decisions, which is the accuracy; weighted by the items of a class.
 * balanced accuracy = mean recall.
 * AUROC, average precision: each class against the others (`multi_class="ovr"`), equal scores count half (AUROC) or as
 * one step (AP). A class without items or without others has none (null): scikit-learn refuses the AUROC and calls the AP 0;
 * here macro is the mean over the classes that have one. Micro pools all N · C decisions.
 * Brier = mean Σ_k (p_k − y_k)², halved for two classes, so that it is mean (p_1 − y)² there.
 * κ = (p_o − p_e) / (1 − p_e), null where p_e is 1 (scikit-learn: nan).
 * MCC = (c s − Σ_k p_k t_k) / √((s² − Σ p_k²) (s² − Σ t_k²)), 0 where it is 0/0.
 *
 * The answer is the class of the highest probability, the first of equal ones.
 *
 * @throws ShapeError when lengths differ, DataError for no items, a label out of range or a row that is no distribution; each
 * names the item
 * @example
 * const scores = classificationMetrics({ classes: ["ant", "bee"], labels: [0, 1], probabilities: [0.9, 0.1, 0.4, 0.6] });
 * scores.mcc; // 1
 */
export function classificationMetrics(answers: ProbabilityAnswers): ClassificationMetrics {
  const { classes, labels, groups } = answers;
  const p = checkProbabilities(answers);
  const [n, c] = [labels.length, classes.length];
  const items = new Array<number>(c).fill(0);
  const predicted = new Array<number>(c).fill(0);
  const right = new Array<number>(c).fill(0);
  let brier = 0;
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    const answer = argmax(p, i * c, c);
    items[label]!++;
    predicted[answer]!++;
    if (answer === label) right[label]!++;
    for (let k = 0; k < c; k++) brier += (p[i * c + k]! - (k === label ? 1 : 0)) ** 2 / n;
  }
  const present = indices(c).filter((k) => items[k]! > 0);
  const recall = (k: number): number => ratio(right[k]!, items[k]!);
  const hits = right.reduce((sum, r) => sum + r, 0);
  const over = (score: (k: number) => number): ClassAverages => ({
    macro: mean(present.map(score)),
    micro: hits / n,
    weighted: present.reduce((sum, k) => sum + (items[k]! / n) * score(k), 0),
  });

  const [ofAuroc, ofPrecision] = [auroc, averagePrecision].map((score) =>
    rankedScores(score, p, labels, items),
  ) as [RankedScores, RankedScores];
  const rare = rareClassScores(classes, labels, p, groups);
  return {
    balanced_accuracy: mean(present.map(recall)),
    precision: over((k) => ratio(right[k]!, predicted[k]!)),
    recall: over(recall),
    f1: over((k) => ratio(2 * right[k]!, items[k]! + predicted[k]!)),
    auroc: ofAuroc.averages,
    average_precision: ofPrecision.averages,
    top_k: reportedK
      .filter((k) => k < c)
      .map((k) => {
        const found = topKHits(p, labels, c, k);
        return {
          k,
          accuracy: found.reduce((sum, hit) => sum + hit, 0) / n,
          ci95: shareInterval(found, groups),
        };
      }),
    ...(rare && { rare }),
    brier: c === 2 ? brier / 2 : brier,
    kappa: kappa(n, hits, items, predicted),
    mcc: matthews(n, hits, items, predicted),
    per_class: classes.map((label, k) => ({
      label,
      n: items[k]!,
      predicted: predicted[k]!,
      right: right[k]!,
      auroc: ofAuroc.ofClass[k] ?? null,
      average_precision: ofPrecision.ofClass[k] ?? null,
    })),
    absent: classes.filter((_, k) => items[k] === 0),
  };
}

/** A score of each class against the others, undefined for a class that has none, and its averages. */
interface RankedScores {
  readonly ofClass: readonly (number | undefined)[];
  readonly averages: ClassAverages<number | null>;
}

/** Scores the order of the probabilities of each class. @param items number of items of each class */
function rankedScores(
  score: typeof auroc,
  p: Float64Array,
  labels: ArrayLike<number>,
  items: readonly number[],
): RankedScores {
  const [n, c] = [labels.length, items.length];
  const column = new Float64Array(n);
  const isClass = new Uint8Array(n);
  const ofClass = items.map((_, k) => {
    for (let i = 0; i < n; i++) {
      column[i] = p[i * c + k]!;
      isClass[i] = labels[i] === k ? 1 : 0;
    }
    return score(column, isClass);
  });
  const pooled = new Uint8Array(n * c);
  for (let i = 0; i < n; i++) pooled[i * c + labels[i]!] = 1;
  const micro = score(p, pooled) ?? null;
  const defined = indices(c).filter((k) => items[k]! > 0 && ofClass[k] !== undefined);
  if (defined.length === 0) return { ofClass, averages: { macro: null, micro, weighted: null } };
  const weighted = defined.reduce((sum, k) => sum + (items[k]! / n) * ofClass[k]!, 0);
  return { ofClass, averages: { macro: mean(defined.map((k) => ofClass[k]!)), micro, weighted } };
}

/**
 * Share of items whose true class is among the k most probable ones. Of equal probabilities at the border the later class
 * counts as the more probable, as in scikit-learn's `top_k_accuracy_score`; with k ≥ C it is 1.
 * @param probabilities float64[N, C]; raw scores do as well, only their order counts
 * @throws DataError for no items
 */
export function topKAccuracy(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  k: number,
): number {
  const hits = topKHits(probabilities, labels, classes, k);
  return hits.reduce((sum, hit) => sum + hit, 0) / labels.length;
}

/** Returns 1 for each item whose true class is among the k most probable ones, else 0. */
function topKHits(p: ArrayLike<number>, labels: ArrayLike<number>, classes: number, k: number): Uint8Array {
  const hits = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const own = p[i * classes + labels[i]!]!;
    let before = 0;
    for (let j = 0; j < classes; j++) {
      const other = p[i * classes + j]!;
      if (other > own || (other === own && j > labels[i]!)) before++;
    }
    if (before < k) hits[i] = 1;
  }
  return hits;
}

/** κ = (p_o − p_e) / (1 − p_e), p_e = Σ_k t_k p_k / s² */
function kappa(s: number, hits: number, t: readonly number[], p: readonly number[]): number | null {
  const expected = t.reduce((sum, count, k) => sum + (count / s) * (p[k]! / s), 0);
  return expected >= 1 ? null : (hits / s - expected) / (1 - expected);
}

/** (c s − Σ_k p_k t_k) / √((s² − Σ p_k²) (s² − Σ t_k²)) */
function matthews(s: number, c: number, t: readonly number[], p: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, v, k) => sum + v * b[k]!, 0);
  const spread = (s * s - dot(p, p)) * (s * s - dot(t, t));
  return spread === 0 ? 0 : (c * s - dot(p, t)) / Math.sqrt(spread);
}

const indices = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
