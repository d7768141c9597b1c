import { formatEstimate } from "../core/duration.js";
import type { ForecastEvent } from "../core/events.js";
import type { Beside } from "./beside.js";
import type { Context } from "./context.js";
import { recordDecided } from "./record-decided.js";

/** Seconds that runs from scratch may take beside a run that nobody asked to have them, where there is no budget. */
export const mostSecondsBeside = 120;

/** A forecast of a run with what may stand beside it, and the seconds that all of it would take without a budget. */
export interface Forecasted {
  readonly beside: Beside;
  readonly event: ForecastEvent;
  readonly planned: number;
}

/**
 * The first of them, the most, that there is time for: with a budget where all of the run fits it as it is planned, without
 * one where what stands beside it takes at most {@link mostSecondsBeside}. If that is nothing, the forecast says what the
 * least would take.
 */
export function besideInTime(all: readonly Forecasted[], budget?: number): Forecasted {
  const alone = all.at(-1)!;
  const more = ({ planned }: Forecasted): number => planned - alone.planned;
  const fits = (one: Forecasted): boolean =>
    budget === undefined ? more(one) <= mostSecondsBeside : one.planned <= budget;
  const first = all.slice(0, -1).find(fits);
  if (first) return first;
  const least = formatEstimate(more(all.at(-2)!));
  const instead = `no run from scratch beside it, which would take about ${least}${budget === undefined ? "" : " more"} (--baselines)`;
  return { ...alone, event: { ...alone.event, words: `${alone.event.words}; ${instead}` } };
}

/**
 * What was decided of baselines is what the run was started with: it goes on so after a stop, and its command says so.
 * @param decided seeds: missing where a task knows of none
 */
export async function besideDecided<C extends Context>(
  context: C,
  { baselines, seeds }: Pick<Beside, "baselines"> & Partial<Beside>,
): Promise<C> {
  const { run, options } = context;
  const decided = { baselines, ...(baselines && seeds !== undefined && { seeds }) };
  await recordDecided(context, { ...run.manifest.options, ...decided });
  return { ...context, options: { ...options, ...decided } };
}
