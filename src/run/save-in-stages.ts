import type { Verdict } from "../core/events/run-outcome.js";
import type { Context } from "./context.js";

/** Fields that additional trainings add to a run's result. */
export interface Added {
  readonly baselines?: object;
  readonly verdict?: Verdict;
  readonly by_seed?: object;
  readonly cross_validation?: object;
}

/** A result, and the trainings that add to it. */
interface Kept<R> {
  readonly alone: R;
  /** Saves the run. `unfinished`: its checkpoints stay, so that it can be resumed. */
  readonly keep: (result: R, unfinished?: boolean) => Promise<void>;
  /** Trains baselines and returns them with the verdict. */
  readonly compare?: () => Promise<Added | Partial<R>>;
  readonly moreSeeds?: () => Promise<Added>;
  /** Trains the folds of a cross-validation. */
  readonly inFolds?: ((result: R) => Promise<Added>) | undefined;
  /** Completes a result with derived fields. Default: unchanged. */
  readonly complete?: (result: R) => R;
  /** `performance.now()` when the run began. */
  readonly begin: number;
}

/**
 * Saves the result of a run before the baselines begin, before the other seeds begin, before the folds begin, and at the end. A later stage may be stopped
 * or may not fit into memory; the model is saved by then.
 */
export async function saveInStages<
  R extends { readonly seconds: { readonly total: number }; readonly peak_rss_mb: number },
>(
  context: Context,
  { alone, keep, compare, moreSeeds, inFolds, complete = (result) => result, begin }: Kept<R>,
): Promise<R> {
  const { options, machine } = context;
  let result = complete(alone);
  const withMore = async (find: () => Promise<Added | Partial<R>>): Promise<R> => {
    await keep(result, true);
    const more = await find();
    const total = context.run.secondsSince(begin);
    const peak_rss_mb = machine.platform.peakMemoryMb();
    return complete({ ...result, ...more, seconds: { ...result.seconds, total }, peak_rss_mb });
  };
  if (compare) result = await withMore(compare);
  if (moreSeeds && (options.seeds ?? 1) > 1) result = await withMore(moreSeeds);
  if (inFolds) {
    const before = result;
    result = await withMore(() => inFolds(before));
  }
  await keep(result);
  return result;
}

/** Returns undefined, with a warning, if a training from scratch is refused. */
export async function unlessRefused<Fit>(
  { onEvent }: Pick<Context, "onEvent">,
  train: () => Promise<Fit>,
): Promise<Fit | undefined> {
  try {
    return await train();
  } catch (error) {
    onEvent((await import("./training/refusal.js")).baselinesRefused(error));
    return undefined;
  }
}
