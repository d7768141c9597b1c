import { placeColumns } from "../../bases/language-model.js";
import { stopIf } from "../../core/errors.js";
import type { Interval } from "../../core/events/events.js";
import type { LanguageScores } from "../../core/events/pretrain-events.js";
import { difference, estimate, ratioShares } from "../../statistics/index.js";
import type { Evaluator } from "../../train/fit.js";
import type { LanguageRows } from "./rows.js";

/** Losses and correct predictions of each text or row, summed over its places. */
export interface RowLosses {
  readonly loss: Float64Array;
  readonly right: Float64Array;
  readonly places: Float64Array;
  /** Bytes of each text. Missing: the sums are of rows, which hold parts of several texts. */
  readonly bytes?: Float64Array;
}

/** Rows per batch. */
const atOnce = 16;

/** Returns the losses of all texts, or of rows of several texts. The same tokens are hidden in each call. */
export async function lossesOf(
  evaluate: Evaluator,
  rows: LanguageRows,
  signal?: AbortSignal,
): Promise<RowLosses> {
  const { texts } = rows;
  const sums = emptySums(rows);
  for (let first = 0; first < rows.count; first += atOnce) {
    stopIf(signal);
    const some = Array.from({ length: Math.min(atOnce, rows.count - first) }, (_, i) => first + i);
    const { x, weights } = rows.batch(0, some);
    const given = await evaluate(x);
    weights.forEach((weight, i) => {
      if (weight === 0) return;
      const at = first + Math.floor(i / rows.places);
      const row = texts?.ofRow[at] ?? at;
      sums.loss[row]! += given[placeColumns * i]!;
      sums.right[row]! += given[placeColumns * i + 1]!;
      sums.places[row]!++;
    });
  }
  return sums;
}

function emptySums({ texts, count: rows }: LanguageRows): RowLosses {
  const count = texts?.bytes.length ?? rows;
  return {
    loss: new Float64Array(count),
    right: new Float64Array(count),
    places: new Float64Array(count),
    ...(texts && { bytes: Float64Array.from(texts.bytes) }),
  };
}

const sumOf = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0);

/** Returns the mean loss, and the share of correct tokens. */
export function meanOf({ loss, right, places }: RowLosses): {
  readonly loss: number;
  readonly accuracy: number;
} {
  const n = Math.max(1, sumOf(places));
  return { loss: sumOf(loss) / n, accuracy: sumOf(right) / n };
}

/** Returns Σ losses / Σ places with its confidence interval over the texts or rows. */
export function languageScores(losses: RowLosses): LanguageScores {
  const { loss, accuracy } = meanOf(losses);
  const { interval } = estimate([ratioShares(losses.loss, losses.places)], { range: "positive" });
  return {
    n: sumOf(losses.places),
    loss,
    loss_ci95: interval,
    perplexity: Math.exp(loss),
    perplexity_ci95: interval && [Math.exp(interval[0]), Math.exp(interval[1])],
    accuracy,
    ...(losses.bytes && bitsPerByte(losses.loss, losses.bytes)),
  };
}

/** Returns Σ losses / (ln 2 · Σ bytes): the figure that compares tokenizers. */
function bitsPerByte(loss: Float64Array, bytes: Float64Array) {
  const { value, interval } = estimate([ratioShares(loss, bytes)], { range: "positive" });
  return {
    bits_per_byte: value / Math.LN2,
    bits_per_byte_ci95: interval && ([interval[0] / Math.LN2, interval[1] / Math.LN2] as const),
  };
}

/** Returns the decrease of the mean loss, on the same places of the same rows. */
export function gainOf(
  before: RowLosses,
  after: RowLosses,
): { readonly loss: number; readonly ci95: Interval | null } {
  const shares = ({ loss, places }: RowLosses) => [ratioShares(loss, places)];
  const { gain, interval } = difference(shares(before), shares(after));
  return { loss: gain, ci95: interval };
}

/**
 * Returns the losses of guessing by the frequencies of the tokens that were learnt, each counted once more (Laplace smoothing). The most
 * frequent token is always the guess.
 */
export function unigramLosses(train: LanguageRows, held: LanguageRows, vocabulary: number): RowLosses {
  const counts = new Float64Array(vocabulary).fill(1);
  for (const [token] of train.labels()) counts[token]!++;
  const all = sumOf(counts);
  const guess = counts.indexOf(counts.reduce((a, b) => Math.max(a, b)));
  const sums = emptySums(held);
  for (const [token, row] of held.labels()) {
    const text = held.texts?.ofRow[row] ?? row;
    sums.loss[text]! += Math.log(all / counts[token]!);
    sums.right[text]! += Number(token === guess);
    sums.places[text]!++;
  }
  return sums;
}
