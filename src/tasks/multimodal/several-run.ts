import { EngraftError } from "../../core/errors.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { TaskWith } from "../../core/results/task.js";
import type { TableDataset } from "../../data/index.js";
import { isSolved } from "../../methods/registry.js";
import { isPlanned } from "../../options/is-planned.js";
import type { TrainOptions } from "../../options/options.js";
import { refuseUnusable } from "../../options/refuse-unusable.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead } from "../../run/training/head-of-classes.js";
import { openRows } from "../numbers/open-task-data.js";
import { asSamples } from "../tables/row-inputs.js";
import type { TaskRun } from "../task-run.js";
import { type OpenedSeveral, openSeveral } from "./open-several.js";
import { rowTensors } from "./row-tensors.js";
import { severalClasses, severalNumbers } from "./several-tasks.js";

type SeveralTask = TaskWith<{ readonly input: "several" }>;

/** Runs on rows with inputs of several kinds: a linear model on the frozen features of all inputs. */
export const severalRun = (
  task: SeveralTask,
): TaskRun<TableDataset, OpenedSeveral, RegressionResultEvent | TableResultEvent> => ({
  open(path, how) {
    requireSolved(how.options, task);
    return openRows(path, how.options, task, how);
  },
  base: openSeveral,
  targetText: ({ label, values }, { classes }) => classes[label] ?? values.join(" "),
  counted: ({ classes }) => ({ samples: "rows", classes: classes.length }),
  async bind(data, { reader }, { options, platform, run, onEvent }) {
    const { signal } = options;
    const dataset = asSamples(data);
    // A page loads the code of its task only.
    const numbers = data.classes.length === 0 && (await import("../numbers/numbers-task.js"));
    return {
      bound: {
        options: { ...options, ...decidedOptions(options) },
        dataset,
        inputs: await rowTensors(data.items, reader, {
          platform,
          scratch: () => platform.files.scratch?.(run.path),
          signal,
          onEvent,
        }),
        head: numbers ? numbers.numbersHead(data, options) : classesHead(dataset),
      },
      train: async (context, ...begun) =>
        numbers
          ? trainTask(
              context,
              severalNumbers(data, reader, numbers.numbersTask(data, "multimodal-regression")),
              ...begun,
            )
          : trainTask(context, severalClasses(data, reader), ...begun),
    };
  },
});

/** Returns the strategy: a linear probe, unless another solved one is requested. */
const strategyOf = ({ strategy }: Pick<TrainOptions, "strategy">) =>
  strategy === undefined || strategy === "auto" ? "probe" : strategy;

/** Returns the strategy with its reason. Bases stay frozen, so there is no training from scratch to compare with. */
const decidedOptions = (options: TrainOptions): Pick<TrainOptions, "strategy" | "baselines" | "reasons"> => ({
  strategy: strategyOf(options),
  baselines: false,
  ...(isPlanned(options) && { reasons: options.reasons ?? [message("strategy-default")] }),
});

/** @throws OptionError for a strategy with training steps, or an option of one */
function requireSolved(options: TrainOptions, task: SeveralTask): void {
  const strategy = strategyOf(options);
  if (!isSolved(strategy))
    throw new EngraftError(
      "OptionError",
      `strategy "${strategy}" trains a base, and the bases of several inputs stay frozen`,
      {
        help: "use --strategy probe or sums; or train on one input: leave --inputs out",
        details: { strategy },
      },
    );
  refuseUnusable({ ...options, strategy }, task);
}
