import type { LabelsResultEvent } from "../../core/events/events.js";
import type { ImageItem } from "../../data/index.js";
import { refuseUnusable } from "../../options/refuse-unusable.js";
import { trainTask } from "../../run/train-task.js";
import { inputOfUnit, openInputs } from "../inputs/open-inputs.js";
import type { TaskRun } from "../task-run.js";
import { labelHead, targetsOf } from "./label-head.js";
import { labelsTask } from "./labels-task.js";
import { type LabelDataset, openLabelData } from "./open-labels.js";

/** Runs of multi-label classification. */
export const labelsRun: TaskRun<LabelDataset, Awaited<ReturnType<typeof openInputs>>, LabelsResultEvent> = {
  open: openLabelData,
  base: (data, how) => openInputs(data.unit, data, how.options, how),
  recorded: (data) => ({
    ...data,
    classes: ["", ...data.classes],
    items: data.items.map((item) => ({ ...item, sha256: `${item.sha256} ${item.labels.join(" ")}` })),
  }),
  counted: ({ unit, classes }) => ({ samples: unit, classes: classes.length, input: inputOfUnit[unit] }),
  refuse: ({ unit }, options) => refuseUnusable(options, "multi-label-classification", inputOfUnit[unit]),
  bind: async (data, { inputs }, { options, reopen }) => ({
    bound: {
      ...(await inputs()),
      dataset: data,
      head: labelHead({ dataset: data }),
      ...(data.unit === "texts" && {
        openWhole: async () => {
          const long = await reopen();
          return { opened: long.opened, inputs: (await long.inputs()).inputs };
        },
      }),
    },
    train: async (context, ...run) => {
      const targets = (items: readonly ImageItem[]) => targetsOf(items, data.classes.length);
      const ready =
        data.unit === "clips"
          ? await (await import("../sounds/learn-mix.js")).withLearnedMix(context, {
              of: "labels",
              targets,
            })
          : context;
      return trainTask(ready, labelsTask(data, options), ...run);
    },
  }),
};
