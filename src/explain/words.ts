/** Occlusion for texts: predictions with one word left out at a time. */
import { stopIf } from "../core/errors.js";
import type { WordWeight } from "../core/results/insights.js";
import { type Explained, explainedValue } from "./explained-value.js";

/** Texts -> logits float32[n, C]. */
export type TextScorer = (texts: readonly string[]) => Promise<Float32Array>;

/** Words: a character of a script without spaces, or letters, digits and their joiners. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}\p{M}]|(?<=[\p{L}\p{N}])['’_-](?=[\p{L}\p{N}]))+|\p{Extended_Pictographic}/gu;

/** A piece of a text: a word, or the text between two words. */
export interface Piece {
  readonly text: string;
  readonly word: boolean;
}

/**
 * Splits a text into pieces: words, Chinese and Japanese characters one by one, and the text between. Joined they give
 * the text.
 * @example pieces("不好 at all") // 不, 好, " ", "at", " ", "all"
 */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(word)) {
    if (match.index > end) found.push({ text: text.slice(end, match.index), word: false });
    found.push({ text: match[0], word: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ text: text.slice(end), word: false });
  return found;
}

/** Groups neighbouring words if a text has more than the allowed number. */
export function grouped(all: readonly Piece[], most: number): readonly Piece[] {
  const words = all.filter((piece) => piece.word).length;
  const size = Math.ceil(words / most);
  if (size <= 1) return all;
  const groups: Piece[] = [];
  let held = 0;
  for (const piece of all) {
    const last = groups.at(-1);
    if (last?.word && (held < size || !piece.word)) {
      groups[groups.length - 1] = { text: last.text + piece.text, word: true };
      if (piece.word) held++;
    } else {
      groups.push(piece);
      held = piece.word ? 1 : 0;
    }
  }
  return groups;
}

/**
 * Loss of log p of a class without each word.
 *
 * w_i = log p(class | text) - log p(class | text without word i)
 *
 * @param explained the class, or another value of the scores instead of log p
 * @param options.most most left-out units: in a longer text words are grouped. Default 120
 * @returns the pieces of the text in order; above 0 supports the class, below 0 contradicts it; nats. The word of a
 * one-word text has no weight
 * @see Li, Monroe & Jurafsky 2016, Understanding Neural Networks through Representation Erasure, section 3
 */
export async function wordWeights(
  score: TextScorer,
  text: string,
  explained: Explained,
  { most = 120, signal }: { readonly most?: number; readonly signal?: AbortSignal } = {},
): Promise<readonly WordWeight[]> {
  const all = grouped(pieces(text), most);
  const places = [...all.keys()].filter((i) => all[i]!.word);
  if (places.length < 2) return all.map(({ text }) => ({ text }));
  const without = places.map((place) => {
    const left = all.filter((_, i) => i !== place).map((piece) => piece.text);
    return left.join("").replace(/ {2,}/g, " ").trim();
  });
  stopIf(signal);
  const scores = await score([text, ...without]);
  const classes = scores.length / (without.length + 1);
  const of = (i: number): number =>
    explainedValue(scores.subarray(i * classes, (i + 1) * classes), explained);
  const whole = of(0);
  const weights = new Map(places.map((place, i) => [place, whole - of(i + 1)]));
  return all.map(({ text }, i) => ({ text, ...(weights.has(i) && { weight: weights.get(i)! }) }));
}
