import type { Unrecorded } from "../context.js";
import type { HeadEnd, HeadUnit } from "./budget.js";

/** Parts of the work on a head: strengths, passes or samples. They end with the head's share of a budget. */
export interface HeadTrials {
  /** Reports a finished part. @returns true if no other one shall begin */
  readonly next: () => boolean;
  /** True if no other part shall begin. */
  readonly isOver: () => boolean;
  /** Reports that the head is solved, and what the budget has cut. */
  readonly end: () => Promise<void>;
}

/**
 * Begins the work on a head.
 * @param unit what is counted
 * @param fewest parts that are done whatever the clock says
 */
export async function headTrials(
  context: Unrecorded,
  total: number,
  { unit = "trials", fewest = 1 }: { readonly unit?: HeadUnit; readonly fewest?: number } = {},
): Promise<HeadTrials> {
  const { options, onEvent } = context;
  let budget: HeadEnd | undefined;
  if (options.budget !== undefined)
    budget = await (await import("./phases.js")).headEnd(context, total, unit);
  let done = 0;
  const report = (to: number): void => {
    // Samples are reported where their features are computed.
    if (unit !== "samples") onEvent({ event: "progress", phase: "head", done: to, total, unit: "trials" });
  };
  const isOver = (): boolean => done >= fewest && (budget?.isOver(done) === true || done >= total);
  report(0);
  return {
    next: () => {
      report(++done);
      return isOver();
    },
    isOver,
    end: async () => {
      if (done >= total) return;
      report(total);
      await budget?.keep(done);
    },
  };
}
