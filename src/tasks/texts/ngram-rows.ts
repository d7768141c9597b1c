import { EngraftError } from "../../core/errors.js";
import type { Rows } from "../../core/results/rows.js";
import { requireItems, type Sample } from "../../data/index.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import {
  fitTokenNgrams,
  ignoredTokens,
  type TokenNgrams,
  tokenNgramRows,
} from "../../data/texts/token-ngrams.js";
import { joinedRows } from "../../linalg/joined-products.js";
import { type ProductRows, type SparseRows, sparseRows } from "../../linalg/sparse-products.js";
import type { Context, Unrecorded } from "../../run/context.js";
import { mayRefit } from "../../run/training/may-refit.js";
import { itemsOf } from "../../run/training/planned.js";

/** Most n-grams, and most weights: the solver keeps some twenty vectors of them in 64 bits. */
const most = { ngrams: 50_000, weights: 1_000_000 };

/** Texts with the encoder's features. */
export interface TextPart<Item extends Sample = Sample> {
  /** float32[N, D] */
  readonly features: Rows;
  readonly items: readonly Item[];
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
  items: readonly Sample[],
  { inputs, opened }: Pick<Context, "inputs" | "opened">,
): Generator<Int32Array> {
  const texts = requireItems(inputs);
  const encoders = opened.base.encoders ?? 1;
  for (const item of items) {
    const all = texts.tensor([item], texts.lengthOf(item)).data as Int32Array;
    const tokens = encoders === 1 ? all : all.filter((_, at) => at % encoders === 0);
    yield isJoined(opened) ? tokens.map((token) => token % segmentUnit) : tokens;
  }
}

/** True for pairs whose segments the encoder does not take. */
export const isJoined = ({ base }: Context["opened"]): boolean => base.text?.pairs === "joined";

/** Rows of texts, [ t ; h / |h| ] with a scale for each column: t the TF-IDF of length 1, h the features. */
export interface NgramRows {
  readonly ngrams: TokenNgrams;
  /** Scales of the n-grams, float64[n-grams]. */
  readonly scales: Float64Array;
  /** @param length scale of the features: their length */
  rowsOf(part: TextPart, length: number): ProductRows;
}

/**
 * Returns rows of texts with the n-grams of some splits.
 * @param learned the texts of these splits
 * @param scalesOf scales of n-grams by their rows
 */
export function ngramRows(
  context: Unrecorded,
  splits: readonly Split[],
  learned: TextPart,
  scalesOf: (rows: SparseRows, items: TextPart["items"]) => Float64Array,
): NgramRows {
  const ngrams = ngramsOf(context, splits);
  const rowOf = tokenNgramRows(ngrams);
  const wordsOf = ({ items }: TextPart): SparseRows =>
    sparseRows(Array.from(tokensOf(items, context), rowOf), ngrams.idf.length);
  const scales = scalesOf(wordsOf(learned), learned.items);
  const scaled = new Map<TextPart, SparseRows>();
  return {
    ngrams,
    scales,
    rowsOf(part, length) {
      const words = scaled.get(part) ?? scaleColumns(wordsOf(part), scales);
      scaled.set(part, words);
      return joinedRows(words, rowsOfLength(part.features, length), part.features.width);
    },
  };
}

/** Multiplies the columns in place. */
function scaleColumns(rows: SparseRows, scales: Float64Array): SparseRows {
  const { columns, values } = rows;
  for (let e = 0; e < values.length; e++) values[e]! *= scales[columns[e]!]!;
  return rows;
}

/** Returns rows of one length, float32[N, D]; a row of zeros stays. */
function rowsOfLength(rows: Rows, length: number): Float32Array {
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
