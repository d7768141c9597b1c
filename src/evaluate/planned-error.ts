import type { Variances } from "./paired.js";

/**
 * The standard error that a gain would have over K seeds and N items, and the degrees of freedom of its t.
 *
 * MS_seeds = N σ²_seeds + σ²_both   MS_items = K σ²_items + σ²_both   MS_both = σ²_both
 * SE² = (MS_seeds + MS_items − MS_both) / (K N) = σ²_seeds / K + σ²_items / N + σ²_both / (K N)
 *
 * Degrees of freedom by Satterthwaite, as in `seededDifference`, at least K − 1; of one seed, whose
 * variance is not measured, N − 1.
 */
export function plannedError(
  { seeds, items, both }: Variances,
  k: number,
  n: number,
): { readonly standardError: number; readonly degreesOfFreedom: number } {
  const [seedSquare, itemSquare] = [n * seeds + both, k * items + both];
  const total = seedSquare + itemSquare - both;
  const alone = Math.max(1, k - 1);
  const spread =
    seedSquare ** 2 / alone + itemSquare ** 2 / Math.max(1, n - 1) + both ** 2 / Math.max(1, alone * (n - 1));
  const df = k === 1 ? n - 1 : Math.max(alone, total ** 2 / spread || alone);
  return { standardError: Math.sqrt(total / (k * n)), degreesOfFreedom: Math.max(1, df) };
}
