import type { SeedsF1Result, Verdict } from "../core/events.js";
import { f1Of, f1Shares, flatTallies, type Tally } from "../evaluate/entities.js";
import type { Context } from "./context.js";
import { inSeeds, type SeededTraining } from "./in-seeds.js";

/** What a training found in each item of the test part. */
export type Tallies = readonly Tally[];

/** The run's own training with what it found, and the same with another seed. */
export interface SeedTrainings extends SeededTraining<Tallies> {
  /** From scratch, with baselines. */
  readonly scratch?: SeededTraining<Tallies>;
  /** What is scored, in the verdict's words. */
  readonly items: string;
  /** Group of each item; absent where each is its own. */
  readonly groups?: readonly string[];
}

/**
 * The training with the seeds after the run's own, where F1 is the score: see {@link inSeeds}.
 *
 * @returns F1 by seed; with baselines the verdict over all of them, whose interval holds the luck of the seed too
 */
export async function seedsByF1(
  context: Context,
  { scratch: beside, items, groups, ...its }: SeedTrainings,
): Promise<{ readonly by_seed: SeedsF1Result; readonly verdict?: Verdict }> {
  const trainings = { transfer: its, scratch: beside };
  const { transfer, scratch, by_seed } = await inSeeds(context, {
    ...trainings,
    metric: "f1",
    scoreOf: f1OfAll,
    sharesOf: (tallies) => f1Shares(flatTallies(tallies)).shares,
    groups,
  });
  if (!scratch) return { by_seed };
  return { by_seed, verdict: await verdictOfF1(transfer, scratch, items, groups) };
}

/** Compares two ways of training by each sample's share of F1, over one or several seeds. */
export async function verdictOfF1(
  transfer: readonly Tallies[],
  scratch: readonly Tallies[],
  items: string,
  groups?: readonly string[],
): Promise<Verdict> {
  const { compareTrainings } = await import("../evidence/compare-trainings.js");
  const shares = (all: readonly Tallies[]): number[][] => all.map((one) => f1Shares(flatTallies(one)).shares);
  return compareTrainings({
    ...{ a: shares(transfer), b: shares(scratch), metric: "f1", items },
    ...(groups && { groups }),
  });
}

/** F1 = 2 Σc / Σ(n + p) */
function f1OfAll(tallies: Tallies): number {
  const sum = { n: 0, predicted: 0, correct: 0 };
  for (const { n, predicted, correct } of tallies) {
    sum.n += n;
    sum.predicted += predicted;
    sum.correct += correct;
  }
  return f1Of(sum);
}
