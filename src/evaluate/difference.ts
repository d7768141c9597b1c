import type { Interval } from "../core/events/events.js";
import { wilsonInterval } from "../statistics/wilson.js";

/** Correct predictions among items. */
export interface Proportion {
  readonly successes: number;
  readonly n: number;
}

/**
 * The difference of two proportions of independent samples, a − b, with Newcombe's hybrid score interval:
 *
 * d = p₁ − p₂,   d − √((p₁ − l₁)² + (u₂ − p₂)²)  …  d + √((u₁ − p₁)² + (p₂ − l₂)²),   [l, u] Wilson's interval of each
 *
 * For items that both models or both samples share, a paired interval is narrower.
 * @see Newcombe, "Interval Estimation for the Difference Between Independent Proportions", 1998, method 10
 * @example differenceInterval({ successes: 56, n: 70 }, { successes: 48, n: 80 }) // 0.2, [0.0524, 0.3339]
 */
export function differenceInterval(
  a: Proportion,
  b: Proportion,
): { readonly difference: number; readonly ci95: Interval } {
  const share = ({ successes, n }: Proportion): number => (n === 0 ? 0 : successes / n);
  const [p1, p2] = [share(a), share(b)];
  const [l1, u1] = wilsonInterval(a.successes, a.n);
  const [l2, u2] = wilsonInterval(b.successes, b.n);
  const difference = p1 - p2;
  return {
    difference,
    ci95: [difference - Math.hypot(p1 - l1, u2 - p2), difference + Math.hypot(u1 - p1, p2 - l2)],
  };
}
