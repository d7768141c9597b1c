import { matchNgrams } from "./match-ngrams.js";

/** Longest n-grams of BLEU. */
const longest = 4;

/** Numbers of BLEU for one text: length, length of the nearest reference, matches for each n, n-grams of the prediction for each n. */
export const bleuNumbers = 2 + 2 * longest;

/**
 * Counts the n-grams of a text for BLEU. Of several references, an n-gram matches as often as the one that has it most, and the length is the
 * nearest one, of two equally near ones the smaller.
 */
export function bleuSums(
  prediction: readonly string[],
  references: readonly (readonly string[])[],
): number[] {
  const rows = matchNgrams(prediction, references, longest);
  const distance = (length: number): number => Math.abs(length - prediction.length);
  const nearest = references
    .map(({ length }) => length)
    .reduce((a, b) => (distance(b) < distance(a) || (distance(b) === distance(a) && b < a) ? b : a));
  return [
    prediction.length,
    nearest,
    ...rows.map(({ matches }) => matches),
    ...rows.map(({ predicted }) => predicted),
  ];
}

/** BLEU with its parts. */
export interface Bleu {
  /** 0 … 1. */
  readonly value: number;
  /** Share of the n-grams of the predictions that match, n = 1 … 4, smoothed. */
  readonly precisions: readonly number[];
  /** 1 if the predictions are as long as the references or longer, otherwise e^(1 − r/c). */
  readonly brevityPenalty: number;
}

/**
 * Computes BLEU from sums over texts, with exponential smoothing:
 *
 *     BLEU = BP · (p₁ p₂ p₃ p₄)^¼,   pₙ = matchesₙ / n-gramsₙ,   BP = e^(1 − r/c) if c < r, otherwise 1
 *
 * c and r are the lengths of predictions and references. The k-th order without a match has pₙ = 1 / (2ᵏ n-gramsₙ). BLEU is 0 without any
 * match, and if the predictions are too short for an n-gram of 4 tokens.
 * @param effectiveOrder true for single texts: orders that the prediction is too short for do not count
 * @see Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002; Chen & Cherry, WMT 2014, smoothing 3;
 * sacreBLEU 2.6, metrics/bleu.py
 * @example bleuOf([4, 4, 4, 3, 2, 1, 4, 3, 2, 1]).value // 1: four tokens, all right
 */
export function bleuOf(sums: ArrayLike<number>, effectiveOrder = false): Bleu {
  const [c, r] = [sums[0]!, sums[1]!];
  const brevityPenalty = c >= r ? 1 : c === 0 ? 0 : Math.exp(1 - r / c);
  const precisions = new Array<number>(longest).fill(0);
  const of = (first: number, n: number): number => sums[2 + first + n]!;
  if (precisions.every((_, n) => of(0, n) === 0)) return { value: 0, precisions, brevityPenalty };
  let [halves, used, logs] = [1, 0, 0];
  for (; used < longest && of(longest, used) > 0; used++) {
    const [matches, total] = [of(0, used), of(longest, used)];
    if (matches === 0) halves /= 2;
    const p = matches === 0 ? halves / total : matches / total;
    precisions[used] = p;
    logs += Math.log(p);
  }
  const isDefined = effectiveOrder || used === longest;
  return { value: isDefined ? brevityPenalty * Math.exp(logs / used) : 0, precisions, brevityPenalty };
}
