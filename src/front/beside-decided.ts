import { formatEstimate } from "../core/duration.js";
import type { ForecastEvent } from "../core/events.js";
import type { Beside } from "./beside.js";
import type { Context } from "./context.js";
import { recordDecided } from "./record-decided.js";

/** Seconds that trainings from scratch may take beside a run that nobody asked to have them, if there is no budget. */
export const mostSecondsBeside = 120;

/** A forecast of a run with what may stand beside it, and the seconds that all of it would take without a budget. */
export interface Forecasted {
  readonly beside: Beside;
  readonly event: ForecastEvent;
  readonly planned: number;
}

/**
 * Returns the first that there is time for. With a budget all of the run fits it as it is planned. Without one, what stands
 * beside it takes at most {@link mostSecondsBeside}. If the steps from scratch can be fewer, they are as many as fit. If nothing
 * fits, the forecast says what the least would take.
 *
 * @param all the most first; the last is the run alone
 */
export function besideInTime(
  all: readonly Beside[],
  forecastOf: (beside: Beside) => Forecasted,
  budget?: number,
): Forecasted {
  const alone = forecastOf(all.at(-1)!);
  const limit = budget ?? alone.planned + mostSecondsBeside;
  let least = alone;
  for (const beside of all.slice(0, -1)) {
    const whole = forecastOf(beside);
    if (whole.planned <= limit) return whole;
    const short = beside.fewer && forecastOf(beside.fewer.at(beside.fewer.fewest));
    if (short && short.planned <= limit)
      return forecastOf(beside.fewer!.at(stepsThatFit(short, whole, limit)));
    least = short ?? whole;
  }
  const time = formatEstimate(least.planned - alone.planned);
  const instead = `no run from scratch beside it, which would take about ${time}${budget === undefined ? "" : " more"} (--baselines)`;
  return { ...alone, event: { ...alone.event, words: `${alone.event.words}; ${instead}` } };
}

/** Steps from scratch between the fewest and all: the seconds grow with them along a straight line. */
function stepsThatFit(short: Forecasted, whole: Forecasted, limit: number): number {
  const [fewest, all] = [short.beside.scratchSteps!, whole.beside.scratchSteps!];
  const share = (limit - short.planned) / (whole.planned - short.planned);
  return Math.floor(fewest + share * (all - fewest));
}

/**
 * Records what was decided of baselines: the run resumes with it, and its command says it.
 * @param decided seeds: missing if a task knows of none
 */
export async function besideDecided<C extends Context>(
  context: C,
  { baselines, seeds, scratchSteps }: Pick<Beside, "baselines"> & Partial<Beside>,
): Promise<C> {
  const { run, options } = context;
  const decided = {
    baselines,
    ...(baselines && seeds !== undefined && { seeds }),
    // With a budget, the time that is left decides the steps.
    ...(baselines && scratchSteps !== undefined && options.budget === undefined && { scratchSteps }),
  };
  await recordDecided(context, { ...run.manifest.options, ...decided });
  return { ...context, options: { ...options, ...decided } };
}
