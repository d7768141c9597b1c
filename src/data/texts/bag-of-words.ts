import { EngraftError } from "../../core/errors.js";
import { byCodePoint } from "../split/found.js";

/** How texts become rows of numbers: which words, and how much each counts. It is a plain value and travels as JSON beside a model. */
export interface BagOfWords {
  readonly format: 1;
  /** Words and pairs of neighbouring words, in the order of the columns. */
  readonly terms: readonly string[];
  /** 1 + ln((1 + texts) / (1 + texts with the term)) */
  readonly idf: readonly number[];
}

/** The columns that are not 0, and what stands there. */
export interface SparseRow {
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** The size that the literature uses for reviews (Ganin et al. 2016, 5.1.2). */
const usualTerms = 5000;
/** A term of one text only teaches nothing about others. */
const fewestTexts = 2;

/** Words in lower case, with an apostrophe inside; every other sign parts them. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? []
  );
}

/** The words, and the pairs of neighbours. */
function termsOf(text: string): string[] {
  const words = wordsOf(text);
  return words.concat(words.slice(1).map((word, i) => `${words[i]} ${word}`));
}

/**
 * The terms that occur in most texts. For adaptation the texts are those of the source's train part and the target's, without their labels.
 * @param most columns at most @param terms of a text; default words and pairs
 * @throws DataError when no term occurs twice
 */
export function fitBagOfWords(
  texts: readonly string[],
  most: number = usualTerms,
  terms: (text: string) => readonly string[] = termsOf,
): BagOfWords {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const term of new Set(terms(text))) counts.set(term, (counts.get(term) ?? 0) + 1);
  const chosen = [...counts]
    .filter(([, n]) => n >= fewestTexts)
    .sort((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0]))
    .slice(0, most);
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
 * A text as a row: x_t = (1 + ln n_t) idf_t for each term that occurs n_t > 0 times, divided by the row's length, times √terms.
 *
 * The factor brings the mean square of the columns to 1, which the random weights of a network are made for.
 * @param options.termsOf as the bag was made with @param options.length of a row, instead of √terms
 * @returns a function, so that the terms are put in order once
 */
export function rowsOf(
  { terms, idf }: BagOfWords,
  options: { readonly termsOf?: (text: string) => readonly string[]; readonly length?: number } = {},
): (text: string) => SparseRow {
  const { termsOf: found = termsOf, length: to = Math.sqrt(terms.length) } = options;
  const columnOf = new Map(terms.map((term, i) => [term, i]));
  return (text) => {
    const counts = new Map<number, number>();
    for (const term of found(text)) {
      const column = columnOf.get(term);
      if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
    }
    const columns = Uint32Array.from([...counts.keys()].sort((a, b) => a - b));
    const raw = Array.from(columns, (c) => (1 + Math.log(counts.get(c)!)) * idf[c]!);
    const length = Math.hypot(...raw) || 1;
    const values = Float32Array.from(raw, (x) => (x / length) * to);
    return { columns, values };
  };
}

/** Rows side by side: float32[N, terms]. */
export function denseRows(rows: readonly SparseRow[], terms: number): Float32Array {
  const out = new Float32Array(rows.length * terms);
  rows.forEach(({ columns, values }, i) => {
    columns.forEach((column, k) => {
      out[i * terms + column] = values[k]!;
    });
  });
  return out;
}
