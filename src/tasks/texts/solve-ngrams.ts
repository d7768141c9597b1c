import { withNgramHead } from "../../bases/text/ngram-head.js";
import { EngraftError } from "../../core/errors.js";
import { message, type Sentence } from "../../core/messages/message.js";
import { type Rows, rowsOf, stackedRows } from "../../core/results/rows.js";
import type { ImageItem } from "../../data/index.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import {
  fitTokenNgrams,
  ignoredTokens,
  type TokenNgrams,
  tokenNgramRows,
} from "../../data/texts/token-ngrams.js";
import { factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Graph } from "../../graph/graph.js";
import { joinedRows } from "../../linalg/joined-products.js";
import { type ProductRows, sparseRows } from "../../linalg/sparse-products.js";
import { fitSparse, sparseScores, sparseStrengths } from "../../methods/probe/sparse-logistic.js";
import type { Context, Unrecorded } from "../../run/context.js";
import { mayRefit } from "../../run/training/may-refit.js";
import { itemsOf } from "../../run/training/planned.js";
import type { Validation } from "../../train/fit.js";

/** Most n-grams, and most weights: the solver keeps some twenty vectors of them in 64 bits. */
const most = { ngrams: 50_000, weights: 1_000_000 };
/** Most feature values of a run: 400 MB. */
const mostFeatures = 1e8;
/** Fewest validation samples that can choose the strength; with fewer, {@link usualStrength}. */
const fewestToChoose = 100;
/** scikit-learn's C = 10 of two classes is 5 here; the accuracy hardly differs between 5 and 100. */
const usualStrength = 10;
/**
 * Length of the features beside TF-IDF rows of length 1, with few and with many labels per class: many labels of long
 * texts are better told by words. @see docs/decisions/0026-token-ngrams.md
 */
const featureLength = { few: 0.5, many: 0.25, from: 1000 };

/** A split with the frozen encoder's features. */
interface Part {
  /** float32[N, D] */
  readonly features: Rows;
  readonly labels: Int32Array;
  readonly items: readonly ImageItem[];
}

/** A head on frozen features and token n-grams. */
export interface SolvedNgrams {
  /** The network with this head. */
  readonly model: Graph;
  /** Number of weights of the head. */
  readonly parameters: number;
  readonly predictions: { readonly held: Predictions; readonly test: Predictions };
  readonly validation: Validation;
  /** The head of the model learnt from validation texts too. */
  readonly refitted: boolean;
  readonly recipe: readonly Sentence[];
  readonly seconds: number;
}

type Split = "train" | "validation";

/** Samples that a head is fitted on: with a final fit, those of validation too. */
const finalSplits = (context: Unrecorded): readonly Split[] =>
  mayRefit(context) ? ["train", "validation"] : ["train"];

/**
 * Returns the n-grams that occur in most texts of some splits: by default, those of the final head.
 * @throws DataError if there are none
 */
export function ngramsOf(context: Unrecorded, splits: readonly Split[] = finalSplits(context)): TokenNgrams {
  const { dataset, inputs, opened } = context;
  const texts = splits.flatMap((split) => itemsOf(context, split));
  const rows = dataset.classes.length > 2 ? dataset.classes.length : 1;
  const limit = Math.min(most.ngrams, Math.floor(most.weights / rows));
  const ngrams = fitTokenNgrams(
    tokensOf(texts, { inputs, opened }),
    ignoredTokens(opened.base.text!.tokenizer),
    limit,
  );
  if (ngrams.unigrams.length === 0)
    throw new EngraftError("DataError", "the training texts have no token with a letter or digit", {
      help: "use --strategy probe, or a base whose tokenizer knows the script of the texts",
    });
  return ngrams;
}

/** Yields the tokens of each text, with the segments of pairs only if the saved model gets them. */
function* tokensOf(
  items: readonly ImageItem[],
  { inputs, opened }: Pick<Context, "inputs" | "opened">,
): Generator<Int32Array> {
  for (const item of items) {
    const tokens = inputs!.tensor([item], inputs!.lengthOf(item)).data as Int32Array;
    yield isJoined(opened) ? tokens.map((token) => token % segmentUnit) : tokens;
  }
}

/** True for pairs whose segments the encoder does not take. */
const isJoined = ({ base }: Context["opened"]): boolean => base.text?.pairs === "joined";

/**
 * Solves a linear head on the frozen features and the TF-IDF of token n-grams.
 *
 * x = [ t ; a h / |h| ],   t the text's TF-IDF of length 1, h the features, a {@link featureLength}
 *
 * The strength, the validation score and the predictions for the validation split are those of a head, and of n-grams, of the
 * training texts alone. If it may learn from all, n-grams and head of the model then come from training and validation texts.
 *
 * @param parts without a test split, its predictions are empty
 * @throws DataError without n-grams, or for more than {@link mostFeatures} features
 */
export async function solveNgrams(
  context: Unrecorded,
  parts: { readonly train: Part; readonly validation: Part; readonly test?: Part },
  mayLearnFromAll = mayRefit(context),
): Promise<SolvedNgrams> {
  const { dataset, opened, options } = context;
  const { signal } = options;
  const { classes } = dataset;
  const { train, validation, test = nothing(opened.body.width) } = parts;
  const { width } = opened.body;
  const texts = train.items.length + validation.items.length + test.items.length;
  if (texts * width > mostFeatures)
    throw new EngraftError("DataError", `${texts} texts are too many for n-gram features`, {
      help: `use at most ${Math.floor(mostFeatures / width)} (--train-size), or --strategy probe`,
    });
  const begin = performance.now();
  const factor =
    train.items.length >= featureLength.from * classes.length ? featureLength.many : featureLength.few;
  const solve = async (
    splits: readonly Split[],
    learned: Part,
    other: Part,
    strengths: readonly number[],
  ) => {
    const ngrams = ngramsOf(context, splits);
    const rowsOf = rowsWith(context, ngrams, factor);
    const [rows, otherRows] = [rowsOf(learned), rowsOf(other)];
    const fit = await fitSparse(
      { rows, labels: learned.labels },
      { rows: otherRows, labels: other.labels },
      classes.length,
      { strengths, ...(signal && { signal }) },
    );
    return { ngrams, fit, rowsOf, logits: sparseScores(fit, otherRows) };
  };
  const few = validation.items.length < fewestToChoose;
  const chosen = await solve(["train"], train, validation, few ? [usualStrength] : sparseStrengths);
  const held: Predictions = { logits: chosen.logits, ...factsOf(validation.items) };
  const refitted = mayLearnFromAll && validation.items.length > 0;
  const both = refitted && together(train, validation);
  const final = both ? await solve(["train", "validation"], both, test, [chosen.fit.strength]) : chosen;
  const { loss, accuracy } =
    validation.items.length > 0 ? scoresOf(classes, held) : { loss: Number.NaN, accuracy: Number.NaN };
  const { ngrams, fit } = final;
  const weight = fit.weight.map((w, i) =>
    i % (ngrams.idf.length + width) < ngrams.idf.length ? w : factor * w,
  );
  return {
    model: withNgramHead(opened.body, ngrams, { weight, bias: fit.bias }, { joined: isJoined(opened) }),
    parameters: weight.length + fit.bias.length,
    predictions: {
      held,
      test: { logits: both ? final.logits : sparseScores(fit, final.rowsOf(test)), ...factsOf(test.items) },
    },
    validation: { score: accuracy, loss },
    refitted,
    recipe: [
      message("linear-model", {
        ...{ model: "logistic", inputs: "features and token n-grams" },
        ...{ features: width, terms: ngrams.idf.length },
      }),
      message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
      ...(refitted ? [message("refitted")] : []),
    ],
    seconds: (performance.now() - begin) / 1000,
  };
}

const nothing = (width: number): Part => ({
  ...{ features: rowsOf(new Float32Array(0), width), labels: new Int32Array(0), items: [] },
});

/** The samples of two splits. */
const together = (first: Part, second: Part): Part => ({
  features: stackedRows(first.features, second.features),
  labels: Int32Array.from([...first.labels, ...second.labels]),
  items: [...first.items, ...second.items],
});

/** Returns the function from a split to its rows: TF-IDF beside features of length `factor`. */
function rowsWith(context: Unrecorded, ngrams: TokenNgrams, factor: number): (part: Part) => ProductRows {
  const rowOf = tokenNgramRows(ngrams);
  return ({ items, features }) => {
    const words = sparseRows(Array.from(tokensOf(items, context), rowOf), ngrams.idf.length);
    return joinedRows(words, scaledRows(features, factor), features.width);
  };
}

/** Returns rows of one length, float32[N, D]; a row of zeros stays. */
function scaledRows(rows: Rows, length: number): Float32Array {
  const { count, width } = rows;
  const scaled = new Float32Array(count * width);
  rows.read(0, scaled);
  for (let from = 0; from < scaled.length; from += width) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += scaled[from + d]! ** 2;
    const by = length / (Math.sqrt(sum) || 1);
    for (let d = 0; d < width; d++) scaled[from + d]! *= by;
  }
  return scaled;
}
