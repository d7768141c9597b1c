import type { LabelsResultEvent, OnEvent } from "../../core/events/events.js";
import type { ImageItem } from "../../data/index.js";
import { usesNgrams } from "../../methods/registry.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { refuseUnusable } from "../../options/refuse-unusable.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { trainTask } from "../../run/train-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { inputOfUnit, openInputs } from "../inputs/open-inputs.js";
import { labelHead, targetsOf } from "./label-head.js";
import { labelsTask } from "./labels-task.js";
import { type LabelDataset, openLabelData } from "./open-labels.js";

/** Executes a run of multi-label classification, from the first step or from the last checkpoint. */
export async function executeLabels(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<LabelsResultEvent> {
  const { platform } = machine;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const load: LoadData<LabelDataset> = (onEvent, signal) =>
    openLabelData(run.manifest.data, { platform, seed, options, onEvent, signal });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    const { unit, classes } = given;
    await requireSameData(run, {
      ...given,
      classes: ["", ...classes],
      items: given.items.map((item) => ({ ...item, sha256: `${item.sha256} ${item.labels.join(" ")}` })),
    });
    refuseUnusable(options, "multi-label-classification", inputOfUnit[unit]);
    const opening = async (whole: boolean, tell: OnEvent) => {
      const how = { platform, onEvent: tell, run: run.path, whole };
      const { opened: plain, inputs } = await openInputs(unit, given, options, how);
      return { ...(await startFrom({ run, options, platform, onEvent: tell }, plain)), inputs };
    };
    const { opened, inputs, ...init } = await opening(usesNgrams(options.strategy), onEvent);
    await requireSameBase(run, opened);
    await run.settle();
    const context: Context = {
      run,
      options,
      machine,
      platform,
      runtime,
      opened,
      onEvent,
      ...(await inputs()),
      dataset: given,
      ...init,
      head: labelHead({ dataset: given }),
      ...(unit === "texts" && {
        openWhole: async () => {
          const long = await opening(true, () => undefined);
          return { opened: long.opened, inputs: (await long.inputs()).inputs! };
        },
      }),
    };
    const targets = (items: readonly ImageItem[]) => targetsOf(items, classes.length);
    const ready =
      unit === "clips"
        ? await (await import("../sounds/learn-mix.js")).withLearnedMix(context, { of: "labels", targets })
        : context;
    return trainTask(ready, labelsTask(given, options), begin, events);
  });
}
