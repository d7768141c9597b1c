import type { TextTerms } from "../../bases/text/ngram-head.js";
import { EngraftError } from "../../core/errors.js";
import type { Rows } from "../../core/results/rows.js";
import { requireItems, type Sample } from "../../data/index.js";
import { concatenatedRow, type SparseRow } from "../../data/texts/bag-of-words.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import { characterRows, fitCharacters, tokenCharacters } from "../../data/texts/token-characters.js";
import { fitTokenNgrams, ignoredTokens, tokenNgramRows } from "../../data/texts/token-ngrams.js";
import { joinedRows } from "../../linalg/joined-products.js";
import { type ProductRows, type SparseRows, sparseRows } from "../../linalg/sparse-products.js";
import { isWithoutBase } from "../../methods/registry.js";
import type { Context, Unrecorded } from "../../run/context.js";
import { mayRefit } from "../../run/training/may-refit.js";
import { itemsOf } from "../../run/training/planned.js";

/** Most n-grams, most sequences of characters, and most weights of each: the solver keeps some twenty vectors of them in 64 bits. */
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
 * Returns the n-grams that occur in most texts of some splits: by default, those of the final head. Of a strategy without features,
 * the sequences of characters too.
 * @throws DataError if there are none
 */
export function termsOf(context: Unrecorded, splits: readonly Split[] = finalSplits(context)): TextTerms {
  const { dataset, inputs, opened, options } = context;
  const texts = splits.flatMap((split) => itemsOf(context, split));
  const rows = dataset.classes.length > 2 ? dataset.classes.length : 1;
  const limit = Math.min(most.ngrams, Math.floor(most.weights / rows));
  const { tokenizer } = opened.base.text!;
  const read = () => tokensOf(texts, { inputs, opened });
  const ngrams = fitTokenNgrams(read(), ignoredTokens(tokenizer), limit);
  if (ngrams.unigrams.length === 0)
    throw new EngraftError("DataError", "the training texts have no token with a letter or digit", {
      help: "use --strategy probe, or a base whose tokenizer knows the script of the texts",
    });
  if (!isWithoutBase(options.strategy)) return { ngrams };
  const written = tokenCharacters(tokenizer);
  return { ngrams, characters: { bag: fitCharacters(read(), written, limit), written } };
}

/** Number of columns of a head besides features. */
export const columnsOf = ({ ngrams, characters }: TextTerms): number =>
  ngrams.idf.length + (characters?.bag.idf.length ?? 0);

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

/**
 * Rows of texts, with a scale for each column of terms: [ t ; h / |h| ], t the TF-IDF of length 1 of n-grams, h the features; or
 * [ t ; u ], u that of characters.
 */
export interface NgramRows {
  readonly terms: TextTerms;
  /** Scales of the terms, float64[n-grams + sequences of characters]. */
  readonly scales: Float64Array;
  /** @param length scale of the features: their length */
  rowsOf(part: TextPart, length: number): ProductRows;
}

/**
 * Returns rows of texts with the terms of some splits.
 * @param learned the texts of these splits
 * @param scalesOf scales of terms by their rows
 */
export function ngramRows(
  context: Unrecorded,
  splits: readonly Split[],
  learned: TextPart,
  scalesOf: (rows: SparseRows, items: TextPart["items"]) => Float64Array,
): NgramRows {
  const terms = termsOf(context, splits);
  const { ngrams, characters } = terms;
  const ofNgrams = tokenNgramRows(ngrams);
  const ofCharacters = characters && characterRows(characters.bag, characters.written);
  const rowOf = (tokens: Int32Array): SparseRow =>
    ofCharacters
      ? concatenatedRow(ofNgrams(tokens), ofCharacters(tokens), ngrams.idf.length)
      : ofNgrams(tokens);
  const wordsOf = ({ items }: TextPart): SparseRows =>
    sparseRows(Array.from(tokensOf(items, context), rowOf), columnsOf(terms));
  const scales = scalesOf(wordsOf(learned), learned.items);
  const scaled = new Map<TextPart, SparseRows>();
  return {
    terms,
    scales,
    rowsOf(part, length) {
      const words = scaled.get(part) ?? scaleColumns(wordsOf(part), scales);
      scaled.set(part, words);
      return characters ? words : joinedRows(words, rowsOfLength(part.features, length), part.features.width);
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
