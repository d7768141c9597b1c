import { EngraftError } from "../../core/errors.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { Rows } from "../../core/results/rows.js";
import type { ImageItem } from "../../data/index.js";
import { accuracyOf, factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { joinedRows } from "../../linalg/joined-products.js";
import type { ProductRows, SparseRows } from "../../linalg/sparse-products.js";
import { fitSparse, type LabelledRows, sparseScores } from "../../methods/probe/sparse-logistic.js";
import type { Context } from "../../run/context.js";
import type { ValidatedBaseline } from "../classes/trivial-baselines.js";
import { type WordRows, wordRows } from "./tf-idf-baseline.js";

/** A split with the frozen encoder's features. */
interface Part {
  /** float32[N, D] */
  readonly features: Rows;
  readonly labels: Int32Array;
  readonly items: readonly ImageItem[];
}

/** Most feature values of all splits, 8 bytes each: a limit for the memory of a baseline. */
const mostFeatures = 2e7;

/**
 * Fits logistic regression on TF–IDF and the encoder's features together.
 *
 * x = [ (h − h̄) / |h − h̄| ; t ],   h the frozen features, h̄ their mean over the training split, t the text's TF–IDF
 *
 * Both blocks have length 1, so they have equal weight. The regularisation is chosen on the validation split.
 * @returns undefined if no word of the training split occurs twice, or there are more than {@link mostFeatures}
 * features
 */
export async function hybridBaseline(
  { dataset, options: { signal } }: Pick<Context, "dataset" | "options">,
  parts: { readonly train: Part; readonly validation: Part; readonly test: Part },
  width: number,
): Promise<ValidatedBaseline | undefined> {
  const { classes } = dataset;
  const begin = performance.now();
  const { train, validation, test } = parts;
  if ((train.items.length + validation.items.length + test.items.length) * width > mostFeatures)
    return undefined;
  let words: WordRows;
  try {
    words = wordRows(train.items, classes.length > 2 ? classes.length : 1);
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "DataError") return undefined;
    throw error;
  }
  const mean = meanOf(train.features);
  const labelled = (part: Part): LabelledRows => ({
    rows: concatenate(words.rowsOf(part.items), part.features, mean),
    labels: part.labels,
  });
  const fit = await fitSparse(
    labelled(train),
    labelled(validation),
    classes.length,
    signal ? { signal } : {},
  );
  const predictions = (part: Part) => ({
    logits: sparseScores(fit, labelled(part).rows),
    ...factsOf(part.items),
  });
  return {
    baseline: {
      test: scoresOf(classes, predictions(test)),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", {
          model: "logistic",
          inputs: "features and tf-idf",
          features: width,
          terms: words.terms,
        }),
        message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
      ]),
    },
    validation: accuracyOf(predictions(validation), classes.length),
  };
}

/** Returns all values in memory: there are at most {@link mostFeatures}. */
function valuesOf(rows: Rows): Float32Array {
  if (rows.whole) return rows.whole;
  const values = new Float32Array(rows.count * rows.width);
  rows.read(0, values);
  return values;
}

function meanOf(rows: Rows): Float64Array {
  const { count, width } = rows;
  const mean = new Float64Array(width);
  valuesOf(rows).forEach((value, i) => {
    mean[i % width]! += value / count;
  });
  return mean;
}

/** Returns each row of words with the features appended. */
function concatenate(words: SparseRows, features: Rows, mean: Float64Array): ProductRows {
  const width = mean.length;
  const all = valuesOf(features);
  const unit = new Float32Array(all.length);
  for (let from = 0; from < all.length; from += width) {
    const centred = Float64Array.from(mean, (m, d) => all[from + d]! - m);
    const length = Math.hypot(...centred) || 1;
    unit.set(
      centred.map((value) => value / length),
      from,
    );
  }
  return joinedRows(words, unit, width);
}
