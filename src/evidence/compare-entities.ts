import type { Interval, Verdict } from "../core/events.js";
import { draws } from "../core/random.js";
import { f1Of, type Tally } from "../evaluate/entities.js";
import { quantile } from "../evaluate/index.js";
import { points, signed } from "./verdict.js";

/** What two models found in the same sentences. */
export interface ComparedEntities {
  readonly a: readonly Tally[];
  readonly b: readonly Tally[];
  readonly seed?: number;
  /** A gain within ± this counts as none; F1, default 0.01. */
  readonly margin?: number;
  readonly names?: { readonly a: string; readonly b: string };
}

const repeats = 2000;

/**
 * Did a find entities better than b? gain = F1(a) − F1(b), with a paired percentile bootstrap over sentences. p: twice
 * the smaller share of draws on the other side of 0.
 * neutral: the interval lies within ± margin · positive, negative: it lies above, below 0 · else inconclusive.
 */
export function compareEntities(options: ComparedEntities): Verdict {
  const { a, b, seed = 0, margin = 0.01 } = options;
  const { names = { a: "transfer", b: "training from scratch" } } = options;
  const n = a.length;
  const gainOf = (rows: ArrayLike<number>): number => {
    const of = (tallies: readonly Tally[]): number => {
      let [there, predicted, correct] = [0, 0, 0];
      for (let r = 0; r < n; r++) {
        const t = tallies[rows[r]!]!;
        there += t.n;
        predicted += t.predicted;
        correct += t.correct;
      }
      return f1Of({ n: there, predicted, correct });
    };
    return of(a) - of(b);
  };
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const gain = gainOf(rows);
  const drawn = Array.from({ length: repeats }, (_, r) => {
    const d = draws(seed, "paired bootstrap", r);
    for (let i = 0; i < n; i++) rows[i] = d.integer(n);
    return gainOf(rows);
  }).sort((x, y) => x - y);
  const ci95: Interval = [quantile(drawn, 0.025), quantile(drawn, 0.975)];
  const below = drawn.filter((v) => v <= 0).length;
  const above = drawn.filter((v) => v >= 0).length;
  const p = Math.min(1, (2 * (Math.min(below, above) + 1)) / (repeats + 1));
  const within = ci95[0] >= -margin && ci95[1] <= margin;
  const transfer = within ? "neutral" : ci95[0] > 0 ? "positive" : ci95[1] < 0 ? "negative" : "inconclusive";
  const between = `95 % interval ${signed(ci95[0])} to ${signed(ci95[1])}; ${n} test sentences, 1 seed`;
  const first = names.a.charAt(0).toUpperCase() + names.a.slice(1);
  const size = points(Math.abs(gain));
  const words = {
    positive: `${first} helped: F1 ${size} above ${names.b} (${between}).`,
    negative: `${first} hurt: F1 ${size} below ${names.b} (${between}).`,
    neutral: `${first} made no difference that matters: F1 ${signed(gain)} against ${names.b} (${between}).`,
    inconclusive: `Undecided: F1 ${signed(gain)} against ${names.b}, which chance can explain (${between}).`,
  };
  const tail = " One seed: how much another training run would differ is not in the interval.";
  return { transfer, gain, ci95, margin, p, seeds: 1, words: words[transfer] + tail };
}
