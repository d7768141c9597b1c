import { type BagOfWords, fitBagOfWords, rowsOf, type SparseRow, wordsOf } from "./bag-of-words.js";

/** A character of a script without spaces between words. */
const unspaced =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u;

/** Returns the words of a text; in scripts without spaces, the characters. */
export function unitsOf(text: string): string[] {
  return wordsOf(text).flatMap((word) => {
    if (!unspaced.test(word)) return [word];
    const units: string[] = [];
    let inWord = false;
    for (const character of word) {
      const isUnit = unspaced.test(character);
      if (!isUnit && inWord) units[units.length - 1] += character;
      else units.push(character);
      inWord = !isUnit;
    }
    return units;
  });
}

/** Returns the units of a text and its pairs of neighbouring units. */
function termsOf(text: string): string[] {
  const units = unitsOf(text);
  return units.concat(units.slice(1).map((unit, i) => `${units[i]} ${unit}`));
}

/** Lengths of character sequences. */
const sequenceLengths = [2, 3, 4, 5] as const;

/** Returns the sequences of characters inside each part of a text without a space, with a space before and after it. */
export function sequencesIn(text: string): string[] {
  return text.split(" ").flatMap((part) => {
    if (part === "") return [];
    const characters = [" ", ...part, " "];
    return sequenceLengths.flatMap((length) =>
      characters.slice(length - 1).map((_, i) => characters.slice(i, i + length).join("")),
    );
  });
}

const sequencesOf = (text: string): string[] =>
  sequencesIn(text.normalize("NFC").toLowerCase().replace(/\s+/gu, " "));

/** What a text is split into: words and pairs of words (in Chinese: characters and pairs of characters), or sequences of characters. */
const splits = { words: termsOf, characters: sequencesOf } as const;
export type TfIdfTerms = keyof typeof splits;

/**
 * Fits TF-IDF on terms that occur in at least two texts.
 * @param maxTerms largest number of terms; terms of the most texts come first
 * @throws DataError if no term occurs in two texts
 */
export const fitTfIdf = (
  texts: readonly string[],
  maxTerms: number,
  terms: TfIdfTerms = "words",
): BagOfWords => fitBagOfWords(texts, maxTerms, splits[terms]);

/**
 * Returns a function that turns a text into a row of length 1: x_t = (1 + ln n_t) idf_t / norm for each term that occurs n_t > 0 times.
 * @see scikit-learn's TfidfVectorizer(sublinear_tf=True, min_df=2), for characters with analyzer="char_wb", ngram_range=(2, 5)
 */
export const tfIdfOf = (bag: BagOfWords, terms: TfIdfTerms = "words"): ((text: string) => SparseRow) =>
  rowsOf(bag, { termsOf: splits[terms], length: 1 });
