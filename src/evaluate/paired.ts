import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events.js";
import { draws } from "../core/random.js";
import { studentQuantile, studentTwoSided } from "../statistics/distributions.js";

export {
  type Disagreement,
  disagreement,
  mcNemar,
  tangoInterval as pairedInterval,
} from "../statistics/tango.js";

/** seed × item: right or wrong, or a score of each item whose mean is that of the model, such as its share of R². */
export type ItemAnswers = readonly (readonly boolean[])[] | readonly (readonly number[])[];

/** Are they right or wrong? Only then do differences lie within ± 1, and pseudo-disagreements have a size. */
export const areTruths = (answers: ItemAnswers): boolean => typeof answers[0]?.[0] === "boolean";

/** Difference of two models that were each trained K times, scored on the same N items. */
export interface SeededDifference {
  /** Mean accuracy(a) − mean accuracy(b), or of another score. */
  readonly gain: number;
  readonly ci95: Interval;
  readonly p: number;
  readonly standardError: number;
  /** Of the t quantile in the interval (Satterthwaite), between K − 1 and N − 1. */
  readonly degreesOfFreedom: number;
}

/** Where the difference of one answer comes from: d = gain + seed + item + both, each with its variance, ≥ 0. */
export interface Variances {
  readonly seeds: number;
  readonly items: number;
  readonly both: number;
}

/**
 * Gain with an interval that holds both what another training and what other items would change.
 *
 * d[k][i] = a right − b right of seed k on item i, as a crossed design of two random factors:
 * MS_seeds = N Var_k(d̄ₖ.)   MS_items = K Var_i(d̄.ᵢ)   MS_both = the rest
 * Var(gain) = (MS_seeds + MS_items − MS_both) / (K N), never less than one of its two parts;
 * degrees of freedom by Satterthwaite from K − 1, N − 1 and (K − 1)(N − 1), at least K − 1.
 *
 * One pseudo-disagreement each way, half an item each, is added to the items (Agresti & Min 2005): without it the
 * interval would be empty when the two never disagree; scores that are numbers get none. p is the larger of that t test's
 * and of a permutation test that swaps a and b item by item.
 *
 * @param a, b seed × item, K ≥ 2; of numbers K ≥ 1, where one seed's interval is that of the items alone: t with N − 1
 * @throws ShapeError when the shapes differ, DataError for no items or fewer than two seeds
 * @see Clark 1973, The language-as-fixed-effect fallacy (quasi-F); Satterthwaite 1946
 */
export function seededDifference(
  a: ItemAnswers,
  b: ItemAnswers,
  { permutations = 2000, seed = 0 }: { readonly permutations?: number; readonly seed?: number } = {},
): SeededDifference & {
  readonly variances: Variances;
  /** p of the permutation test alone. */
  readonly pOfItems: number;
} {
  const seeds = a.length;
  checkPair(seeds, b.length, "seeds");
  const truths = areTruths(a);
  if (seeds < 2 && truths)
    throw new EngraftError("DataError", `the difference between seeds needs at least 2, got ${seeds}`);
  const n = a[0]!.length;
  const byItem = new Float64Array(n);
  const bySeed = new Float64Array(seeds);
  let squares = 0;
  for (let k = 0; k < seeds; k++) {
    checkPair(a[k]!.length, b[k]!.length);
    checkPair(n, a[k]!.length);
    for (let i = 0; i < n; i++) {
      const d = Number(a[k]![i]) - Number(b[k]![i]);
      byItem[i]! += d / seeds;
      bySeed[k]! += d / n;
      squares += d * d;
    }
  }
  const gain = bySeed.reduce((sum, v) => sum + v, 0) / seeds;
  const aroundSeeds = n * bySeed.reduce((sum, v) => sum + (v - gain) ** 2, 0);
  // The pseudo-disagreements: +1 and −1, half an item each, around a mean of 0.
  const aroundItems = seeds * (byItem.reduce((sum, v) => sum + v * v, 0) - n * gain * gain);
  const aroundBoth = Math.max(0, squares - seeds * n * gain * gain - aroundSeeds - aroundItems);
  const seedSquare = aroundSeeds / Math.max(1, seeds - 1);
  const itemSquare = truths ? (aroundItems + seeds) / n : aroundItems / Math.max(1, n - 1);
  const bothSquare = aroundBoth / Math.max(1, (seeds - 1) * (n - 1));
  const total = Math.max(seedSquare + itemSquare - bothSquare, seedSquare, itemSquare);
  const df = Math.max(
    1,
    seeds - 1,
    // 0 / 0 where numbers never differ: anything does.
    total ** 2 /
      (seedSquare ** 2 / Math.max(1, seeds - 1) +
        itemSquare ** 2 / Math.max(1, n - 1) +
        bothSquare ** 2 / Math.max(1, (seeds - 1) * (n - 1))) || 1,
  );
  const standardError = Math.sqrt(total / (seeds * n));
  const half = studentQuantile(0.95, df) * standardError;
  const least = truths ? 1 : Number.POSITIVE_INFINITY;
  const pOfItems = signFlips(byItem, permutations, seed);
  return {
    gain,
    ci95: [Math.max(-least, gain - half), Math.min(least, gain + half)],
    p: Math.max(
      standardError === 0 ? Number(gain === 0) : studentTwoSided(Math.abs(gain) / standardError, df),
      pOfItems,
    ),
    pOfItems,
    standardError,
    degreesOfFreedom: df,
    variances: {
      seeds: Math.max(0, seedSquare - bothSquare) / n,
      items: Math.max(0, itemSquare - bothSquare) / seeds,
      both: bothSquare,
    },
  };
}

/** p of the mean of `values` when each sign is a coin: (1 + as extreme) / (1 + draws). */
function signFlips(values: Float64Array, permutations: number, seed: number): number {
  const some = values.filter((v) => v !== 0);
  const observed = Math.abs(some.reduce((sum, v) => sum + v, 0));
  let extreme = 0;
  for (let r = 0; r < permutations; r++) {
    const d = draws(seed, "paired permutation", r);
    let sum = 0;
    for (const v of some) sum += d.chance(0.5) ? v : -v;
    // Sums of the same numbers in another order: equal ones may differ in the last digits.
    if (Math.abs(sum) >= observed - 1e-9) extreme++;
  }
  return (1 + extreme) / (1 + permutations);
}

export function checkPair(a: number, b: number, what = "items"): void {
  if (a !== b) {
    throw new EngraftError("ShapeError", `both must be scored on the same ${what}, got ${a} and ${b}`, {
      details: { a, b },
    });
  }
  if (a === 0) throw new EngraftError("DataError", `there are no ${what} to compare on`);
}
