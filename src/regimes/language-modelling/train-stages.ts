import { formatEstimate } from "../../core/duration.js";
import type { ForecastEvent } from "../../core/events/events.js";
import type { ForecastFacts } from "../../core/results/counts.js";
import type { Tensor } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import type { Platform } from "../../platform/platform.js";
import { decideOnce } from "../../run/folder/decide-once.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import { forecastFacts, rangeOf, rangeWords } from "../../run/forecast/forecast.js";
import { withinBudget } from "../../run/training/budget.js";
import type { Decided, Fit, FitResult } from "../../train/fit.js";
import { inWords } from "../../train/step/step-memory.js";
import { lossesOf } from "./scores.js";
import { prepareLanguageFit, type StageContext, type StagePlan, stepsOfRows } from "./stages.js";

/** What both stages gave. */
export interface TrainedStages {
  /** Of the head alone, over the base's own features; missing where the file has a head. */
  readonly head?: ReadonlyMap<Value, Tensor>;
  readonly fit: FitResult;
  readonly seconds: number;
  readonly forecast: ForecastFacts;
}

/** Share of a budget that goes to the head. */
const headShare = 0.15;
/** Writing the new base, its card, and scoring both once more. */
const secondsAfter = 2;

/**
 * First the head by itself, over features that stay as they are; then everything. What the first gives is what the base
 * knew already: the second is judged against it.
 */
export async function trainStages(
  context: Omit<StageContext, "store">,
  {
    run,
    platform,
    begin,
    head,
    body,
  }: {
    readonly run: RunFolder;
    readonly platform: Platform;
    readonly begin: number;
    readonly head: StagePlan;
    readonly body: StagePlan;
  },
): Promise<TrainedStages> {
  const { options, epochs, train, batch } = context;
  const { budget } = options;
  const prepared = (plan: StagePlan): Promise<Fit> =>
    prepareLanguageFit({ ...context, store: run.store(plan.stage) }, plan);
  const whole = await prepared(body);
  let first: Fit | undefined;
  try {
    const bodySteps = await whole.measure();
    first = context.model.head.length > 0 ? await prepared(head) : undefined;
    const headSteps = first ? await first.measure() : 0;
    const validating = await secondsOfScoring(whole, context);
    const stages = first ? [headSteps, bodySteps] : [bodySteps];
    const steps = epochs * stepsOfRows(train, batch);
    const event = forecastOf({
      spent: (performance.now() - begin) / 1000,
      training: stages.reduce((n, each) => n + steps * each + (epochs + 1) * validating, 0) + 2 * validating,
      steps: stages.length * steps,
      secondsPerStep: bodySteps,
      peak: Math.max(platform.memoryMb(), platform.peakMemoryMb()),
      budget,
    });
    context.onEvent(event);
    const decide = async (name: string, perStep: number, share: number): Promise<Decided> =>
      budget === undefined
        ? {}
        : decideOnce(run, name, async () =>
            withinBudget(
              { batch, batchNorm: "frozen" },
              { epochs: options.epochs },
              {
                left: share * (budget - (performance.now() - begin) / 1000),
                tail: name === "head" ? 0 : 2 * validating + secondsAfter,
                trainings: 1,
                examples: train.count,
                secondsPerStep: perStep,
                secondsPerValidation: validating,
              },
            ),
          );
    const solved = first && (await first.run(undefined, await decide("head", headSteps, headShare)));
    await first?.dispose();
    first = undefined;
    const fit = await whole.run(solved?.weights, await decide("pretrain", bodySteps, 1));
    if (fit.diverged)
      context.onEvent({
        event: "warning",
        code: "diverged",
        message: `${fit.diverged.words}: the best epoch before that is kept; use a smaller --lr`,
      });
    return {
      ...(solved && { head: solved.weights }),
      fit,
      seconds: fit.seconds + (solved?.seconds ?? 0),
      forecast: forecastFacts(event),
    };
  } finally {
    await first?.dispose();
    await whole.dispose();
  }
}

/** Seconds of one validation, from a first part of its rows. */
async function secondsOfScoring(fit: Fit, { held, options }: Omit<StageContext, "store">): Promise<number> {
  const some = held.first(16);
  await lossesOf(fit.evaluate, some, options.signal);
  const begin = performance.now();
  await lossesOf(fit.evaluate, some, options.signal);
  return ((performance.now() - begin) / 1000) * (held.count / some.count);
}

function forecastOf(m: {
  readonly spent: number;
  readonly training: number;
  readonly steps: number;
  readonly secondsPerStep: number;
  readonly peak: number;
  readonly budget: number | undefined;
}): ForecastEvent {
  const seconds = Math.round(10 * (m.budget ?? m.spent + m.training + secondsAfter)) / 10;
  const peak = Math.round(m.peak);
  const range = rangeOf(seconds, m.budget);
  return {
    event: "forecast",
    seconds,
    ...range,
    peak_rss_mb: peak,
    words: `${m.budget === undefined ? rangeWords(range) : `about ${formatEstimate(seconds)} (the budget)`} and ${inWords(1e6 * peak)} of memory: ${m.steps} steps of up to ${Math.round(1000 * m.secondsPerStep)} ms`,
  };
}
