import { EngraftError } from "../core/errors.js";
import { studentQuantile, studentTwoSided } from "../statistics/distributions.js";
import { areTruths, checkPair, type ItemAnswers, type SeededDifference } from "./paired.js";

/**
 * Gain of a over b, each trained K times, where every seed has a test part of its own: both are scored on the same items
 * within a seed, on other ones with another seed.
 *
 * d̄ₖ = accuracy(a) − accuracy(b) of seed k, or of another score; gain = mean of the d̄ₖ.
 * Between seeds: SE² = Var(d̄ₖ) / K, t with K − 1 degrees of freedom; it holds seed, split and items together.
 * Within seeds:  SE² = Σₖ Varᵢ(dₖᵢ) / nₖ / K², with one pseudo-disagreement a seed, half each way (Agresti & Min 2005;
 * scores that are numbers get none), t with Σ (nₖ − 1). Three d̄ₖ that happen to lie close together say little: of the two the wider interval counts, and
 * the larger p.
 *
 * @param a, b seed × item, K ≥ 2; the items of two seeds may be different ones, and differ in number
 * @throws ShapeError when a and b do not fit, DataError for no items or fewer than two seeds
 */
export function drawnDifference(a: ItemAnswers, b: ItemAnswers): SeededDifference {
  const seeds = a.length;
  if (seeds !== b.length)
    throw new EngraftError("ShapeError", `both must have the same seeds, got ${seeds} and ${b.length}`);
  if (seeds < 2)
    throw new EngraftError("DataError", `the difference between seeds needs at least 2, got ${seeds}`);
  const truths = areTruths(a);
  const parts = a.map((answers, k) => {
    const n = answers.length;
    checkPair(n, b[k]!.length);
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      const d = Number(answers[i]) - Number(b[k]![i]);
      sum += d;
      squares += d * d;
    }
    return { n, gain: sum / n, variance: (squares + Number(truths)) / n - (sum / n) ** 2 };
  });
  const gains = parts.map((part) => part.gain);
  const gain = gains.reduce((sum, g) => sum + g, 0) / seeds;
  const between = Math.sqrt(gains.reduce((sum, g) => sum + (g - gain) ** 2, 0) / (seeds - 1) / seeds);
  const within =
    Math.sqrt(parts.reduce((sum, { n, variance }) => sum + Math.max(0, variance) / n, 0)) / seeds;
  const kinds = [
    { standardError: between, df: seeds - 1 },
    { standardError: within, df: parts.reduce((sum, { n }) => sum + n - 1, 0) || 1 },
  ].map(({ standardError, df }) => ({
    standardError,
    df,
    half: standardError === 0 ? 0 : studentQuantile(0.95, df) * standardError,
    p: gain === 0 ? 1 : standardError === 0 ? 0 : studentTwoSided(Math.abs(gain) / standardError, df),
  }));
  const least = truths ? 1 : Number.POSITIVE_INFINITY;
  const widest = kinds[0]!.half >= kinds[1]!.half ? kinds[0]! : kinds[1]!;
  return {
    gain,
    ci95: [Math.max(-least, gain - widest.half), Math.min(least, gain + widest.half)],
    p: Math.max(...kinds.map(({ p }) => p)),
    standardError: widest.standardError,
    degreesOfFreedom: widest.df,
  };
}
