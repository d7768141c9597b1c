import type { Context } from "./context.js";

/** A result that is kept, and what more seeds add to it. */
export interface Kept<R> {
  readonly alone: R;
  /** Write the run; unfinished: its stages stay, to go on from. */
  readonly keep: (result: R, unfinished?: boolean) => Promise<void>;
  readonly moreSeeds: () => Promise<Partial<R>>;
  /** `performance.now()` when the run began. */
  readonly begin: number;
}

/** Keep the result of a run; of several seeds what is there is kept first: more seeds say how sure it is, and may be stopped. */
export async function keptInSeeds<
  R extends { readonly seconds: { readonly total: number }; readonly peak_rss_mb: number },
>({ options, platform }: Context, { alone, keep, moreSeeds, begin }: Kept<R>): Promise<R> {
  let result = alone;
  if ((options.seeds ?? 1) > 1) {
    await keep(alone, true);
    const more = await moreSeeds();
    const total = (performance.now() - begin) / 1000;
    const peak_rss_mb = platform.peakMemoryMb();
    result = { ...alone, ...more, seconds: { ...alone.seconds, total }, peak_rss_mb };
  }
  await keep(result);
  return result;
}
