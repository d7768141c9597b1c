import type { ForecastEvent } from "../core/events.js";
import type { Context } from "./context.js";
import { words } from "./forecast.js";
import { recordDecided } from "./record-decided.js";

/** Seconds that runs from scratch may take beside a run that nobody asked to have them, where there is no budget. */
export const mostSecondsBeside = 120;

/** A run's forecast without what stands beside it and with it, and the seconds that both would take without a budget. */
export interface Twice {
  readonly alone: { readonly event: ForecastEvent; readonly planned: number };
  readonly whole: { readonly event: ForecastEvent; readonly planned: number };
  readonly budget?: number;
}

/** What is said of a run, and whether there are baselines beside it. */
export interface Besides {
  readonly event: ForecastEvent;
  readonly baselines: boolean;
}

/**
 * Whether a run that may have baselines has them: with a budget where all of it fits as it is planned, without one where they
 * take at most {@link mostSecondsBeside}. If not, the forecast says what they would take.
 */
export function besideOrNot({ alone, whole, budget }: Twice): Besides {
  const more = whole.planned - alone.planned;
  const fits = budget === undefined ? more <= mostSecondsBeside : whole.planned <= budget;
  if (fits) return { event: whole.event, baselines: true };
  const { event } = alone;
  const instead = `no run from scratch beside it, which would take about ${words(more)}${budget === undefined ? "" : " more"} (--baselines)`;
  return { event: { ...event, words: `${event.words}; ${instead}` }, baselines: false };
}

/** What was decided of baselines is what the run was started with: it goes on so after a stop, and its command says so. */
export async function besideDecided<C extends Context>(context: C, baselines: boolean): Promise<C> {
  if (context.options.baselines !== "auto") return context;
  const { run, options } = context;
  await recordDecided(context, { ...run.manifest.options, baselines });
  return { ...context, options: { ...options, baselines } };
}
