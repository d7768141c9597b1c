import type { SeedsF1Result, Verdict } from "../core/events.js";
import { f1Of, type Tally } from "../evaluate/entities.js";
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
}

/**
 * The training with the seeds after the run's own, where F1 is the score: see {@link inSeeds}.
 *
 * @returns F1 by seed; with baselines the verdict over all of them, whose interval holds the luck of the seed too
 */
export async function seedsByF1(
  context: Context,
  { scratch: beside, items, ...its }: SeedTrainings,
): Promise<{ readonly by_seed: SeedsF1Result; readonly verdict?: Verdict }> {
  const trainings = { transfer: its, scratch: beside };
  const { transfer, scratch, by_seed } = await inSeeds(context, {
    ...trainings,
    metric: "f1",
    scoreOf: f1OfAll,
  });
  if (!scratch) return { by_seed };
  const { compareF1Seeds } = await import("../evidence/compare-f1-seeds.js");
  return { by_seed, verdict: compareF1Seeds({ a: transfer, b: scratch, items }) };
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
