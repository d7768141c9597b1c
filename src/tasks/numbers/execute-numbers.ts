import type { RegressionResultEvent } from "../../core/events/events.js";
import type { ImageItem, TargetDataset, TargetItem } from "../../data/index.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { trainTask } from "../../run/train-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { openInputs } from "../inputs/open-inputs.js";
import { asDataset, numbersHead, numbersTask, targetsOf } from "./numbers-task.js";
import { type NumberUnit, openNumbers } from "./open-task-data.js";

/** Executes a run of numbers from images or sounds, from the first step or from the last checkpoint. */
export async function executeNumbers(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  unit: NumberUnit,
): Promise<RegressionResultEvent> {
  const { platform } = machine;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const load: LoadData<TargetDataset> = (onEvent, signal) =>
    openNumbers(run.manifest.data, options, { platform, seed, unit, onEvent, signal });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    const dataset = asDataset(given);
    await requireSameData(run, dataset);
    const how = { platform, onEvent, run: run.path };
    const { opened: plain, inputs } = await openInputs(unit, given, options, how);
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, plain);
    await requireSameBase(run, opened);
    await run.settle();
    const context: Context = {
      run,
      options,
      machine,
      platform,
      runtime,
      opened,
      ...(await inputs()),
      ...init,
      dataset,
      head: numbersHead(given, options),
      onEvent,
    };
    const targets = (items: readonly ImageItem[]) =>
      targetsOf(given).scaled(items as unknown as readonly TargetItem[]);
    const ready =
      unit === "clips"
        ? await (await import("../sounds/learn-mix.js")).withLearnedMix(context, { of: "numbers", targets })
        : context;
    return trainTask(ready, numbersTask(given, given.task), begin, events);
  });
}
