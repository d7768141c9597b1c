import { message, recipeFields } from "../../core/messages/message.js";
import type { LabelBaseline, LabelScores } from "../../core/results/labels.js";
import { labelValidation } from "../../evaluate/labels.js";
import { fitOneVsRest, linearScores } from "../../methods/probe/one-vs-rest.js";
import { sparseStrengths } from "../../methods/probe/sparse-logistic.js";
import type { Context } from "../../run/context.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import { itemsOf } from "../../run/training/planned.js";
import {
  isCut,
  type TfIdfKey,
  tfIdfKeys,
  tfIdfTerms,
  type WordRows,
  wordRows,
} from "../texts/tf-idf-baseline.js";
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
    if (key === context.options.strategy || isCut(key, context)) continue;
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
  const setOf = (rows: WordRows, items: readonly LabelItem[]) => ({
    features: rows.rowsOf(items),
    targets: targetsOf(items, labels),
  });
  const held = setOf(words, validation);
  const chosen = await fitOneVsRest(
    setOf(words, train),
    held,
    { width: words.terms, labels },
    { strengths: sparseStrengths, signal },
  );
  const refitted = mayRefit(context) && validation.length > 0;
  const all = refitted ? wordRows(key, context, labels, ["train", "validation"])! : words;
  const fit = refitted
    ? await fitOneVsRest(
        setOf(all, [...train, ...validation]),
        setOf(all, []),
        { width: all.terms, labels },
        { strengths: [chosen.strength], signal },
      )
    : chosen;
  return {
    baseline: {
      test: scored(linearScores(fit, all.rowsOf(test), labels)),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", {
          model: "logistic",
          inputs: tfIdfTerms[key].inputs,
          terms: all.terms,
          each_label: true,
        }),
        message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
        ...fitSentences({}, refitted),
      ]),
    },
    validation: labelValidation(linearScores(chosen, held.features, labels), held.targets, labels).score,
  };
}
