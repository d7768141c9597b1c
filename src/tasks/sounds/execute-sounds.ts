import type { TrainResultEvent } from "../../core/events/events.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { trainTask } from "../../run/train-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { classesTask } from "../classes/classes-task.js";
import { openSoundInputs } from "../inputs/sound-inputs.js";
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
    openClips(run.manifest.data, { ...{ seed, platform, options, signal, onEvent } });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    await requireSameData(run, given);
    const { opened: plain, inputs } = await openSoundInputs(given, options, {
      ...{ platform, onEvent, run: run.path },
    });
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, plain);
    await requireSameBase(run, opened);
    await run.settle();
    const shared = { run, options, machine, platform, runtime, dataset: given, opened, ...init, onEvent };
    return trainTask({ ...shared, ...(await inputs()) }, classesTask("clips"), begin, events);
  });
}
