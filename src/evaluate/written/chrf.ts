import type { Scored } from "../../core/results/scored.js";
import { matchNgrams } from "./match-ngrams.js";
import { charactersWithoutSpaces, wordsWithSigns } from "./tokenizers.js";

/** Longest n-grams of characters. */
const characterOrder = 6;
/** β², the weight of recall. */
const recallWeight = 4;

/** Numbers of chrF for one text: [predicted, reference, matches] for each n of characters, then of words. */
export const chrfNumbers = (wordOrder: number): number => 3 * (characterOrder + wordOrder);

/**
 * Counts the n-grams of a text for chrF. Of several references, the one with the best chrF counts.
 *
 * n-grams of an order that the reference does not have do not count in the prediction either, as in sacreBLEU.
 * @param wordOrder longest n-grams of words: 0 for chrF2, 2 for chrF2++
 */
export function chrfSums(prediction: string, references: readonly string[], wordOrder: number): number[] {
  const rowsOf = (reference: string) => [
    ...matchNgrams(charactersWithoutSpaces(prediction), [charactersWithoutSpaces(reference)], characterOrder),
    ...matchNgrams(wordsWithSigns(prediction), [wordsWithSigns(reference)], wordOrder),
  ];
  const candidates = references.map((reference) =>
    rowsOf(reference).flatMap((row) => [row.reference === 0 ? 0 : row.predicted, row.reference, row.matches]),
  );
  return candidates.reduce((best, sums) => (chrfOf(sums).value > chrfOf(best).value ? sums : best));
}

/** chrF of sums over texts, with precision and recall of each order that prediction and reference have. */
interface Chrf {
  /** 0 … 1. */
  readonly value: number;
  /** P and R: means over the orders. */
  readonly precision: number;
  readonly recall: number;
  /** Positions of the orders in the sums. */
  readonly orders: readonly number[];
}

/**
 * Computes chrF, with h, r and m the n-grams of the predictions, of the references and of both, summed over the texts:
 *
 *     P = mean over n of mₙ / hₙ,   R = mean over n of mₙ / rₙ,   F = (1 + β²) P R / (β² P + R),   β = 2
 *
 * The means are over the n with hₙ > 0 and rₙ > 0; F is 0 if there are none.
 * @see Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015; sacreBLEU 2.6, metrics/chrf.py
 * @example chrfOf([2, 2, 1]).value // 0.5: of two characters, one is right
 */
export function chrfOf(sums: ArrayLike<number>): Chrf {
  const orders: number[] = [];
  let [precision, recall] = [0, 0];
  for (let at = 0; at < sums.length; at += 3) {
    const [h, r, m] = [sums[at]!, sums[at + 1]!, sums[at + 2]!];
    if (h === 0 || r === 0) continue;
    orders.push(at);
    precision += m / h;
    recall += m / r;
  }
  const count = Math.max(1, orders.length);
  const [P, R] = [precision / count, recall / count];
  const value = P + R === 0 ? 0 : ((1 + recallWeight) * P * R) / (recallWeight * P + R);
  return { value, precision: P, recall: R, orders };
}

/**
 * Returns chrF with a share of it for each text (delta method). F stays the same if all sums are doubled, so ∇F · s̄ = 0:
 *
 *     shareᵢ = F + N (∂F/∂P Σₙ (mᵢₙ − mₙ/hₙ · hᵢₙ) / (|E| hₙ) + ∂F/∂R Σₙ (mᵢₙ − mₙ/rₙ · rᵢₙ) / (|E| rₙ))
 *     ∂F/∂P = (1 + β²) R² / (β² P + R)²,   ∂F/∂R = (1 + β²) β² P² / (β² P + R)²
 *
 * with hₙ, rₙ and mₙ the sums over the texts, and E the orders that count.
 * @param values float64[N, K], as {@link chrfSums} has them for each text
 */
export function chrfShares(values: ArrayLike<number>, k: number): Pick<Scored, "n" | "value" | "shares"> {
  const n = values.length / k;
  const sums = new Float64Array(k);
  for (let i = 0; i < values.length; i++) sums[i % k]! += values[i]!;
  const { value, precision: P, recall: R, orders } = chrfOf(sums);
  const shares = new Float64Array(n).fill(value);
  if (value === 0) return { n, value, shares };
  const scale = ((1 + recallWeight) * n) / ((recallWeight * P + R) ** 2 * orders.length);
  const [ofP, ofR] = [scale * R * R, scale * recallWeight * P * P];
  for (const at of orders) {
    const [h, r, m] = [sums[at]!, sums[at + 1]!, sums[at + 2]!];
    for (let i = 0; i < n; i++) {
      const [hi, ri, mi] = [values[i * k + at]!, values[i * k + at + 1]!, values[i * k + at + 2]!];
      shares[i]! += (ofP * (mi - (m / h) * hi)) / h + (ofR * (mi - (m / r) * ri)) / r;
    }
  }
  return { n, value, shares };
}
