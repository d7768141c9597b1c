import { EngraftError } from "../core/errors.js";
import type { Interval } from "../core/events.js";
import { draws } from "../core/random.js";
import { quantile } from "../linalg/quantile.js";

export interface BootstrapOptions {
  /** Default 2000: the ends of a 95 % interval then move by about a twentieth of its width between seeds. */
  readonly repeats?: number;
  readonly seed?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Percentile bootstrap of any statistic of items: drawn again with replacement, `repeats` times.
 *
 * For statistics without a formula (macro F1, ECE). Too narrow below about 30 items; use
 * {@link wilsonInterval} and {@link pairedInterval} where they apply.
 *
 * @param statistic takes the drawn item numbers; values that are not finite are left out
 * @throws DataError for no items
 * @example bootstrapInterval(correct.length, (drawn) => mean(drawn.map((i) => correct[i])), { seed: 0 })
 */
export function bootstrapInterval(
  n: number,
  statistic: (drawn: Int32Array) => number,
  { repeats = 2000, seed = 0, level = 0.95 }: BootstrapOptions = {},
): Interval {
  if (n === 0) throw new EngraftError("DataError", "there are no items to draw from");
  const values: number[] = [];
  const drawn = new Int32Array(n);
  for (let r = 0; r < repeats; r++) {
    const d = draws(seed, "bootstrap", r);
    for (let i = 0; i < n; i++) drawn[i] = d.integer(n);
    const value = statistic(drawn);
    if (Number.isFinite(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  return [quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2)];
}
