import type { RegressionResultEvent } from "../../core/events/events.js";
import { modalities } from "../../core/modalities.js";
import type { TargetDataset, TargetItem } from "../../data/index.js";
import { trainTask } from "../../run/train-task.js";
import { openInputs } from "../inputs/open-inputs.js";
import type { TaskRun } from "../task-run.js";
import { asSamples, numbersHead, numbersTask, targetsOf } from "./numbers-task.js";
import { type NumberInput, openNumbers } from "./open-task-data.js";

/** Runs of numbers from images or sounds. */
export const numbersRun = (
  input: NumberInput,
): TaskRun<TargetDataset, Awaited<ReturnType<typeof openInputs>>, RegressionResultEvent> => ({
  open: (path, how) => openNumbers(path, how.options, { ...how, input }),
  base: (data, how) => openInputs(input, data, how.options, how),
  targetText: ({ values }) => values.join(" "),
  counted: () => ({ samples: modalities[input].many, classes: 0 }),
  bind: async (data, { inputs }, { options }) => ({
    bound: { ...(await inputs()), dataset: asSamples(data), head: numbersHead(data, options) },
    train: async (context, ...run) => {
      const targets = (items: readonly TargetItem[]) => targetsOf(data).scaled(items);
      const ready = context.opened.base.audio
        ? await (await import("../sounds/learn-mix.js")).withLearnedMix(context, { of: "numbers", targets })
        : context;
      return trainTask(ready, { ...numbersTask(data, data.task, context.added), foldsOfProbe: true }, ...run);
    },
  }),
});
