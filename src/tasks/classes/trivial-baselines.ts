import type { Baseline } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import type { ClassSample } from "../../data/index.js";
import {
  accuracyOf,
  applyHead,
  factsOf,
  type Predictions,
  scoresOf,
} from "../../evaluate/class-predictions.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import { itemsOf } from "../../run/training/planned.js";
import { computeTrivialFeatures } from "../trivial/compute-trivial-features.js";

/** A baseline with its validation accuracy. */
export interface ValidatedBaseline {
  readonly baseline: Baseline;
  readonly validation: number;
}

/** Returns the baseline that always predicts the most frequent class of the training split. */
export function majorityBaseline(context: OfClasses): ValidatedBaseline {
  const { classes } = context.dataset;
  const counts = classes.map(() => 0);
  const train = itemsOf(context, "train");
  for (const { label } of train) counts[label]!++;
  const test = itemsOf(context, "test");
  // + 1: a class without a training item has a finite loss.
  const shares = counts.map((n) => Math.log((n + 1) / (train.length + classes.length)));
  const constant = (items: readonly ClassSample[]): Predictions => ({
    logits: Float32Array.from(items.flatMap(() => shares)),
    ...factsOf(items),
  });
  return {
    baseline: {
      test: scoresOf(classes, constant(test)),
      seconds: 0,
      ...recipeFields([message("always-majority")]),
    },
    validation: accuracyOf(constant(itemsOf(context, "validation")), classes.length),
  };
}

/** Baseline with its predictions for the validation split. */
export interface TrivialBaseline {
  readonly baseline: Baseline;
  readonly held: Predictions;
}

/** Fits a baseline without a network: logistic regression on pixels, or on log-mel statistics. */
export async function trivialBaseline(context: OfClasses): Promise<TrivialBaseline> {
  const { classes } = context.dataset;
  const { signal } = context.options;
  const begin = performance.now();
  const { width: dims, recipe, rows } = await computeTrivialFeatures(context);
  const partOf = (part: ClassSample["part"]) => ({
    ...factsOf(itemsOf(context, part)),
    features: rows[part],
  });
  const [train, validation, test] = [partOf("train"), partOf("validation"), partOf("test")];
  // Loaded on demand: a page without baselines does not need it.
  const { fitProbeInTurns } = await import("../../methods/probe/index.js");
  const probe = await fitProbeInTurns(
    { train, validation, dims, classes: classes.length },
    { refit: mayRefit(context), ...(signal && { signal }) },
  );
  const { features, ...facts } = test;
  const { features: _used, ...held } = validation;
  return {
    baseline: {
      test: scoresOf(classes, { logits: applyHead(probe, rowsOf(features, dims)), ...facts }),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "logistic", ...recipe }),
        message("inverse-regularisation", { strength: Number(probe.strength.toPrecision(3)) }),
        ...fitSentences(probe, mayRefit(context) && validation.labels.length > 0),
      ]),
    },
    held: { logits: probe.held, ...held },
  };
}
