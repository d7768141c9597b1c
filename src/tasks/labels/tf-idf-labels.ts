import { message, recipeFields } from "../../core/messages/message.js";
import type { LabelBaseline, LabelScores } from "../../core/results/labels.js";
import { labelValidation } from "../../evaluate/labels.js";
import { fitOneVsRest, linearScores } from "../../methods/probe/one-vs-rest.js";
import { sparseStrengths } from "../../methods/probe/sparse-logistic.js";
import type { Context } from "../../run/context.js";
import { itemsOf } from "../../run/training/planned.js";
import { type TfIdfKey, tfIdfKeys, tfIdfTerms, wordRows } from "../texts/tf-idf-baseline.js";
import { type LabelData, type LabelItem, targetsOf } from "./label-head.js";

/** A baseline with its validation micro F1. */
export interface ValidatedLabels {
  readonly baseline: LabelBaseline;
  readonly validation: number;
}

/** Fits all baselines on terms of texts. Missing: no term of the training split occurs twice. */
export async function tfIdfLabels(
  context: Context & LabelData,
  scored: (logits: Float32Array) => LabelScores,
): Promise<Partial<Record<TfIdfKey, ValidatedLabels>>> {
  const found: Partial<Record<TfIdfKey, ValidatedLabels>> = {};
  for (const key of tfIdfKeys) {
    // The model itself is no baseline of it.
    if (key === context.options.strategy) continue;
    const one = await tfIdfOfLabels(context, scored, key);
    if (one) found[key] = one;
  }
  return found;
}

/**
 * Fits a baseline without a network: logistic regression for each label on the terms of a text.
 * @returns undefined as {@link wordRows}
 */
async function tfIdfOfLabels(
  context: Context & LabelData,
  scored: (logits: Float32Array) => LabelScores,
  key: TfIdfKey,
): Promise<ValidatedLabels | undefined> {
  const labels = context.dataset.classes.length;
  const { signal } = context.options;
  const begin = performance.now();
  const [train, validation, test] = (["train", "validation", "test"] as const).map((part) =>
    itemsOf(context, part),
  ) as [LabelItem[], LabelItem[], LabelItem[]];
  const words = wordRows(key, context, labels);
  if (!words) return undefined;
  const sets = (items: readonly LabelItem[]) => ({
    features: words.rowsOf(items),
    targets: targetsOf(items, labels),
  });
  const held = sets(validation);
  const fit = await fitOneVsRest(
    sets(train),
    held,
    { width: words.terms, labels },
    { strengths: sparseStrengths, signal },
  );
  return {
    baseline: {
      test: scored(linearScores(fit, words.rowsOf(test), labels)),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", {
          model: "logistic",
          inputs: tfIdfTerms[key].inputs,
          terms: words.terms,
          each_label: true,
        }),
        message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
      ]),
    },
    validation: labelValidation(linearScores(fit, held.features, labels), held.targets, labels).score,
  };
}
