import type { Interval, Verdict } from "../core/events.js";
import { draws } from "../core/random.js";
import { quantile } from "../evaluate/index.js";

const repeats = 2000;

/** A gain with what a paired percentile bootstrap over n items says of it. */
export interface BootstrappedGain extends Pick<Verdict, "transfer" | "p"> {
  readonly gain: number;
  readonly ci95: Interval;
}

/**
 * n items drawn with replacement, `repeats` times. ci95: the 2.5 % and 97.5 % quantiles of the gains; p: twice the smaller
 * share of draws on the other side of 0.
 * neutral: the interval lies within ± margin · positive, negative: it lies above, below 0 · else inconclusive.
 *
 * @param gainOf the gain on items, given by position
 */
export function pairedBootstrap(
  n: number,
  gainOf: (rows: ArrayLike<number>) => number,
  { seed, margin }: { readonly seed: number; readonly margin: number },
): BootstrappedGain {
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
  return { gain, ci95, p, transfer };
}
