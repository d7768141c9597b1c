import type { SparseRow } from "./bag-of-words.js";
import { segmentUnit } from "./pair-template.js";
import type { Tokenizer } from "./tokenizer.js";

/** Token n-grams with their inverse document frequencies: the columns of a row, unigrams first. */
export interface TokenNgrams {
  readonly unigrams: readonly number[];
  readonly bigrams: readonly (readonly [first: number, second: number])[];
  /** 1 + ln((1 + texts) / (1 + texts with the n-gram)), for unigrams and then bigrams. */
  readonly idf: readonly number[];
}

/** Keys of bigrams are (first + 1) · span + second. Token numbers, segments included, are below it. */
const span = 2 ** 26;

/** Returns a test for tokens that belong to no n-gram: special tokens, and tokens without letters and digits. */
export function ignoredTokens({
  special,
  tokenOf,
}: Pick<Tokenizer, "special" | "tokenOf">): (token: number) => boolean {
  const known = new Map<number, boolean>();
  return (token) => {
    const id = token % segmentUnit;
    let ignored = token < 0 || known.get(id);
    if (ignored === undefined) {
      // Byte-level vocabularies write a leading space as "Ġ", SentencePiece as "▁": these alone are no word.
      const written = (tokenOf(id) ?? "").replace(/^[Ġ▁]+/u, "");
      ignored = special.has(id) || !/[\p{L}\p{N}]/u.test(written);
      known.set(id, ignored);
    }
    return ignored;
  };
}

/** Calls `each` with the key of every unigram and bigram of a text. */
function eachKey(
  tokens: ArrayLike<number>,
  ignored: (token: number) => boolean,
  each: (key: number) => void,
): void {
  let before = -1;
  for (let i = 0; i < tokens.length; i++) {
    const token = ignored(tokens[i]!) ? -1 : tokens[i]!;
    if (token >= 0) {
      each(token);
      if (before >= 0) each((before + 1) * span + token);
    }
    before = token;
  }
}

/**
 * Chooses the unigrams and bigrams that occur in most texts. Bigrams do not cross an ignored token.
 * @param texts token numbers of each text @param most largest number of n-grams
 * @returns no n-grams if every token is ignored
 */
export function fitTokenNgrams(
  texts: Iterable<ArrayLike<number>>,
  ignored: (token: number) => boolean,
  most: number,
): TokenNgrams {
  const counts = new Map<number, number>();
  let n = 0;
  for (const tokens of texts) {
    n++;
    const own = new Set<number>();
    eachKey(tokens, ignored, (key) => own.add(key));
    for (const key of own) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // Of equally frequent n-grams the lower keys are kept, so unigrams come before bigrams.
  const kept = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
  kept.sort((a, b) => a[0] - b[0]);
  const keys = kept.map(([key]) => key);
  return {
    unigrams: keys.filter((key) => key < span),
    bigrams: keys.filter((key) => key >= span).map((key) => [Math.floor(key / span) - 1, key % span]),
    idf: kept.map(([, count]) => 1 + Math.log((1 + n) / (1 + count))),
  };
}

/**
 * Returns the function from a text's tokens to its TF-IDF row, whose length is 1:
 *
 * x_t = (1 + ln n_t) idf_t for each n-gram that occurs n_t > 0 times, divided by √Σ x²
 *
 * @see scikit-learn's TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
 */
export function tokenNgramRows({
  unigrams,
  bigrams,
  idf,
}: TokenNgrams): (tokens: ArrayLike<number>) => SparseRow {
  const columnOf = new Map<number, number>();
  for (const token of unigrams) columnOf.set(token, columnOf.size);
  for (const [first, second] of bigrams) columnOf.set((first + 1) * span + second, columnOf.size);
  return (tokens) => {
    const counts = new Map<number, number>();
    eachKey(
      tokens,
      (token) => token < 0,
      (key) => {
        const column = columnOf.get(key);
        if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
      },
    );
    const columns = Uint32Array.from(counts.keys()).sort();
    const values = Float64Array.from(columns, (c) => (1 + Math.log(counts.get(c)!)) * idf[c]!);
    const length = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)) || 1;
    return { columns, values: Float32Array.from(values, (v) => v / length) };
  };
}
