import type { EngraftEvent, TrainResultEvent } from "../../core/events/events.js";
import { type Dataset, pictureInputs } from "../../data/index.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { openBody, openData } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead } from "../../run/training/head-of-classes.js";
import { startFrom } from "../../run/training/start-from.js";
import { classesTask } from "./classes-task.js";

/** Function that trains on opened images. */
type TrainImages = (
  context: Context,
  begin: number,
  events: readonly EngraftEvent[],
) => Promise<TrainResultEvent>;

const trainClasses: TrainImages = (context, ...run) => trainTask(context, classesTask("pictures"), ...run);

/**
 * Executes a run of image classification, from the first step or from the last checkpoint.
 *
 * Opens data and base, and checks that they have not changed since the run was started.
 * @param train function that trains. Default: training on labels; distillation passes its own.
 */
export async function executeImages(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  dataset: Dataset | undefined,
  train: TrainImages = trainClasses,
): Promise<TrainResultEvent> {
  const { platform } = machine;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const load: LoadData<Dataset> = (onEvent, signal) =>
    openData(dataset ?? run.manifest.data, { ...options, seed, signal, onEvent }, platform);
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    const { requireSameBase, requireSameData } = await import("../../run/folder/require-same.js");
    await requireSameData(run, given);
    const plain = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, plain);
    await requireSameBase(run, opened);
    // With a teacher, the run settles after the teacher is checked.
    if (run.manifest.options.teacher === undefined) await run.settle();
    // A probe reads each picture once, so a cache would only cost memory.
    const once = options.strategy === "probe" && options.baselines !== true;
    const inputs = pictureInputs(platform, opened.base.preprocessing, once ? 0 : given.items.length);
    const shared = { run, options, machine, platform, runtime, dataset: given, onEvent };
    const context = { ...shared, opened, ...init, inputs, head: classesHead(given) };
    return train(context, begin, events);
  });
}
