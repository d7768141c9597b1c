import type { SeedsF1Result, Verdict } from "../core/events.js";
import { f1Of, type Tally } from "../evaluate/entities.js";
import type { Context } from "./context.js";
import { defaults } from "./options.js";

/** What a training found in each item of the test part. */
export type Tallies = readonly Tally[];

/** The run's own training with what it found, and the same with another seed. */
export interface SeedTrainings {
  readonly first: Tallies;
  /** @param its the run with another seed @param suffix behind the names of its stages */
  readonly again: (its: Context, suffix: string) => Promise<Tallies>;
  /** From scratch, with baselines. */
  readonly scratch?: Pick<SeedTrainings, "first" | "again">;
  /** What is scored, in the verdict's words. */
  readonly items: string;
}

/**
 * The same training with the seeds after the run's own, and from scratch beside each, where F1 is the score: same split, same
 * start of the head, other order, changes of texts and fresh weights.
 *
 * @returns F1 by seed; with baselines the verdict over all of them, whose interval holds the luck of the seed too
 */
export async function seedsByF1(
  context: Context,
  { first, again, scratch, items }: SeedTrainings,
): Promise<{ readonly by_seed: SeedsF1Result; readonly verdict?: Verdict }> {
  const { options, onEvent } = context;
  const { seeds = 1, seed: own = defaults.seed } = options;
  const begin = performance.now();
  const transfer = [first];
  const beside = scratch ? [scratch.first] : [];
  const rowOf = (k: number) => ({
    seed: own + k,
    f1: f1OfAll(transfer[k]!),
    ...(scratch && { scratch: f1OfAll(beside[k]!) }),
  });
  const tell = (k: number): void => onEvent({ event: "seed", number: k + 1, of: seeds, ...rowOf(k) });
  tell(0);
  for (let k = 1; k < seeds; k++) {
    const seed = own + k;
    const its: Context = { ...context, options: { ...options, seed } };
    const suffix = ` seed ${seed}`;
    transfer.push(await again(its, suffix));
    if (scratch) beside.push(await scratch.again(its, suffix));
    tell(k);
  }
  const { meanInterval } = await import("../evaluate/mean-interval.js");
  const by_seed = {
    runs: transfer.map((_, k) => rowOf(k)),
    f1: meanInterval(transfer.map(f1OfAll)),
    ...(scratch && { scratch: meanInterval(beside.map(f1OfAll)) }),
    seconds: (performance.now() - begin) / 1000,
  };
  if (!scratch) return { by_seed };
  const { compareF1Seeds } = await import("../evidence/compare-f1-seeds.js");
  return { by_seed, verdict: compareF1Seeds({ a: transfer, b: beside, items }) };
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
