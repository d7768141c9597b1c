import { mixCut } from "../../bases/audio/layer-states.js";
import type { TrainResultEvent } from "../../core/events/events.js";
import { PixelCache } from "../../data/index.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { trainTask } from "../../run/train-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { classesTask } from "../classes/classes-task.js";
import {
  type ClipDataset,
  clipsOf,
  openClips,
  openSoundBody,
  soundBaseEvent,
  soundBaseOf,
} from "./open-sounds.js";

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
    const plain = await openSoundBody(soundBaseOf(options), options, platform);
    const mixes = options.cut === mixCut;
    if (!mixes) onEvent(soundBaseEvent(plain, plain.base));
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, plain);
    await requireSameBase(run, opened);
    await run.settle();
    const inputs = await clipsOf(given, opened, {
      ...{ platform, options, onEvent, signal: options.signal },
      scratch: () => platform.files.scratch?.(run.path),
    });
    const shared = { run, options, machine, platform, runtime, dataset: given, opened, ...init, onEvent };
    const context: Context = { ...shared, inputs, decoded: new PixelCache(0) };
    if (!mixes) return trainTask(context, classesTask("clips"), begin, events);
    const mixed = await (await import("./learn-mix.js")).learnMix(context, plain.base);
    onEvent(soundBaseEvent(mixed, plain.base));
    return trainTask({ ...context, opened: mixed }, classesTask("clips"), begin, events);
  });
}
