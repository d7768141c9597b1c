import type { SeedsF1Result, Verdict } from "../core/events.js";
import { f1Sums, type Tally } from "../evaluate/entities.js";
import { scoredBy } from "../evaluate/metric-sums.js";
import type { Context } from "./context.js";
import { inSeeds, type SeededTraining } from "./in-seeds.js";
import type { Rivals } from "./rivals.js";
import { verdictOfScores } from "./verdict-of-scores.js";

/** What a training found in each item of the test part. */
export type Tallies = readonly Tally[];

/** The run's own training with what it found, and the same with another seed. */
export interface SeedTrainings extends SeededTraining<Tallies> {
  /** From scratch, with baselines. */
  readonly scratch?: SeededTraining<Tallies>;
  /** What is scored, in the verdict's words. */
  readonly items: string;
  /** Baselines beside it, with baselines. */
  readonly rivals?: Rivals;
}

/**
 * The training with the seeds after the run's own, where F1 is the score: see {@link inSeeds}.
 *
 * @returns F1 by seed; with baselines the verdict over all of them, whose interval holds the luck of the seed too
 */
export async function seedsByF1(
  context: Context,
  { scratch: beside, items, rivals, ...its }: SeedTrainings,
): Promise<{ readonly by_seed: SeedsF1Result; readonly verdict?: Verdict }> {
  const trainings = { transfer: its, scratch: beside };
  const { transfer, scratch, by_seed } = await inSeeds(context, {
    ...trainings,
    metric: "f1",
    scoreOf: f1OfAll,
  });
  if (!scratch) return { by_seed };
  return { by_seed, verdict: await verdictOfF1(transfer, scratch, items, rivals) };
}

/** Compares two ways of training by each sample's share of F1, over one or several seeds. */
export function verdictOfF1(
  transfer: readonly Tallies[],
  scratch: readonly Tallies[],
  items: string,
  rivals?: Rivals,
): Promise<Verdict> {
  const scored = (all: readonly Tallies[]) => all.map((one) => scoredBy(f1Sums(one)));
  return verdictOfScores(scored(transfer), scored(scratch), { items, ...rivals });
}

/** Returns the micro F1 of all items. */
export const f1OfAll = (tallies: Tallies): number => scoredBy(f1Sums(tallies)).value;
