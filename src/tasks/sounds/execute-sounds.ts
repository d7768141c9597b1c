import type { TrainResultEvent } from "../../core/events/events.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead } from "../../run/training/head-of-classes.js";
import { startFrom } from "../../run/training/start-from.js";
import { classesTask } from "../classes/classes-task.js";
import { openSoundInputs } from "../inputs/sound-inputs.js";
import { withLearnedMix } from "./learn-mix.js";
import { type ClipDataset, openClips } from "./open-sounds.js";

/** Executes a run of sound classification, from the first step or from the last checkpoint. */
export async function executeSounds(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<TrainResultEvent> {
  const { platform } = machine;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const load: LoadData<ClipDataset> = (onEvent, signal) =>
    openClips(run.manifest.data, { seed, platform, options, signal, onEvent });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    await requireSameData(run, given);
    const how = { platform, run: run.path, onEvent };
    const { opened: plain, inputs } = await openSoundInputs(given, options, how);
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, plain);
    await requireSameBase(run, opened);
    await run.settle();
    const shared = { run, options, machine, platform, runtime, dataset: given, opened, ...init, onEvent };
    const context: Context = { ...shared, ...(await inputs()), head: classesHead(given) };
    const classes = given.classes.length;
    const mixed = await withLearnedMix(context, {
      of: "classes",
      targets: (items) => oneHot(factsOf(items).labels, classes),
    });
    return trainTask(mixed, classesTask("clips"), begin, events);
  });
}

/** Returns classes as targets, uint8[N, C]. */
function oneHot(labels: ArrayLike<number>, classes: number): Uint8Array {
  const targets = new Uint8Array(labels.length * classes);
  for (let n = 0; n < labels.length; n++) targets[n * classes + labels[n]!] = 1;
  return targets;
}
