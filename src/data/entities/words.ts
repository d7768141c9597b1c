import type { Tokenizer } from "../texts/tokenizer.js";

/** A word of a text, and where it stands there (UTF-16 places, as JavaScript counts). */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Written without spaces between words: each character is a word. @see BERT's _is_chinese_char, with kana */
const alone = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** What stands for itself: a character as above, or punctuation (BERT's, which has the signs of ASCII as well). */
const pieces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** The words of a text: parted by spaces, punctuation and Chinese characters each by themselves. */
export function wordsOf(text: string): PlacedWord[] {
  return [...text.matchAll(pieces)].map((found) => ({
    word: found[0],
    start: found.index,
    end: found.index + found[0].length,
  }));
}

/** Does a space part two words that a file has in a row? */
function spacedBefore(before: string | undefined, word: string): boolean {
  if (before === undefined) return false;
  return !alone.test([...before].at(-1) ?? "") && !alone.test([...word][0] ?? "");
}

/** Words as a text. */
export function sentenceOf(words: readonly string[]): string {
  return words.map((word, i) => (spacedBefore(words[i - 1], word) ? ` ${word}` : word)).join("");
}

/** A sentence as a model takes it. */
export interface EncodedWords {
  /** Numbers with the marks around them. */
  readonly ids: readonly number[];
  /** Place in `ids` of the first sub-word of each word; -1 for words that were cut off. */
  readonly places: Int32Array;
  readonly cut: boolean;
}

/**
 * Words to sub-words. A word that gives none (a space, a control character) is the unknown one, so that each word has an
 * answer. @param spaced whether a space stands before a word; default by the script of the words around it
 */
export function encodeWords(
  { longest, pieces: piecesOf, marks, unknown, spaceInToken }: Tokenizer,
  words: readonly string[],
  spaced: (index: number) => boolean = (i) => spacedBefore(words[i - 1], words[i]!),
): EncodedWords {
  const room = longest - marks.before.length - marks.behind.length;
  const places = new Int32Array(words.length).fill(-1);
  const ids = [...marks.before];
  let used = 0;
  let cut = false;
  for (const [i, word] of words.entries()) {
    const own = piecesOf(spaceInToken && spaced(i) ? ` ${word}` : word);
    const its = own.length > 0 ? own : [unknown];
    // A word of which nothing fits, and all behind it, is cut off; one that fits in part has its first sub-word.
    cut = used + its.length > room;
    if (used < room) places[i] = ids.length;
    const taken = its.slice(0, room - used);
    ids.push(...taken);
    used += taken.length;
    if (cut) break;
  }
  ids.push(...marks.behind);
  return { ids, places, cut };
}
