import type { ForecastEvent } from "../core/events.js";
import type { ImageItem } from "../data/index.js";
import type { TrainingPlan } from "../methods/plan.js";
import { featureBatch } from "../train/features.js";
import type { Context } from "./context.js";
import { stepsOf } from "./feeds.js";
import { forecast } from "./forecast.js";
import type { Trunk } from "./setup.js";

/** What will be run, as far as it takes time. */
export interface Work {
  readonly trunk: Trunk;
  readonly fit: { measure(): Promise<number> } | undefined;
  readonly plan: TrainingPlan | undefined;
  readonly train: readonly ImageItem[];
  /** Pictures that are scored after each epoch and at the end. */
  readonly held: number;
  readonly scratch: readonly TrainingPlan[];
}

/** Pictures that are measured on. */
const sampled = 2 * featureBatch;

/** Two measured steps and two measured batches, and what they mean for the whole run. */
export async function measure(
  { options, platform, dataset, opened, decoded }: Context,
  { trunk, fit, plan, train, held, scratch }: Work,
): Promise<ForecastEvent> {
  const sample = train.slice(0, Math.min(sampled, train.length));
  const half = Math.ceil(sample.length / 2);
  const { signal } = options;
  const look = { decoded, ...(signal && { signal }) };
  // The first batch pays for loading the decoder and planning memory: only the second one counts.
  await trunk.features(sample.slice(0, half), look);
  const begin = performance.now();
  await trunk.features(sample.slice(half), look);
  // A short batch is filled up and costs as much as a full one.
  const pictures = featureBatch * Math.ceil((sample.length - half) / featureBatch);
  const perPicture = (performance.now() - begin) / 1000 / Math.max(1, pictures);
  const secondsPerStep = fit ? await fit.measure() : 0;
  const { height, width } = opened.base.preprocessing;
  const pixels = Math.min(decoded.limit, dataset.items.length * height * width * 3);
  return forecast({
    secondsPerPicture: perPicture,
    picturesToExtract: dataset.items.length - sample.length,
    secondsPerStep,
    steps: fit && plan ? plan.epochs * stepsOf(train.length, plan.batch, false) : 0,
    picturesToScore: fit && plan ? (plan.epochs + 2) * held : 0,
    baselineSteps: scratch.reduce((n, p) => n + p.epochs * stepsOf(train.length, p.batch, true), 0),
    peakRssMb: platform.peakMemoryMb(),
    laterBytes: pixels - decoded.bytes + dataset.items.length * opened.body.width * 4,
  });
}
