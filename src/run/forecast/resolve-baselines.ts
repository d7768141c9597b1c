import { formatEstimate } from "../../core/duration.js";
import type { ForecastEvent } from "../../core/events/events.js";
import type { Context } from "../context.js";
import { recordDecisions } from "../folder/record-decisions.js";
import type { ExtraTrainings } from "./extra-trainings.js";

/** Most seconds for baselines from scratch if the user requested neither baselines nor a budget. */
export const maxBaselineSeconds = 120;

/** Forecast of a run with additional trainings, and the seconds of these without a budget. */
export interface ExtraTrainingsForecast {
  readonly extra: ExtraTrainings;
  readonly event: ForecastEvent;
  readonly planned: number;
}

/**
 * Returns the first choice that fits the time. With a budget, all trainings fit into it. Without one, the additional
 * trainings take at most {@link maxBaselineSeconds}. The steps from scratch are reduced as needed. If nothing fits, the
 * forecast gives the time of the shortest choice.
 *
 * @param all the most first; the last is the run alone
 */
export function chooseExtraTrainings(
  all: readonly ExtraTrainings[],
  forecastOf: (extra: ExtraTrainings) => ExtraTrainingsForecast,
  budget?: number,
): ExtraTrainingsForecast {
  const alone = forecastOf(all.at(-1)!);
  const limit = budget ?? alone.planned + maxBaselineSeconds;
  let least = alone;
  for (const extra of all.slice(0, -1)) {
    const whole = forecastOf(extra);
    if (whole.planned <= limit) return whole;
    const short = extra.fewer && forecastOf(extra.fewer.at(extra.fewer.fewest));
    if (short && short.planned <= limit)
      return forecastOf(extra.fewer!.at(stepsThatFit(short, whole, limit)));
    least = short ?? whole;
  }
  const time = formatEstimate(least.planned - alone.planned);
  const instead = `no baseline from scratch, which would take about ${time}${budget === undefined ? "" : " more"} (--baselines)`;
  return { ...alone, event: { ...alone.event, words: `${alone.event.words}; ${instead}` } };
}

/** Steps from scratch between the fewest and all: the time is linear in the steps. */
function stepsThatFit(short: ExtraTrainingsForecast, whole: ExtraTrainingsForecast, limit: number): number {
  const [fewest, all] = [short.extra.scratchSteps!, whole.extra.scratchSteps!];
  const share = (limit - short.planned) / (whole.planned - short.planned);
  return Math.floor(fewest + share * (all - fewest));
}

/** Records the decision about baselines in `run.json`, so that a resumed run repeats it. */
export async function resolveBaselines<C extends Context>(
  context: C,
  { baselines, seeds, scratchSteps }: Pick<ExtraTrainings, "baselines"> & Partial<ExtraTrainings>,
): Promise<C> {
  const { run, options } = context;
  const decided = {
    baselines,
    ...(baselines && seeds !== undefined && { seeds }),
    // With a budget, the remaining time decides the steps.
    ...(baselines && scratchSteps !== undefined && options.budget === undefined && { scratchSteps }),
  };
  await recordDecisions(context, { ...run.manifest.options, ...decided });
  return { ...context, options: { ...options, ...decided } };
}
