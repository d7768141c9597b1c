import type { Difference } from "./difference.js";

/** Outcome of a comparison: see {@link decide}. */
export type Decision = "better" | "worse" | "equivalent" | "undecided";

/** Fewest seeds to conclude about trainings, and fewest samples to conclude anything. */
export const fewestSeeds = 3;
export const fewestSamples = 20;

/**
 * Decides by the intervals of a difference.
 *
 * - "better", "worse": the 95 % interval lies above, below 0, and the corrected p is below 0.05;
 * - "equivalent": the 90 % interval lies within ± margin (two one-sided tests at 5 %, Schuirmann 1987);
 * - "undecided": everything else, and always with fewer than 3 seeds or 20 samples.
 *
 * @param options.margin in the unit of the scores, ≥ 0; default 0.01, one point
 * @param options.p corrected for other comparisons; default: the difference's own
 * @param options.of "models" decides between two trained models, for which one seed is enough
 */
export function decide(
  found: Pick<Difference, "interval" | "interval90" | "p" | "seeds" | "samples">,
  {
    margin = 0.01,
    p = found.p,
    of = "trainings",
  }: { readonly margin?: number; readonly p?: number | null; readonly of?: Difference["of"] } = {},
): Decision {
  const { interval, interval90, seeds, samples } = found;
  if (interval === null || interval90 === null || samples < fewestSamples) return "undecided";
  if (of === "trainings" && seeds < fewestSeeds) return "undecided";
  if (interval90[0] >= -margin && interval90[1] <= margin) return "equivalent";
  if (p === null || p >= 0.05) return "undecided";
  if (interval[0] > 0) return "better";
  return interval[1] < 0 ? "worse" : "undecided";
}
