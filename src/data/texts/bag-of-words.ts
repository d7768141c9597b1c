import { EngraftError } from "../../core/errors.js";
import { byCodePoint } from "../split/found.js";

/** The terms of a bag-of-words representation and their weights. A model folder stores it as JSON. */
export interface BagOfWords {
  readonly format: 1;
  /** Words and pairs of neighbouring words, in the order of the columns. */
  readonly terms: readonly string[];
  /** Inverse document frequencies: 1 + ln((1 + texts) / (1 + texts with the term)). */
  readonly idf: readonly number[];
}

/** The non-zero columns of a row, ascending, and their values. */
export interface SparseRow {
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** Returns a row of two: the columns of the second come after the columns of the first. @param width columns of the first */
export function concatenatedRow(left: SparseRow, right: SparseRow, width: number): SparseRow {
  const at = left.columns.length;
  const columns = new Uint32Array(at + right.columns.length);
  const values = new Float32Array(columns.length);
  columns.set(left.columns);
  columns.set(
    right.columns.map((c) => c + width),
    at,
  );
  values.set(left.values);
  values.set(right.values, at);
  return { columns, values };
}

/** @see Ganin et al. 2016, section 5.1.2 */
const defaultTerms = 5000;
/** A term that occurs in one text only says nothing about other texts. */
const minTexts = 2;

/** Returns the words of a text in lower case. Every sign except an apostrophe inside a word separates words. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? []
  );
}

/** Returns the words of a text and its pairs of neighbouring words. */
function termsOf(text: string): string[] {
  const words = wordsOf(text);
  return words.concat(words.slice(1).map((word, i) => `${words[i]} ${word}`));
}

/**
 * Fits a bag of words: it takes the terms that occur in the most texts.
 * @param maxTerms largest number of terms, default 5000
 * @param terms splits a text into terms; default: words and pairs of neighbours
 * @throws DataError if no term occurs in two texts
 */
export function fitBagOfWords(
  texts: readonly string[],
  maxTerms: number = defaultTerms,
  terms: (text: string) => readonly string[] = termsOf,
): BagOfWords {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const term of new Set(terms(text))) counts.set(term, (counts.get(term) ?? 0) + 1);
  const chosen = [...counts]
    .filter(([, n]) => n >= minTexts)
    .sort((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0]))
    .slice(0, maxTerms);
  if (chosen.length === 0)
    throw new EngraftError("DataError", "no word occurs in two texts", {
      help: "give more texts, or longer ones",
      details: { texts: texts.length, words: counts.size },
    });
  return {
    format: 1,
    terms: chosen.map(([term]) => term),
    idf: chosen.map(([, n]) => 1 + Math.log((1 + texts.length) / (1 + n))),
  };
}

/**
 * Returns a function that turns a text into a row.
 *
 *     x_t = (1 + ln n_t) idf_t for each term that occurs n_t > 0 times; x · length / ‖x‖
 *
 * The default length brings the mean square of the columns to 1, which random initial weights assume.
 * @param options.termsOf the function that the bag was fitted with
 * @param options.length Euclidean length of a row, default √terms
 */
export function rowsOf(
  { terms, idf }: BagOfWords,
  options: { readonly termsOf?: (text: string) => readonly string[]; readonly length?: number } = {},
): (text: string) => SparseRow {
  const { termsOf: splitTerms = termsOf, length: rowLength = Math.sqrt(terms.length) } = options;
  const columnOf = new Map(terms.map((term, i) => [term, i]));
  return (text) => {
    const counts = new Map<number, number>();
    for (const term of splitTerms(text)) {
      const column = columnOf.get(term);
      if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
    }
    const columns = Uint32Array.from([...counts.keys()].sort((a, b) => a - b));
    const raw = Array.from(columns, (c) => (1 + Math.log(counts.get(c)!)) * idf[c]!);
    const length = Math.hypot(...raw) || 1;
    const values = Float32Array.from(raw, (x) => (x / length) * rowLength);
    return { columns, values };
  };
}

/** Returns the rows as a dense matrix, float32[N, terms]. */
export function denseRows(rows: readonly SparseRow[], terms: number): Float32Array {
  const out = new Float32Array(rows.length * terms);
  rows.forEach(({ columns, values }, i) => {
    columns.forEach((column, k) => {
      out[i * terms + column] = values[k]!;
    });
  });
  return out;
}
