import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { TaskWith } from "../../core/results/task.js";
import type { TableDataset } from "../../data/index.js";
import { isPlanned } from "../../options/is-planned.js";
import type { RecipeOptions } from "../../options/options.js";
import { trainTask } from "../../run/train-task.js";
import { classesHead } from "../../run/training/head-of-classes.js";
import { openRows } from "../tables/open-rows.js";
import { asSamples } from "../tables/row-inputs.js";
import type { TaskRun } from "../task-run.js";
import { type OpenedSeveral, openSeveral } from "./open-several.js";
import { rowTensors } from "./row-tensors.js";
import { severalClasses, severalNumbers } from "./several-tasks.js";

type SeveralTask = TaskWith<{ readonly input: "several" }>;

/** Runs on rows with inputs of several kinds: a linear model on the features of all inputs. Training steps change the base of the first one. */
export const severalRun = (
  task: SeveralTask,
): TaskRun<TableDataset, OpenedSeveral, RegressionResultEvent | TableResultEvent> => ({
  open: (path, how) => openRows(path, how.options, task, how),
  base: openSeveral,
  targetText: ({ label, values }, { classes }) => classes[label] ?? values.join(" "),
  counted: ({ classes }) => ({ samples: "rows", classes: classes.length }),
  async bind(data, { scratch, reader }, { options, machine, run, onEvent }) {
    const { signal } = options;
    const dataset = asSamples(data);
    // A page loads the code of its task only.
    const numbers = data.classes.length === 0 && (await import("../numbers/numbers-task.js"));
    const inputs = await rowTensors(data.items, reader, {
      platform: machine.platform,
      scratch: () => machine.platform.files.scratch?.(run.path),
      signal,
      onEvent,
    });
    return {
      bound: {
        options: { ...options, ...decidedOptions(options) },
        dataset,
        inputs,
        training: {
          head: numbers ? numbers.numbersHead(data, options) : classesHead(dataset),
          scratch: { opened: scratch, inputs },
        },
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

/** Returns the strategy: a linear probe if nothing says how to train. Only if requested, a baseline trains from scratch: it takes minutes. */
const decidedOptions = (
  options: RecipeOptions,
): Pick<RecipeOptions, "strategy" | "baselines" | "reasons"> => ({
  baselines: options.baselines === "auto" ? "quick" : options.baselines,
  ...(isPlanned(options) && {
    strategy: "probe",
    reasons: options.reasons ?? [message("strategy-default")],
  }),
});
