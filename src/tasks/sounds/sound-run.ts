import type { TrainResultEvent } from "../../core/events/events.js";
import type { ClassSample } from "../../data/index.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead, classText } from "../../run/training/head-of-classes.js";
import { classesTask } from "../classes/classes-task.js";
import { openSoundInputs } from "../inputs/sound-inputs.js";
import type { TaskRun } from "../task-run.js";
import { withLearnedMix } from "./learn-mix.js";
import { type ClipDataset, openClips } from "./open-sounds.js";

/** Runs of sound classification. */
export const soundRun: TaskRun<ClipDataset, Awaited<ReturnType<typeof openSoundInputs>>, TrainResultEvent> = {
  open: openClips,
  base: (data, how) => openSoundInputs(data, how.options, how),
  targetText: classText,
  counted: ({ classes }) => ({ samples: "clips", classes: classes.length }),
  bind: async (data, { inputs }) => ({
    bound: { ...(await inputs()), dataset: data, training: { head: classesHead(data) } },
    train: async (context, ...run) => {
      const classes = data.classes.length;
      const targets = (items: readonly ClassSample[]) => oneHot(factsOf(items).labels, classes);
      return trainTask(
        await withLearnedMix(context, { of: "classes", targets }),
        classesTask("clips"),
        ...run,
      );
    },
  }),
};

/** Returns classes as targets, uint8[N, C]. */
function oneHot(labels: ArrayLike<number>, classes: number): Uint8Array {
  const targets = new Uint8Array(labels.length * classes);
  for (let n = 0; n < labels.length; n++) targets[n * classes + labels[n]!] = 1;
  return targets;
}
