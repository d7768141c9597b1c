import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events/events.js";
import { studentTwoSided } from "./distributions.js";
import { z95 } from "./wilson.js";

/** How often only one of two classifiers is right on the same samples. */
export interface Disagreement {
  readonly n: number;
  /** Samples that only a predicts correctly. */
  readonly onlyA: number;
  readonly onlyB: number;
}

/**
 * Counts over samples; a score above 0 is right.
 * @throws ShapeError when the lengths differ, DataError for no samples
 */
export function disagreement(a: ArrayLike<number | boolean>, b: ArrayLike<number | boolean>): Disagreement {
  if (a.length !== b.length)
    throw new EngraftError(
      "ShapeError",
      `both must be scored on the same items, got ${a.length} and ${b.length}`,
      { details: { a: a.length, b: b.length } },
    );
  if (a.length === 0) throw new EngraftError("DataError", "there are no items to compare on");
  let [onlyA, onlyB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] && !b[i]) onlyA++;
    if (!a[i] && b[i]) onlyB++;
  }
  return { n: a.length, onlyA, onlyB };
}

/**
 * 95 % interval of accuracy(a) − accuracy(b) over the same samples: Tango's score interval, the differences Δ that a
 * score test would not reject. It stays inside [−1, 1] and keeps a width when the two never disagree.
 *
 * |b − c − NΔ| ≤ z √(N (2q + Δ(1 − Δ))),  q = the likeliest P(only b right) given Δ
 *
 * @see Tango 1998, Equivalence test and confidence interval for the difference in proportions for the paired-sample design
 */
export function tangoInterval({ n, onlyA, onlyB }: Disagreement, z: number = z95): Interval {
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
 * p value of "equally good" by the score test that {@link tangoInterval} turns round, z = (b − c) / √(b + c): it is below 0.05
 * where that interval leaves out 0.
 */
export function scoreTest({ onlyA, onlyB }: Disagreement): number {
  const n = onlyA + onlyB;
  return n === 0 ? 1 : studentTwoSided(Math.abs(onlyA - onlyB) / Math.sqrt(n), Number.POSITIVE_INFINITY);
}

/**
 * Exact McNemar test, two-sided: were the two equally good, each disagreement would fall either way like a coin.
 * It is the paired permutation test over samples, without drawing.
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

/**
 * True if a classifier is better than always the most frequent class: one-sided exact McNemar test at 5 %.
 * @param right, majority 1 for each sample that is right, else 0
 */
export function beatsMajority(right: ArrayLike<number>, majority: ArrayLike<number>): boolean {
  const table = disagreement(right, majority);
  return table.onlyA > table.onlyB && mcNemar(table) / 2 < 0.05;
}
