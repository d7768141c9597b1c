import { EngraftError } from "../../core/errors.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { ClassSample, Sample } from "../../data/index.js";
import { fitTfIdf, tfIdfOf } from "../../data/texts/tf-idf.js";
import { accuracyOf, factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { type SparseRows, sparseRows } from "../../linalg/sparse-products.js";
import { fitSparse, type LabelledRows, sparseScores } from "../../methods/probe/sparse-logistic.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf } from "../../run/training/planned.js";
import type { ValidatedBaseline } from "../classes/trivial-baselines.js";

/** Most terms, and most weights: the solver stores about twenty float64 vectors of all weights. */
const most = { terms: 50_000, weights: 1_000_000 };

/** Texts as weighted words. */
export interface WordRows {
  /** Number of words and word pairs: the width of a row. */
  readonly terms: number;
  rowsOf(items: readonly Sample[]): SparseRows;
}

/** Returns the TF-IDF terms of training texts. @param outputs rows of solved weights @throws DataError if no word occurs twice */
export function wordRows(train: readonly Sample[], outputs: number): WordRows {
  const textsOf = (items: readonly Sample[]) =>
    items.map((item) => {
      const { text = "", pair } = item as { readonly text?: string; readonly pair?: string };
      return pair === undefined ? text : `${text}\n${pair}`;
    });
  const bag = fitTfIdf(textsOf(train), Math.min(most.terms, Math.floor(most.weights / outputs)));
  const rowOf = tfIdfOf(bag);
  return {
    terms: bag.terms.length,
    rowsOf: (items) => sparseRows(textsOf(items).map(rowOf), bag.terms.length),
  };
}

/**
 * Fits a baseline without a network: logistic regression on the words and word pairs of a text, weighted by TF-IDF.
 * @returns undefined if no word of the training split occurs twice
 */
export async function tfIdfBaseline(context: OfClasses): Promise<ValidatedBaseline | undefined> {
  const { classes } = context.dataset;
  const { signal } = context.options;
  const begin = performance.now();
  const train = itemsOf(context, "train");
  let words: WordRows;
  try {
    words = wordRows(train, classes.length > 2 ? classes.length : 1);
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "DataError") return undefined;
    throw error;
  }
  const labelled = (items: readonly ClassSample[]): LabelledRows => ({
    rows: words.rowsOf(items),
    labels: Int32Array.from(items, ({ label }) => label),
  });
  const [validation, test] = [itemsOf(context, "validation"), itemsOf(context, "test")];
  const fit = await fitSparse(
    labelled(train),
    labelled(validation),
    classes.length,
    signal ? { signal } : {},
  );
  const predictions = (items: readonly ClassSample[]) => ({
    logits: sparseScores(fit, words.rowsOf(items)),
    ...factsOf(items),
  });
  return {
    baseline: {
      test: scoresOf(classes, predictions(test)),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "logistic", inputs: "tf-idf", terms: words.terms }),
        message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
      ]),
    },
    validation: accuracyOf(predictions(validation), classes.length),
  };
}
