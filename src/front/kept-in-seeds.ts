import type { Verdict } from "../core/beside-events.js";
import type { Context } from "./context.js";

/** What other trainings add to the result of a run. */
export interface Added {
  readonly baselines?: object;
  readonly verdict?: Verdict;
  readonly by_seed?: object;
}

/** A result that is kept, and what more is found out beside it. */
export interface Kept<R> {
  readonly alone: R;
  /** Write the run; unfinished: its stages stay, to go on from. */
  readonly keep: (result: R, unfinished?: boolean) => Promise<void>;
  /** Baselines and verdict, where there are any. */
  readonly beside?: () => Promise<Added>;
  readonly moreSeeds: () => Promise<Added>;
  /** `performance.now()` when the run began. */
  readonly begin: number;
}

/**
 * Keep the result of a run. What is there is kept before the runs from scratch beside it begin, and again before those of
 * other seeds: they say whether the transfer helped and how sure that is, may be stopped, and may not fit into memory.
 */
export async function keptInSeeds<
  R extends { readonly seconds: { readonly total: number }; readonly peak_rss_mb: number },
>(context: Context, { alone, keep, beside, moreSeeds, begin }: Kept<R>): Promise<R> {
  const { options, platform } = context;
  let result = alone;
  const withMore = async (find: () => Promise<Added>): Promise<R> => {
    await keep(result, true);
    const more = await find();
    const total = (performance.now() - begin) / 1000;
    const peak_rss_mb = platform.peakMemoryMb();
    return { ...result, ...more, seconds: { ...result.seconds, total }, peak_rss_mb };
  };
  if (beside) result = await withMore(() => unlessRefused(context, beside));
  if ((options.seeds ?? 1) > 1) result = await withMore(moreSeeds);
  await keep(result);
  return result;
}

/** All weights are trained from the first step, by batch statistics: that may be refused where the run itself was not. */
async function unlessRefused({ onEvent }: Context, find: () => Promise<Added>): Promise<Added> {
  try {
    return await find();
  } catch (error) {
    onEvent((await import("./refusal.js")).noneBeside(error));
    return {};
  }
}
