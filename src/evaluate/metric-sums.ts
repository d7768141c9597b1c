import type { ScoreName } from "../core/results/metric.js";
import type { SampleSums, Scored } from "../core/results/scored.js";
import { ratioShares } from "../statistics/shares.js";

type Shares = Pick<Scored, "n" | "value" | "shares">;

/** A metric as a function of the sums of samples, float64[N, K]. */
type MetricOfSums = (values: ArrayLike<number>, k: number) => Shares;

/**
 * The shares of a metric f of mean sums s̄ are its value and what each sample moves it by (delta method):
 *
 * shareᵢ = f(s̄) + ∇f(s̄) · (sᵢ − s̄)
 *
 * @see Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, section 22.2 (influence functions)
 */
const metricsOfSums: Readonly<Record<ScoreName, MetricOfSums>> = {
  // A share is 0 or 1.
  accuracy: meanOfShares,
  // f = 2 s̄₃ / (s̄₁ + s̄₂), s₁ true, s₂ predicted, s₃ both; 0 without any.
  f1(values, k) {
    const items = values.length / k;
    let [size, correct, n] = [0, 0, 0];
    for (let i = 0; i < values.length; i += k) {
      const own = values[i]! + values[i + 1]!;
      size += own;
      correct += values[i + 2]!;
      if (own > 0) n++;
    }
    const value = size === 0 ? 0 : (2 * correct) / size;
    const scale = size === 0 ? 0 : items / size;
    const shares = Float64Array.from(
      { length: items },
      (_, i) => value + (2 * values[k * i + 2]! - value * (values[k * i]! + values[k * i + 1]!)) * scale,
    );
    return { n, value, shares };
  },
  // f = mean over the outputs of 1 − e / v, e the mean of (y − ŷ)² and v the mean of (y − ȳ)².
  r2(values, k) {
    const items = values.length / k;
    const shares = new Float64Array(items);
    const outputs = k / 2;
    for (let t = 0; t < k; t += 2) {
      let [square, sum, spread] = [0, 0, 0];
      for (let i = t; i < values.length; i += k) {
        square += values[i]!;
        sum += values[i + 1]!;
      }
      const mean = sum / items;
      for (let i = t; i < values.length; i += k) spread += (values[i + 1]! - mean) ** 2;
      const r2 = r2Of(square, spread);
      // 1 − r²/v + (1 − R²) ((y − ȳ)²/v − 1): another test set has another variance, too.
      const shareOf = (i: number): number =>
        spread > 0
          ? 1 -
            (items * values[i]!) / spread +
            (1 - r2) * ((items * (values[i + 1]! - mean) ** 2) / spread - 1)
          : r2;
      for (let i = 0; i < items; i++) shares[i]! += shareOf(i * k + t) / outputs;
    }
    return { n: items, value: meanOf(shares), shares };
  },
  // f = 1 − s̄₁ / s̄₂, s₁ errors, s₂ words of the transcript.
  word_accuracy(values, k) {
    const column = (at: number) => Array.from({ length: values.length / k }, (_, i) => values[i * k + at]!);
    const shares = ratioShares(column(0), column(1)).map((share) => 1 - share);
    return { n: shares.length, value: meanOf(shares), shares };
  },
  // f = s̄₁ / s̄₂, s₁ correct tokens, s₂ all tokens of the text.
  token_accuracy(values, k) {
    const column = (at: number) => Array.from({ length: values.length / k }, (_, i) => values[i * k + at]!);
    const shares = ratioShares(column(0), column(1));
    return { n: shares.length, value: meanOf(shares), shares };
  },
  map: meanOfShares,
  miou: meanOfShares,
};

/** f = s̄₁: the values are the shares. */
function meanOfShares(values: ArrayLike<number>): Shares {
  const shares = Float64Array.from(values);
  return { n: shares.length, value: meanOf(shares), shares };
}

/** R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²; where all true values are equal 0, and 1 if every prediction is right, as scikit-learn has it. */
export function r2Of(square: number, spread: number): number {
  if (spread > 0) return 1 - square / spread;
  return square === 0 ? 1 : 0;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/**
 * Returns the value of a metric, with a share of it for each sample.
 * @example scoredBy({ metric: "f1", k: 3, values: [2, 1, 1, 0, 0, 0] }) // value 2/3, n 1: the second sample has nothing to find
 */
export function scoredBy({ metric, k, values }: SampleSums): Scored {
  return { metric, ...metricsOfSums[metric](values, k) };
}
