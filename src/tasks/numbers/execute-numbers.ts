import type { RegressionResultEvent } from "../../core/events/events.js";
import { PixelCache, type TargetDataset } from "../../data/index.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { openBody } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { asPictures, numbersHead, numbersTask } from "./numbers-task.js";
import { openNumbers } from "./open-task-data.js";

/** Executes a run of image regression, from the first step or from the last checkpoint. */
export async function executeNumbers(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<RegressionResultEvent> {
  const { platform } = machine;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const load: LoadData<TargetDataset> = (onEvent, signal) =>
    openNumbers(run.manifest.data, options, { platform, seed, onEvent, signal });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    await requireSameData(run, asPictures(given));
    const plain = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, plain);
    await requireSameBase(run, opened);
    await run.settle();
    const decoded = PixelCache.for(given.items.length, opened.base.preprocessing);
    const context: Context = {
      ...{ run, options, machine, platform, runtime, opened, decoded, ...init },
      dataset: asPictures(given),
      head: numbersHead(given, options),
      onEvent,
    };
    return trainTask(context, numbersTask(given), begin, events);
  });
}
