import type { EngraftEvent, TrainResultEvent } from "../../core/events/events.js";
import { type Dataset, pictureInputs } from "../../data/index.js";
import type { Source } from "../../data/source.js";
import { isSolved } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { openBody, openData } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead, classText } from "../../run/training/head-of-classes.js";
import type { TaskRun } from "../task-run.js";
import { classesTask } from "./classes-task.js";

/** Function that trains on opened images. */
type TrainImages = (
  context: Context,
  begin: number,
  events: readonly EngraftEvent[],
) => Promise<TrainResultEvent>;

const trainClasses: TrainImages = (context, ...run) => trainTask(context, classesTask("pictures"), ...run);

/**
 * Runs of image classification.
 * @param given a dataset that is opened already; a source is opened like its path
 * @param train function that trains. Default: training on labels; distillation passes its own.
 */
export const imageRun = (
  given: Dataset | Source | undefined,
  train: TrainImages = trainClasses,
): TaskRun<Dataset, Pick<Context, "opened">, TrainResultEvent> => ({
  open: (path, { options, platform, ...how }) =>
    openData(
      given && "items" in given ? given : path,
      // A student compares itself with its teacher on a test split.
      { ...options, ...how, unscored: how.unscored && train === trainClasses, drawSeed: options.seed },
      platform,
    ),
  base: async (_, { options, platform, onEvent }) => ({
    opened: await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform),
  }),
  targetText: classText,
  counted: ({ classes }) => ({ samples: "pictures", classes: classes.length }),
  async bind(data, { opened }, { options, machine }) {
    // A probe reads each picture once, so a cache would only cost memory.
    const once = isSolved(options.strategy) && !options.baselines;
    const inputs = pictureInputs(machine.platform, opened.base.preprocessing, once ? 0 : data.items.length);
    return { bound: { dataset: data, inputs, training: { head: classesHead(data) } }, train };
  },
});
