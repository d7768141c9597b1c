import { type BagOfWords, fitBagOfWords, rowsOf, type SparseRow } from "./bag-of-words.js";
import { segmentUnit } from "./pair-template.js";
import { sequencesIn } from "./tf-idf.js";
import type { Tokenizer } from "./tokenizer.js";

/** Of a longer token, these first characters are read: a saved model has a table of this width. */
const mostOfToken = 16;
/** Most characters of texts whose sequences are counted: each character begins four, which are in memory until they are chosen. */
const mostCounted = 4_000_000;

/**
 * Returns the characters that each token adds to a text, in lower case: a space before the first piece of a word, and a space for a
 * special token. Chinese characters are tokens without a space.
 * @returns characters by the number of the token, at most 16 each
 */
export function tokenCharacters({
  special,
  tokenOf,
  vocabulary,
}: Pick<Tokenizer, "special" | "tokenOf" | "vocabulary">): readonly string[] {
  const tokens = Array.from({ length: vocabulary }, (_, id) => (special.has(id) ? undefined : tokenOf(id)));
  const has = (pattern: RegExp): boolean =>
    tokens.some((token) => token !== undefined && pattern.test(token));
  const [ofBytes, ofSentences, ofPieces] = [has(/^Ġ/u), has(/^▁/u), has(/^##/u)];
  // Without a mark of where words begin, each token is a word, unless it is a character.
  const ofWords = ofPieces || !(ofBytes || ofSentences || !has(/../u));
  const charactersOf = (token: string): string => {
    const text = token.replace(ofBytes ? /[ĠĊ\s]/gu : /[▁\s]/gu, " ").normalize("NFC");
    // Other letters of a byte-level vocabulary stand for bytes.
    const lower = ofBytes ? text.replace(/[A-Z]/gu, (letter) => letter.toLowerCase()) : text.toLowerCase();
    if (ofPieces && lower.startsWith("##")) return lower.slice(2);
    return ofWords && !/^\p{Script=Han}$/u.test(lower) ? ` ${lower}` : lower;
  };
  return tokens.map((token) =>
    token === undefined ? " " : Array.from(charactersOf(token)).slice(0, mostOfToken).join(""),
  );
}

/** The text of some tokens, as {@link tokenCharacters} writes them. Negative tokens are padding. */
const textOf = (tokens: ArrayLike<number>, written: readonly string[]): string =>
  Array.from(tokens, (token) => (token < 0 ? "" : (written[token % segmentUnit] ?? ""))).join("");

/**
 * Chooses the sequences of 2 to 5 characters that occur in most texts, and in at least two.
 * @param texts token numbers of each text. Sequences of the first 4,000,000 characters are counted
 * @param most largest number of sequences
 * @throws DataError if none occurs in two texts
 */
export function fitCharacters(
  texts: Iterable<ArrayLike<number>>,
  written: readonly string[],
  most: number,
): BagOfWords {
  const counted: string[] = [];
  let characters = 0;
  for (const tokens of texts) {
    counted.push(textOf(tokens, written));
    characters += counted.at(-1)!.length;
    if (characters > mostCounted) break;
  }
  return fitBagOfWords(counted, most, sequencesIn);
}

/** Returns the function from a text's tokens to its TF-IDF row of characters, whose length is 1. */
export function characterRows(
  bag: BagOfWords,
  written: readonly string[],
): (tokens: ArrayLike<number>) => SparseRow {
  const rowOf = rowsOf(bag, { termsOf: sequencesIn, length: 1 });
  return (tokens) => rowOf(textOf(tokens, written));
}
