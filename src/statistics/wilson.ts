import type { Interval } from "../core/events/events.js";

/** Φ⁻¹(0.975): the half width of a two-sided 95 % interval in standard errors. */
export const z95 = 1.959963984540054;

/**
 * Wilson's score interval of a proportion: the p that a score test at this level would not reject.
 *
 * centre = (p̂ + z²/2n) / (1 + z²/n)    half = z √(p̂(1 − p̂)/n + z²/4n²) / (1 + z²/n)
 *
 * Unlike p̂ ± z·se it never leaves [0, 1] and is not empty at 0 or n successes. With n = 0 nothing is known: [0, 1].
 *
 * @param successes 0 … n
 * @see Wilson 1927, Probable inference
 * @example wilsonInterval(9, 10) // [0.596, 0.982]
 */
export function wilsonInterval(successes: number, n: number, z: number = z95): Interval {
  return wilsonScore(n === 0 ? 0 : successes / n, n, z);
}

/**
 * Wilson's interval of a share.
 * @param n samples; of groups, how many independent samples they are worth, which may be a fraction
 */
export function wilsonScore(p: number, n: number, z: number = z95): Interval {
  if (n === 0) return [0, 1];
  const shrink = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / shrink;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / shrink;
  // At 0 and n the bound is 0 and 1 exactly; rounding must not say otherwise.
  return [p === 0 ? 0 : Math.max(0, centre - half), p === 1 ? 1 : Math.min(1, centre + half)];
}
