import type { Verdict } from "../core/events.js";
import type { Variances } from "../evaluate/paired.js";
import { plannedError } from "../evaluate/planned-error.js";
import { studentQuantile } from "../statistics/distributions.js";

/** More than this is no advice. */
const most = { items: 100_000, seeds: 20 };

/**
 * What it would take to tell, were the gain what it was found to be: an interval that is narrow enough to leave 0 out, or
 * to lie within ± margin, whichever is nearer.
 *
 * t(0.95, df) SE(K, N) ≤ max(|gain|, margin − |gain|), with {@link plannedError} from the variances that were found:
 * the smallest N for these seeds, the smallest K for these items, and, where neither alone is enough, the smallest N with
 * ten seeds.
 *
 * @param seeds how many there were; of one, the variance of the seeds is what was assumed
 */
export function needed(
  variances: Variances,
  found: {
    readonly gain: number;
    readonly margin: number;
    readonly seeds: number;
    readonly items: number;
  },
): NonNullable<Verdict["needed"]> {
  const { gain, margin, seeds, items } = found;
  const target = Math.max(Math.abs(gain), margin - Math.abs(gain));
  const tells = (k: number, n: number): boolean => {
    const { standardError, degreesOfFreedom } = plannedError(variances, k, n);
    return studentQuantile(0.95, degreesOfFreedom) * standardError <= target;
  };
  const enough = (k: number): number | null =>
    tells(k, most.items) ? roundUp(least(items, most.items, (n) => tells(k, n))) : null;
  const more = tells(most.seeds, items) ? least(seeds, most.seeds, (k) => tells(k, items)) : null;
  const alone = enough(seeds);
  if (alone !== null || more !== null) return { items: alone, seeds: more };
  const together = seeds < manySeeds ? enough(manySeeds) : null;
  return {
    items: null,
    seeds: null,
    ...(together !== null && { together: { items: together, seeds: manySeeds } }),
  };
}

/** Beyond it another seed hardly narrows anything. */
const manySeeds = 10;

/** The smallest whole number from `low` to `high` for which something holds that holds for all larger ones. */
function least(low: number, high: number, holds: (n: number) => boolean): number {
  let [no, yes] = [low, high];
  if (holds(low)) return low;
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

/** To two digits, upwards: 1234 becomes 1300. */
function roundUp(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / step) * step;
}

/** "About 1,300 test items with 3 seeds, or 7 seeds on these 150, would tell.": what {@link needed} found. */
export function neededWords(
  { items, seeds, together }: NonNullable<Verdict["needed"]>,
  now: { readonly seeds: number; readonly items: number },
  what = "items",
): string {
  const count = (n: number): string => n.toLocaleString("en-US");
  const these = now.seeds === 1 ? "" : ` with these ${now.seeds} seeds`;
  if (together)
    return `About ${count(together.items)} test ${what} together with ${together.seeds} seeds would tell.`;
  const ways = [
    ...(items === null ? [] : [`about ${count(items)} test ${what}${these}`]),
    ...(seeds === null ? [] : [`${seeds} seeds on these ${count(now.items)} ${what}`]),
  ];
  if (ways.length === 0) return "No amount of data that can be had would tell so small a difference.";
  const words = ways.join(" or ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} would tell.`;
}
