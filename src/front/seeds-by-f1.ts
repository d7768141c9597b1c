import type { SeedsF1Result, Verdict } from "../core/events.js";
import { f1Of, type Tally } from "../evaluate/entities.js";
import type { ComparedTrainings, ScratchState } from "../evidence/compare-trainings.js";
import type { Context } from "./context.js";
import { inSeeds, type SeededTraining } from "./in-seeds.js";

/** What a training found in each item of the test part. */
export type Tallies = readonly Tally[];

/** The run's own training with what it found, and the same with another seed. */
export interface SeedTrainings extends SeededTraining<Tallies> {
  /** From scratch, with baselines. */
  readonly scratch?: SeededTraining<Tallies> & {
    /** What a verdict says of the trainings from scratch, once all have ended. */
    readonly state: () => ScratchState;
  };
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
  if (!scratch || !beside) return { by_seed };
  return { by_seed, verdict: await verdictOfF1(transfer, scratch, { items, scratch: beside.state() }) };
}

/** Compares two ways of training by each sample's share of F1, over one or several seeds. */
export async function verdictOfF1(
  transfer: readonly Tallies[],
  scratch: readonly Tallies[],
  told: Pick<ComparedTrainings, "items" | "scratch">,
): Promise<Verdict> {
  const [{ compareTrainings }, { f1Shares, flatTallies }] = await Promise.all([
    import("../evidence/compare-trainings.js"),
    import("../evaluate/entities.js"),
  ]);
  const shares = (all: readonly Tallies[]): number[][] => all.map((one) => f1Shares(flatTallies(one)).shares);
  return compareTrainings({ a: shares(transfer), b: shares(scratch), metric: "f1", ...told });
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
