import type { ClassSample } from "../../data/index.js";
import { factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Graph } from "../../graph/graph.js";
import { countRatioScales } from "../../methods/probe/count-ratios.js";
import { fitSparse, type LabelledRows } from "../../methods/probe/sparse-logistic.js";
import type { Context, Unrecorded } from "../../run/context.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { frozenNgrams, type SolveNgrams } from "./ngram-rivals.js";
import { type NgramParts, type NgramTargets, solveNgrams, type TextRows } from "./solve-ngrams.js";

/** Fewest training texts per class whose counts tell which n-grams matter. @see docs/decisions/0026-token-ngrams.md */
const fewestToCount = 100;

/** Solves a head with n-grams for texts with one class each. @throws as {@link solveNgrams} */
export const solveClassNgrams: SolveNgrams<
  { readonly held: Predictions; readonly test: Predictions },
  ClassSample
> = async (context, parts, mayLearnFromAll) => {
  const solved = await solveNgrams(context, parts, classTargets(context), mayLearnFromAll);
  const { held, test } = solved.logits;
  return {
    ...solved,
    answers: {
      held: { logits: held, ...factsOf(parts.validation.items) },
      test: { logits: test, ...factsOf(parts.test?.items ?? []) },
    },
  };
};

/** {@link frozenNgrams} for one class per text. */
export const frozenClassNgrams = (context: Context, parts: NgramParts<ClassSample>) =>
  frozenNgrams(context, parts, solveClassNgrams);

/** Solves a head with n-grams on the features of a fine-tuned encoder, for one class per text. */
export const tunedClassNgrams = async (context: OfClasses, model: Graph) =>
  (await import("./tuned-ngrams.js")).tunedNgrams(context, model, solveClassNgrams);

/** Forecasts the seconds of the heads with n-grams of a run, for one class per text. */
export const secondsOfClassNgrams = async (context: Context): Promise<number> =>
  (await import("./ngram-seconds.js")).secondsOfNgrams(context, classTargets(context));

/** Returns one class per text as targets. The n-grams of two classes are scaled by their log-count ratios. */
function classTargets({ dataset: { classes }, options: { signal } }: Unrecorded): NgramTargets<ClassSample> {
  const labelled = ({ rows, items }: TextRows<ClassSample>): LabelledRows => ({
    rows,
    labels: factsOf(items).labels,
  });
  return {
    // scikit-learn's C = 10 of two classes is 5 here; the accuracy hardly differs between 5 and 100.
    usualStrength: 10,
    fit: (train, held, strengths, onStrength) =>
      fitSparse(labelled(train), labelled(held), classes.length, { strengths, onStrength, signal }),
    validationOf(logits, items) {
      if (items.length === 0) return { score: Number.NaN, loss: Number.NaN };
      const { accuracy, loss } = scoresOf(classes, { logits, ...factsOf(items) });
      return { score: accuracy, loss };
    },
    scalesOf: (rows, items) =>
      classes.length === 2 && items.length >= fewestToCount * classes.length
        ? countRatioScales(rows, factsOf(items).labels)
        : new Float64Array(rows.width).fill(1),
  };
}
