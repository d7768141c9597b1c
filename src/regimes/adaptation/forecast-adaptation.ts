import type { ForecastEvent } from "../../core/events/events.js";
import { sizeOf } from "../../core/shape.js";
import { type AdaptationName, adaptationOf, stepsPerEpoch, tradeOffsOf } from "../../methods/adapt/index.js";
import { forecast } from "../../run/forecast/forecast.js";
import { featureBatch } from "../../train/features.js";
import type { AdaptContext } from "./context.js";
import { type Domains, itemsOf } from "./domain.js";
import { mostForDistance } from "./features.js";
import { rowsFor } from "./feeds.js";
import type { Network } from "./network.js";
import { mostForInformation, type OpenedStage, type StageRequest } from "./stage.js";

export interface AdaptationAhead {
  /** `performance.now()` when it began. */
  readonly begin: number;
  readonly method: AdaptationName;
  /** The training on the source alone, which every method stands beside. */
  readonly alone: OpenedStage;
  readonly open: (request: StageRequest) => Promise<OpenedStage>;
}

/** The state as it is read, as it is encoded, and the best one before it. */
const checkpointCopies = 4;

/**
 * Measured steps of the training on the source alone and of the method's, a measured batch that is scored, and what they mean
 * for the whole adaptation: both trainings, one for each trade-off, their validations, and the features that distances are
 * taken over.
 */
export async function forecastAdaptation(
  context: AdaptContext,
  network: Network,
  domains: Domains,
  { begin, method, alone, open }: AdaptationAhead,
): Promise<ForecastEvent> {
  const { platform, options } = context;
  const { source, target } = domains;
  const plainStep = await alone.fit.measure();
  const secondsPerScored = await scoring(alone, network, domains);
  const row = adaptationOf(method);
  const tradeOffs = tradeOffsOf(method, options.option ?? {});
  const [tradeOff] = tradeOffs;
  const times = method === "source-only" ? 0 : Math.max(1, tradeOffs.length);
  const opening = performance.now();
  const aligned = row.align && (await open({ method, ...(tradeOff !== undefined && { tradeOff }) }));
  const secondsPerStart = (performance.now() - opening) / 1000;
  const alignedStep = aligned ? await aligned.fit.measure() : plainStep;
  const state = alone.fit.step.state.reduce((n, { initial }) => n + 4 * sizeOf(initial.dims), 0);
  const peak = Math.max(platform.memoryMb(), platform.peakMemoryMb());
  await aligned?.fit.dispose();
  const { epochs, batch } = alone.plan;
  const steps = epochs * stepsPerEpoch(itemsOf(source, "train").length, batch);
  const held =
    itemsOf(source, "validation").length +
    Math.min(itemsOf(target, "validation").length, mostForInformation) +
    itemsOf(target, "test").length;
  const distanceItems = [source, target].reduce(
    (n, { items }) => n + Math.min(items.filter(({ part }) => part !== "train").length, mostForDistance),
    0,
  );
  const before = network.frozen ? itemsOf(source, "train").length + itemsOf(source, "validation").length : 0;
  const weighed = row.weighs ? itemsOf(source, "train").length + itemsOf(target, "train").length : 0;
  const total = (1 + times) * steps;
  return forecast({
    secondsSpent: (performance.now() - begin) / 1000,
    secondsPerStart,
    baselineStarts: times,
    secondsPerPicture: secondsPerScored,
    picturesToExtract: before + weighed + 2 * distanceItems,
    secondsPerStep: (plainStep + times * alignedStep) / (1 + times),
    steps: total,
    secondsPerScored,
    picturesToScore: (1 + times) * (epochs + 1) * held + 2 * itemsOf(target, "test").length,
    baselineSteps: 0,
    baselinePictures: 0,
    peakRssMb: peak,
    laterBytes: checkpointCopies * state,
  });
}

/** Seconds an item through the model as it is trained. */
async function scoring({ fit }: OpenedStage, { inputs }: Network, { source }: Domains): Promise<number> {
  const items = itemsOf(source, "train").slice(0, 2 * featureBatch);
  const timed = async (): Promise<number> => {
    const begin = performance.now();
    await rowsFor(fit.evaluate, inputs, items, source.classes.length);
    return (performance.now() - begin) / 1000 / Math.max(1, items.length);
  };
  await timed();
  return timed();
}
