import { type BagOfWords, fitBagOfWords, rowsOf, type SparseRow, wordsOf } from "./bag-of-words.js";

/** Scripts that are written without spaces between words. */
const unspaced =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u;

/** Words, and of scripts without spaces the characters. */
export function unitsOf(text: string): string[] {
  return wordsOf(text).flatMap((word) => {
    if (!unspaced.test(word)) return [word];
    const units: string[] = [];
    let open = false;
    for (const sign of word) {
      const alone = unspaced.test(sign);
      if (!alone && open) units[units.length - 1] += sign;
      else units.push(sign);
      open = !alone;
    }
    return units;
  });
}

/** Units and pairs of neighbours. */
function termsOf(text: string): string[] {
  const units = unitsOf(text);
  return units.concat(units.slice(1).map((unit, i) => `${units[i]} ${unit}`));
}

/**
 * Words and pairs of words (of Chinese: characters and pairs of them) that occur in two texts or more.
 * @param most terms at most, those of most texts @throws DataError when there are none
 */
export const fitTfIdf = (texts: readonly string[], most: number): BagOfWords =>
  fitBagOfWords(texts, most, termsOf);

/**
 * x_t = (1 + ln n_t) idf_t for each term that occurs n_t > 0 times, divided by the row's length, which is 1 then.
 * @see scikit-learn's TfidfVectorizer(sublinear_tf=True, min_df=2)
 */
export const tfIdfOf = (bag: BagOfWords): ((text: string) => SparseRow) =>
  rowsOf(bag, { termsOf, length: 1 });
