import type { OnWork } from "../../core/events/work-events.js";
import { type Dataset, uniformInputs } from "../../data/index.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent, withTrainSubset } from "../../run/setup.js";
import type { CustomSample, TaskParts } from "./task-parts.js";

/** Dataset of a run, with samples in the type of the task. */
export interface CustomSamples<Input> extends Omit<Dataset, "items"> {
  readonly items: readonly CustomSample<Input>[];
}

/** Opens the data of a task, and reports them. */
export async function openCustomData<Input>(
  { name, classes, open }: TaskParts<Input>,
  platform: Platform,
  path: string,
  onEvent: OnWork,
  { trainSize, seed = defaults.seed }: Pick<RecipeOptions, "trainSize" | "seed"> = {},
): Promise<CustomSamples<Input>> {
  const whole = { ...(await open(platform, path, seed)), task: name, classes };
  const dataset = await withTrainSubset(whole, { trainSize }, { split: seed, draw: seed });
  onEvent(dataEvent(dataset));
  for (const one of dataset.warnings) onEvent({ event: "warning", ...one });
  return dataset;
}

/** Returns the inputs of samples in batches. */
export const inputsOf = <Input>({ tensor }: TaskParts<Input>, { items }: CustomSamples<Input>) => {
  const samples = new Map(items.map((item) => [item.sha256, item]));
  return uniformInputs(items, {
    unit: "samples",
    atOnce: 256,
    tensor: (some) => tensor(some.map(({ sha256 }) => samples.get(sha256)!)),
  });
};
