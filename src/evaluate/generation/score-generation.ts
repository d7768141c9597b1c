import { EngraftError } from "../../core/errors.js";
import type { GenerationScores } from "../../core/results/sequences/generation.js";
import type { Interval } from "../../core/results/task.js";
import { ratioShares } from "../../statistics/index.js";
import { estimateOf, groupFacts } from "../share-interval.js";

/** Sums over the predicted tokens of each text. */
export interface TokenSums {
  /** Σ −ln p(token), nats. */
  readonly loss: ArrayLike<number>;
  /** Number of tokens that had the highest score. */
  readonly right: ArrayLike<number>;
  /** Number of predicted tokens. */
  readonly places: ArrayLike<number>;
  /** Bytes of the text in UTF-8. */
  readonly bytes: ArrayLike<number>;
}

/** Texts in the list of the worst, and most characters of each. */
const [mostWorst, mostCharacters] = [10, 300] as const;

/**
 * Scores a decoder from the sums of each text:
 *
 * accuracy = Σ right / Σ places,   perplexity = e^(Σ loss / Σ places),   bits per byte = Σ loss / (ln 2 · Σ bytes)
 *
 * Intervals are over the texts or their groups, by shares; `intervalRules` has the smallest test set.
 * @param texts in the order of the sums
 * @throws DataError for no tokens
 */
export function scoreGeneration(
  { loss, right, places, bytes }: TokenSums,
  texts: readonly { readonly id: string; readonly text: string }[],
  groups?: readonly string[] | undefined,
): GenerationScores {
  const tokens = sumOf(places);
  if (tokens === 0) throw new EngraftError("DataError", "the texts to score have no tokens");
  const accuracy = estimateOf("token_accuracy", ratioShares(right, places), groups);
  const nats = estimateOf("token_loss", ratioShares(loss, places), groups);
  const perByte = estimateOf("token_loss", ratioShares(loss, bytes), groups);
  const mean = sumOf(loss) / tokens;
  const each = ([low, high]: Interval, f: (x: number) => number): Interval => [f(low), f(high)];
  return {
    n: texts.length,
    metric: {
      name: "token_accuracy",
      value: sumOf(right) / tokens,
      higher_is_better: true,
      ci95: accuracy.interval,
    },
    tokens,
    loss: mean,
    perplexity: Math.exp(mean),
    perplexity_ci95: nats.interval && each(nats.interval, Math.exp),
    bits_per_byte: sumOf(loss) / sumOf(bytes) / Math.LN2,
    bits_per_byte_ci95: perByte.interval && each(perByte.interval, (x) => x / Math.LN2),
    ...groupFacts(accuracy, groups),
    scores: tokenSums({ right, places }),
    worst: texts
      .map(({ id, text }, i) => ({
        item: id,
        text: text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text,
        tokens: places[i]!,
        perplexity: Math.exp(loss[i]! / Math.max(1, places[i]!)),
      }))
      .filter((one) => one.tokens > 0)
      .sort((a, b) => b.perplexity - a.perplexity)
      .slice(0, mostWorst),
  };
}

/** Returns correct tokens and all tokens of each text as sums of the token accuracy. */
export const tokenSums = ({ right, places }: Pick<TokenSums, "right" | "places">) => ({
  ...({ metric: "token_accuracy", k: 2 } as const),
  values: Array.from(right, (count, i) => [count, places[i]!]).flat(),
});

const sumOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0);
