import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events.js";
import { draws } from "../core/random.js";
import { studentQuantile, studentTwoSided } from "../statistics/distributions.js";
import { z95 } from "../statistics/wilson.js";

/** How often only one of two classifiers is right on the same items. */
export interface Disagreement {
  readonly n: number;
  /** Items that only a answers rightly. */
  readonly onlyA: number;
  readonly onlyB: number;
}

/** Count over items. @throws ShapeError when the lengths differ, DataError for no items */
export function disagreement(a: readonly boolean[], b: readonly boolean[]): Disagreement {
  checkPair(a.length, b.length);
  let onlyA = 0;
  let onlyB = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && !b[i]) onlyA++;
    if (!a[i] && b[i]) onlyB++;
  }
  return { n: a.length, onlyA, onlyB };
}

/**
 * 95 % interval of accuracy(a) − accuracy(b) over the same items: Tango's score interval, the differences Δ that a
 * score test would not reject. It stays inside [−1, 1] and keeps a width when the two never disagree.
 *
 * |b − c − NΔ| ≤ z √(N (2q + Δ(1 − Δ))),  q = the likeliest P(only b right) given Δ
 *
 * @see Tango 1998, Equivalence test and confidence interval for the difference in proportions for the paired-sample design
 */
export function pairedInterval({ n, onlyA, onlyB }: Disagreement, z: number = z95): Interval {
  const score = (delta: number): number => {
    // 2N q² + B q + C = 0
    const b = -onlyA - onlyB + (2 * n - onlyA + onlyB) * delta;
    const c = -onlyB * delta * (1 - delta);
    const q = (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n);
    const variance = n * (2 * q + delta * (1 - delta));
    const distance = onlyA - onlyB - n * delta;
    if (variance > 1e-300) return distance / Math.sqrt(variance);
    return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY;
  };
  const observed = (onlyA - onlyB) / n;
  // The score falls as Δ grows: bisection between the observed difference and the end.
  const solve = (inside: number, end: number, target: number): number => {
    if (Math.abs(score(end)) <= Math.abs(target)) return end;
    let near = inside;
    let far = end;
    for (let i = 0; i < 100 && Math.abs(far - near) > 1e-12; i++) {
      const middle = (near + far) / 2;
      if (Math.abs(score(middle)) <= Math.abs(target)) near = middle;
      else far = middle;
    }
    return (near + far) / 2;
  };
  return [solve(observed, -1, z), solve(observed, 1, -z)];
}

/**
 * Exact McNemar test, two-sided: were the two equally good, each disagreement would fall either way like a coin.
 * It is the paired permutation test over items, without drawing.
 */
export function mcNemar({ onlyA, onlyB }: Disagreement): number {
  const n = onlyA + onlyB;
  const tail = Math.min(onlyA, onlyB);
  // log C(n, k) − n log 2, summed up to the smaller count
  let logTerm = -n * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= tail; k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(n - k) - Math.log(k + 1);
  }
  return Math.min(1, 2 * sum);
}

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
