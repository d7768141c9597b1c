import { labelValidation } from "../../evaluate/labels.js";
import type { Graph } from "../../graph/graph.js";
import { fitOneVsRest } from "../../methods/probe/one-vs-rest.js";
import type { Context, Unrecorded } from "../../run/context.js";
import { frozenNgrams, type SolveNgrams } from "../texts/ngram-rivals.js";
import { type NgramParts, type NgramTargets, solveNgrams, type TextRows } from "../texts/solve-ngrams.js";
import { type LabelData, type LabelItem, targetsOf } from "./label-head.js";

/** Solves a head with n-grams for texts with several labels. @throws as {@link solveNgrams} */
export const solveLabelNgrams: SolveNgrams<
  { readonly held: Float32Array; readonly test: Float32Array },
  LabelItem
> = async (context, parts, mayLearnFromAll) => {
  const solved = await solveNgrams(context, parts, labelTargets(context), mayLearnFromAll);
  return { ...solved, answers: solved.logits };
};

/** {@link frozenNgrams} for several labels. */
export const frozenLabelNgrams = (context: Context, parts: NgramParts<LabelItem>) =>
  frozenNgrams(context, parts, solveLabelNgrams);

/** Solves a head with n-grams on the features of a fine-tuned encoder, for several labels. */
export const tunedLabelNgrams = async (context: Context & LabelData, model: Graph) =>
  (await import("../texts/tuned-ngrams.js")).tunedNgrams(context, model, solveLabelNgrams);

/** Forecasts the seconds of the heads with n-grams of a run, for several labels. */
export const secondsOfLabelNgrams = async (context: Context): Promise<number> =>
  (await import("../texts/ngram-seconds.js")).secondsOfNgrams(context, labelTargets(context));

/** Returns several labels per text as targets: a logistic regression for each label. */
function labelTargets({ dataset: { classes }, options: { signal } }: Unrecorded): NgramTargets<LabelItem> {
  const labels = classes.length;
  const labelled = ({ rows, items }: TextRows<LabelItem>) => ({
    features: rows,
    targets: targetsOf(items, labels),
  });
  return {
    // Lower ones give few probabilities above 0.5.
    usualStrength: 1000,
    fit: (train, held, strengths, onStrength) =>
      fitOneVsRest(
        labelled(train),
        labelled(held),
        { width: train.rows.width, labels },
        { strengths, onStrength, signal },
      ),
    validationOf: (logits, items) => labelValidation(logits, targetsOf(items, labels), labels),
    scalesOf: ({ width }) => new Float64Array(width).fill(1),
  };
}
