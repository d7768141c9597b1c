import type { Tokenizer } from "../texts/tokenizer.js";

/** A word of a text with its place in UTF-16 code units. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** A character of a script without spaces, which counts as a word. @see BERT's _is_chinese_char, with kana */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** A word: a character as above, a punctuation mark (including BERT's ASCII signs), or a run of other characters. */
const pieces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

/** Splits a text at spaces; punctuation marks and Chinese characters are words of their own. */
export function wordsOf(text: string): PlacedWord[] {
  return [...text.matchAll(pieces)].map((found) => ({
    word: found[0],
    start: found.index,
    end: found.index + found[0].length,
  }));
}

/** Returns true if a space separates two consecutive words. */
function spacedBefore(before: string | undefined, word: string): boolean {
  if (before === undefined) return false;
  return !unspaced.test([...before].at(-1) ?? "") && !unspaced.test([...word][0] ?? "");
}

/** Joins words to a text. */
export function sentenceOf(words: readonly string[]): string {
  return words.map((word, i) => (spacedBefore(words[i - 1], word) ? ` ${word}` : word)).join("");
}

/** A sentence as token ids. */
export interface EncodedWords {
  /** Token ids with special tokens. */
  readonly ids: readonly number[];
  /** Place in `ids` of the first token of each word; -1 for truncated words. */
  readonly places: Int32Array;
  readonly cut: boolean;
}

/**
 * Tokenizes words. A word without tokens (a space, a control character) becomes the unknown token, so that each word gets a
 * prediction.
 * @param spaced true for a word after a space; default: derived from the script of the neighbouring words
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
    const pieceIds = piecesOf(spaceInToken && spaced(i) ? ` ${word}` : word);
    const wordIds = pieceIds.length > 0 ? pieceIds : [unknown];
    // A word that fits in part keeps its first token; later words are truncated.
    cut = used + wordIds.length > room;
    if (used < room) places[i] = ids.length;
    const taken = wordIds.slice(0, room - used);
    ids.push(...taken);
    used += taken.length;
    if (cut) break;
  }
  ids.push(...marks.behind);
  return { ids, places, cut };
}
