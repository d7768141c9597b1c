import type { ClassificationScores, Interval } from "../core/events/events.js";
import { expectedCalibrationError } from "./calibration.js";
import { hasEnoughOfClasses } from "./interval-rules.js";
import { type ClassificationAnswers, type Predictions, readPredictions } from "./predictions.js";
import { recordedScores } from "./recorded-scores.js";
import { estimateOf, groupFacts, shareInterval } from "./share-interval.js";

export interface ScoreOptions {
  /** Length of the list of mixed-up pairs, default 10. */
  readonly confusedPairs?: number;
  /** Length of the list of wrong answers, or of the least sure right ones; default 10. */
  readonly worstItems?: number;
  /** Number of folds of a cross-validation whose models gave the logits: every interval counts that. Default: one model gave them. */
  readonly folds?: number;
}

/** Fewest items of an interval: below, it is wider than half the range. */
const fewItems = 10;

/**
 * Everything that is reported about a classifier on one set of items.
 *
 * accuracy = right / N with Wilson's interval · loss = mean −log p_true, nats · precision = TP / (TP + FP),
 * recall = TP / (TP + FN), F1 = 2TP / (2TP + FP + FN), each 0 where it would be 0/0 (scikit-learn's
 * `zero_division=0`) · macro F1 = mean F1 over the classes that occur as a label. All intervals count groups. Macro F1 has
 * none if a class has too few items, see `intervalRules`.
 *
 * A set with only one class is scored too: macro F1 is then the F1 of that class. `worst` holds wrong predictions. If there are none, `least_sure` holds the right predictions with the highest loss.
 *
 * @throws DataError for an empty set or a label out of range, ShapeError when lengths differ,
 * NumericError for a logit that is not finite; each names the item.
 * @example
 * scoreClassification({ classes: ["ant", "bee"], labels: [0, 1], logits: Float32Array.of(2, 0, 0, 1), items: ["a.jpg", "b.jpg"] })
 */
export function scoreClassification(
  answers: ClassificationAnswers,
  { confusedPairs = 10, worstItems = 10, folds }: ScoreOptions = {},
): ClassificationScores {
  const { classes, labels } = answers;
  const predictions = readPredictions(answers);
  const { n, predicted, confidence, losses } = predictions;

  const confusion = classes.map(() => new Array<number>(classes.length).fill(0));
  const correct = new Uint8Array(n);
  let right = 0;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    confusion[labels[i]!]![predicted[i]!]!++;
    correct[i] = predicted[i] === labels[i] ? 1 : 0;
    right += correct[i]!;
    loss += losses[i]! / n;
  }
  const perClass = scorePerClass(classes, confusion);
  const tested = perClass.filter((row) => row.n > 0);
  const accuracy = right / n;
  const { groups } = answers;
  const found = estimateOf("accuracy", correct, groups, folds);
  const interval = found.interval ?? ([0, 1] as const);
  return {
    n,
    metric: { name: "accuracy", value: accuracy, ci95: interval, higher_is_better: true },
    accuracy,
    accuracy_ci95: interval,
    macro_f1: tested.reduce((sum, row) => sum + row.f1, 0) / tested.length,
    ...(hasEnoughOfClasses(perClass.map((row) => row.n)) && {
      macro_f1_ci95: shareInterval(macroShares(labels, predicted, perClass), groups, "macro_f1", folds),
    }),
    loss,
    ece: expectedCalibrationError(confidence, correct),
    per_class: perClass.map(({ label, n, precision, recall, f1 }, k) => ({
      label,
      n,
      precision,
      recall,
      f1,
      ...(n > 0 && { recall_ci95: recallInterval(labels, correct, { groups, folds }, k) }),
    })),
    confusion,
    most_confused: mostConfused(classes, confusion, confusedPairs),
    ...examples(answers, predictions, worstItems),
    ...groupFacts(found, groups),
    ...(n < fewItems && { too_few: true as const }),
    ...recordedScores({ metric: "accuracy", k: 1, values: [...correct] }),
  };
}

/** Returns what is reported without any item: no score, and the interval that holds every accuracy. */
export function scoresOfNone(classes: readonly string[]): ClassificationScores {
  const [accuracy, interval] = [Number.NaN, [0, 1]] as const;
  return {
    n: 0,
    metric: { name: "accuracy", value: accuracy, ci95: interval, higher_is_better: true },
    accuracy,
    accuracy_ci95: interval,
    macro_f1: Number.NaN,
    loss: Number.NaN,
    ece: Number.NaN,
    per_class: [],
    confusion: classes.map(() => new Array<number>(classes.length).fill(0)),
    most_confused: [],
    worst: [],
  };
}

/** Returns the 95 % interval of a class's recall, over the items of the class and their groups. */
function recallInterval(
  labels: ArrayLike<number>,
  correct: Uint8Array,
  { groups, folds }: Pick<ClassificationAnswers, "groups"> & Pick<ScoreOptions, "folds">,
  label: number,
): Interval {
  const own = Array.from(correct.keys()).filter((i) => labels[i] === label);
  return shareInterval(
    own.map((i) => correct[i]!),
    groups && own.map((i) => groups[i]!),
    "share",
    folds,
  );
}

/**
 * Returns the share of each item in the macro F1 of classes that all have items, whose mean it is: the mean over the classes of `ratioShares` of
 * 2 TP over n + p. Only the item's own class and its answer have a part that is not F_k / C.
 */
function macroShares(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: readonly { readonly n: number; readonly predictions: number; readonly f1: number }[],
): Float64Array {
  const macro = classes.reduce((sum, { f1 }) => sum + f1, 0) / classes.length;
  const items = labels.length;
  // (a − F b) N / Σb, with a = 2 where label and answer are the class, and b = 1 for each of them that is
  const part = (k: number, a: number, b: number): number => {
    const { n, predictions, f1 } = classes[k]!;
    return ((a - f1 * b) * items) / (n + predictions) / classes.length;
  };
  return Float64Array.from({ length: items }, (_, i) => {
    const [label, answer] = [labels[i]!, predicted[i]!];
    if (label === answer) return macro + part(label, 2, 2);
    return macro + part(label, 0, 1) + part(answer, 0, 1);
  });
}

/** Returns which items were predicted correctly, for paired comparisons. @throws as {@link scoreClassification} */
export function correctness(answers: ClassificationAnswers): boolean[] {
  const { predicted } = readPredictions(answers);
  return Array.from(predicted, (p, i) => p === answers.labels[i]);
}

function scorePerClass(classes: readonly string[], confusion: readonly (readonly number[])[]) {
  return classes.map((label, k) => {
    const hits = confusion[k]![k]!;
    const n = confusion[k]!.reduce((sum, count) => sum + count, 0);
    const predictions = confusion.reduce((sum, row) => sum + row[k]!, 0);
    return {
      label,
      n,
      predictions,
      precision: predictions === 0 ? 0 : hits / predictions,
      recall: n === 0 ? 0 : hits / n,
      f1: n + predictions === 0 ? 0 : (2 * hits) / (n + predictions),
    };
  });
}

function mostConfused(classes: readonly string[], confusion: readonly (readonly number[])[], limit: number) {
  const pairs: { true: string; predicted: string; count: number }[] = [];
  confusion.forEach((row, t) => {
    row.forEach((count, p) => {
      if (t !== p && count > 0) pairs.push({ true: classes[t]!, predicted: classes[p]!, count });
    });
  });
  // Array.sort is stable: equal counts stay in the order of the classes.
  return pairs.sort((x, y) => y.count - x.count).slice(0, limit);
}

/** Returns the wrong predictions of the highest loss, of a group each mistake once; if there are none, the right ones. */
function examples(
  answers: ClassificationAnswers,
  { n, predicted, confidence, losses }: Predictions,
  limit: number,
): Pick<ClassificationScores, "worst" | "least_sure"> {
  const { classes, labels, items, groups } = answers;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => losses[j]! - losses[i]!);
  const listed = (shown: readonly number[]) =>
    shown.slice(0, limit).map((i) => ({
      item: items[i]!,
      true: classes[labels[i]!]!,
      predicted: classes[predicted[i]!]!,
      score: confidence[i]!,
    }));
  const wrong = order.filter((i) => predicted[i] !== labels[i]);
  const seen = new Set<string>();
  // Frames of one recording are one mistake.
  const once = wrong.filter((i) => {
    const mistake = JSON.stringify([groups?.[i] ?? i, labels[i], predicted[i]]);
    return !seen.has(mistake) && seen.add(mistake);
  });
  return wrong.length > 0 ? { worst: listed(once) } : { worst: [], least_sure: listed(order) };
}
