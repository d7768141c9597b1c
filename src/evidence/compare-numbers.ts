import type { Verdict } from "../core/events.js";
import { signedNumber as signed } from "./compared-words.js";
import { pairedBootstrap } from "./paired-bootstrap.js";

/** Answers of two ways to the same numbers, on the same items. */
export interface ComparedNumbers {
  /** float64[N, T] */
  readonly truth: ArrayLike<number>;
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly targets: number;
  readonly seed?: number;
  /** A gain within ± this counts as none; R², default 0.01. */
  readonly margin?: number;
  readonly names?: { readonly a: string; readonly b: string };
}

/**
 * Did a predict better than b? gain = R²(a) − R²(b), the mean over the targets, with a paired percentile bootstrap over
 * the items. See {@link pairedBootstrap}.
 */
export function compareNumbers(options: ComparedNumbers): Verdict {
  const { truth, a, b, targets: t, seed = 0, margin = 0.01 } = options;
  const { names = { a: "transfer", b: "training from scratch" } } = options;
  const n = truth.length / t;
  const gainOf = (rows: ArrayLike<number>): number => {
    let gain = 0;
    for (let k = 0; k < t; k++) {
      let [own, other, sum, spread] = [0, 0, 0, 0];
      const zero = truth[k]!;
      for (let r = 0; r < n; r++) {
        const at = rows[r]! * t + k;
        const y = truth[at]! - zero;
        own += (truth[at]! - a[at]!) ** 2;
        other += (truth[at]! - b[at]!) ** 2;
        sum += y;
        spread += y * y;
      }
      const total = spread - (sum * sum) / n;
      gain += total > 0 ? (other - own) / total / t : 0;
    }
    return gain;
  };
  const { gain, ci95, p, transfer } = pairedBootstrap(n, gainOf, { seed, margin });
  const between = `95 % interval ${signed(ci95[0])} to ${signed(ci95[1])}; ${n} test items, 1 seed`;
  const first = names.a.charAt(0).toUpperCase() + names.a.slice(1);
  const words = {
    positive: `${first} helped: R² higher than ${names.b} by ${Math.abs(gain).toFixed(3)} (${between}).`,
    negative: `${first} hurt: R² lower than ${names.b} by ${Math.abs(gain).toFixed(3)} (${between}).`,
    neutral: `${first} made no difference that matters: R² ${signed(gain)} against ${names.b} (${between}).`,
    inconclusive: `Undecided: R² ${signed(gain)} against ${names.b}, which chance can explain (${between}).`,
  };
  const tail = " One seed: how much another training run would differ is not in the interval.";
  return { transfer, gain, ci95, margin, p, seeds: 1, words: words[transfer] + tail };
}
