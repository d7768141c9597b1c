import { message, recipeFields } from "../../core/messages/message.js";
import type { LabelScores, LabelsResultEvent } from "../../core/results/labels.js";
import { areSounds, areTexts } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { labelValidation } from "../../evaluate/labels.js";
import { defaultStrengths } from "../../methods/probe/index.js";
import { fitOneVsRest, linearScores } from "../../methods/probe/one-vs-rest.js";
import type { ValidationScores } from "../../run/baselines/rivals.js";
import type { Context } from "../../run/context.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import { itemsOf } from "../../run/training/planned.js";
import type { TfIdfKey } from "../texts/tf-idf-baseline.js";
import { computeTrivialFeatures } from "../trivial/compute-trivial-features.js";
import { type LabelData, targetsOf } from "./label-head.js";
import type { ValidatedLabels } from "./tf-idf-labels.js";

/** Scores logits of the test items, float32[N, L]. @param thresholds a probability for each label */
export type ScoreTest = (logits: Float32Array, thresholds: readonly number[]) => LabelScores;

/**
 * Fits the baselines without a pretrained model: always the most frequent labels, TF-IDF for texts, pixels for
 * pictures, log-mel statistics for sounds.
 * @param thresholds probability threshold of each label for the baselines
 */
export async function labelBaselines(
  context: Context & LabelData,
  score: ScoreTest,
  thresholds: readonly number[],
): Promise<{
  readonly baselines: Pick<LabelsResultEvent["baselines"], "frequent" | TfIdfKey | "pixels" | "log_mel">;
  readonly validation: ValidationScores;
}> {
  const scored = (logits: Float32Array): LabelScores => score(logits, thresholds);
  const frequent = frequentLabels(context, score);
  const { inputs } = context;
  const others = areTexts(inputs)
    ? await (await import("./tf-idf-labels.js")).tfIdfLabels(context, scored)
    : { [areSounds(inputs) ? "log_mel" : "pixels"]: await trivialLabels(context, scored) };
  const all = Object.entries({ frequent, ...others });
  return {
    baselines: Object.fromEntries(all.map(([key, { baseline }]) => [key, baseline])),
    validation: Object.fromEntries(all.map(([key, { validation }]) => [key, validation])),
  };
}

/**
 * Returns the most frequent labels whose constant prediction has the highest micro F1:
 * F1(m) = 2 Σ_{k ≤ m} n_k / (Σ n_k + m N),  n_k the items with the k-th most frequent label, N all items.
 */
export function mostFrequent(counts: readonly number[], items: number): readonly number[] {
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]!);
  const all = counts.reduce((sum, n) => sum + n, 0);
  let [correct, best, most] = [0, 0, 0];
  for (const [at, label] of order.entries()) {
    correct += counts[label]!;
    const f1 = (2 * correct) / (all + (at + 1) * items);
    if (f1 > best) [best, most] = [f1, at + 1];
  }
  return order.slice(0, most);
}

/** Returns the baseline that always predicts the most frequent labels of the training split. */
function frequentLabels(context: Context & LabelData, score: ScoreTest): ValidatedLabels {
  const { classes } = context.dataset;
  const [train, validation, test] = (["train", "validation", "test"] as const).map((part) =>
    targetsOf(itemsOf(context, part), classes.length),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  const items = train.length / classes.length;
  const counts = classes.map(
    (_, k) => train.filter((has, i) => i % classes.length === k && has === 1).length,
  );
  const predicted = new Set(mostFrequent(counts, items));
  // + 1: a label without a training item has a finite loss.
  const logits = counts.map((n) => Math.log((n + 1) / (items - n + 1)));
  const constant = (targets: Uint8Array): Float32Array =>
    Float32Array.from(targets, (_, i) => logits[i % classes.length]!);
  return {
    baseline: {
      // Thresholds of 0 and 1 predict a label always or never, whatever its probability.
      test: score(
        constant(test),
        classes.map((_, k) => (predicted.has(k) ? 0 : 1)),
      ),
      seconds: 0,
      ...recipeFields([message("always-frequent-labels", { labels: predicted.size })]),
    },
    validation: f1OfConstant(validation, classes.length, predicted),
  };
}

/** Returns the micro F1 of predicting the same labels for every item. */
function f1OfConstant(targets: Uint8Array, labels: number, constant: ReadonlySet<number>): number {
  let [n, correct] = [0, 0];
  for (const [i, has] of targets.entries()) {
    n += has;
    if (constant.has(i % labels)) correct += has;
  }
  const predicted = constant.size * (targets.length / labels);
  return n + predicted === 0 ? 0 : (2 * correct) / (n + predicted);
}

/** Fits a logistic regression for each label on pixels, or on log-mel statistics. */
async function trivialLabels(
  context: Context & LabelData,
  scored: (logits: Float32Array) => LabelScores,
): Promise<ValidatedLabels> {
  const labels = context.dataset.classes.length;
  const { signal } = context.options;
  const begin = performance.now();
  const { width, recipe, rows } = await computeTrivialFeatures(context);
  const setsOf = (part: "train" | "validation") => {
    const items = itemsOf(context, part);
    const groups = groupsOfItems(items);
    return { features: rows[part], targets: targetsOf(items, labels), ...(groups && { groups }) };
  };
  const [train, validation] = [setsOf("train"), setsOf("validation")];
  const fit = await fitOneVsRest(
    train,
    validation,
    { width, labels },
    {
      strengths: defaultStrengths,
      scaling: "common",
      refit: mayRefit(context),
      signal,
    },
  );
  return {
    baseline: {
      test: scored(linearScores(fit, rows.test, labels)),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "logistic", ...recipe, each_label: true }),
        message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
        ...fitSentences(fit, mayRefit(context) && validation.targets.length > 0),
      ]),
    },
    validation: labelValidation(fit.held, validation.targets, labels).score,
  };
}
