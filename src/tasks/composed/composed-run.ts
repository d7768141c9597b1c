import { type BaseModality, modalities } from "../../core/modalities.js";
import type { Task } from "../../core/results/task.js";
import { areTexts } from "../../data/index.js";
import { scriptField } from "../../data/texts/script-of-texts.js";
import { refuseUnusable } from "../../options/refuse-unusable.js";
import { dataEvent, withTrainSubset } from "../../run/setup.js";
import type { RunResult } from "../../run/trainable-task.js";
import type { Input } from "../inputs/input.js";
import { inputs } from "../inputs/inputs.js";
import { openInputs } from "../inputs/open-inputs.js";
import type { ComposedData, Labelled, Target } from "../targets/target.js";
import type { OpenHow, TaskRun } from "../task-run.js";
import { openComposed } from "./open-composed.js";

export type OpenedInputs = Awaited<ReturnType<typeof openInputs>>;

/** Returns the runs of a target with inputs of one of these modalities: the first that the data hold. */
export const composedRun = <Fields extends Labelled, Result extends RunResult>(
  task: Task & Result["task"],
  kinds: readonly BaseModality[],
  target: Target<Fields, Result>,
): TaskRun<ComposedData<Fields>, OpenedInputs, Result> => ({
  open: (path, how) => openComposedData(task, kinds, target, path, how),
  base: ({ input, ...data }, how) => openInputs(input.modality, data, how.options, how),
  targetText: (item, data) => target.text(item, data),
  ...(target.labels && { labelNames: target.labels }),
  counted: ({ input: { modality }, classes }) => ({
    samples: modalities[modality].many,
    classes: classes.length,
    ...(kinds.length > 1 && { input: modality }),
  }),
  ...(kinds.length > 1 && {
    refuse: ({ input }, options) => refuseUnusable(options, task, input.modality),
  }),
  async bind(data, opened, { options, reopen }) {
    const training = await target.training();
    const { inputs, defaults } = await opened.inputs();
    return {
      bound: {
        inputs,
        dataset: { ...data, classes: target.names(data) },
        training: {
          head: training.head(data, options),
          ...(defaults && { defaults }),
          ...(areTexts(inputs) && {
            openWhole: async () => {
              const long = await reopen();
              return { opened: long.opened, inputs: (await long.inputs()).inputs };
            },
          }),
        },
      },
      async train(context, ...run) {
        const ready = context.opened.base.audio
          ? await (await import("../sounds/learn-mix.js")).withLearnedMix(context, training.mix(data))
          : context;
        return training.train(data, { task, options })(ready, ...run);
      },
    };
  },
});

/** Opens the data of a run, and reports them. @throws DataError for unusable data */
export async function openComposedData<Fields extends Labelled>(
  task: Task,
  kinds: readonly BaseModality[],
  target: Pick<Target<Fields>, "source" | "names">,
  path: string,
  { options, seed, onEvent, ...how }: Omit<OpenHow, "run" | "whole">,
): Promise<ComposedData<Fields>> {
  const { trainSize, shots } = options;
  const all = await Promise.all(kinds.map((kind) => inputs[kind]()));
  const input = all.length === 1 ? all[0]! : await foundOf(all, path, { ...how, seed });
  const opened = await openComposed(input, target, path, { ...how, options, seed, onEvent });
  const data = await withTrainSubset(
    opened,
    { trainSize, shots },
    { split: seed, draw: options.seed ?? seed },
  );
  onEvent({
    ...dataEvent({ ...data, task }),
    ...(data.targets && { targets: data.targets }),
    ...scriptField(data.items),
  });
  for (const one of data.warnings) onEvent({ event: "warning", ...one });
  return { ...data, input };
}

/** Returns the first input whose samples are at a path. The last one reports what is missing. */
async function foundOf(
  all: readonly Input[],
  path: string,
  { platform, seed }: Pick<OpenHow, "platform" | "seed">,
): Promise<Input> {
  const given = platform.files.resolve(path);
  for (const one of all) if (await one.holds(platform, given, { seed })) return one;
  return all.at(-1)!;
}
