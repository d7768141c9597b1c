import { EngraftError } from "../core/errors.js";
import type { CustomResultEvent, TrainedResult } from "../core/events/events.js";
import {
  type CustomTask,
  isCustomTask,
  type ModelTask,
  type Task,
  type TaskName,
} from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import type { Source } from "../data/source.js";
import type { CustomEvaluation, Evaluation } from "../inference/evaluation.js";
import type { RecipeOptions } from "../options/options.js";
import type { TaskWithCapabilities } from "../options/task-capabilities.js";
import type { Machine } from "../run/machine.js";
import type { CustomModel } from "./custom/custom-model.js";
import type { TaskRow } from "./task-row.js";
import { type ModelByTask, taskTable } from "./task-table.js";

/** A task that is defined outside of the product. {@link defineTask} makes one. */
export interface CustomTaskRow
  extends TaskRow<CustomResultEvent, CustomModel, CustomEvaluation>,
    TaskWithCapabilities {
  /** Name of the samples: "series". */
  readonly samples: string;
  /** Returns true if the data at a path are for the task. Without this function, only the option `task` selects it. */
  readonly recognizes?: (machine: Machine, path: string) => Promise<boolean>;
}

/** A machine that also knows tasks from outside of the product. */
export interface TaskMachine extends Machine {
  readonly tasks?: readonly CustomTaskRow[];
}

/** Returns the row of a task that is defined outside of the product. @throws OptionError if the machine does not know it */
export function customRowOf({ tasks = [] }: Pick<TaskMachine, "tasks">, task: CustomTask): CustomTaskRow {
  const row = tasks.find(({ name }) => name === task);
  if (row) return row;
  throw new EngraftError("OptionError", `the task "${task}" is defined outside of Engraft`, {
    help: "start from the program that defines it: withTasks(machine, task)",
    details: { task },
  });
}

/** Returns the row of a task: a built-in one, or one that the machine knows. @throws OptionError for an unknown task */
export const rowOf = (
  machine: Pick<TaskMachine, "tasks">,
  task: ModelTask,
): TaskRow<TrainedResult, ModelByTask[Task] | CustomModel, Evaluation | CustomEvaluation> =>
  isCustomTask(task) ? customRowOf(machine, task) : taskTable[task];

/** True if the option `long` applies to a task. */
export const splitsTexts = (task: ModelTask): boolean =>
  !isCustomTask(task) && taskTable[task].splitsTexts === true;

/** Returns a task with its capabilities, as options are checked against it. */
export const abilitiesOf = (machine: Pick<TaskMachine, "tasks">, task: ModelTask) =>
  isCustomTask(task) ? customRowOf(machine, task) : task;

/**
 * Returns the task of a run: the option `task`, else the task that recognizes the data. Tasks of the machine come before
 * built-in tasks.
 * @throws OptionError for a task that does not fit the data, or an option of another task; DataError for a damaged list
 */
export async function resolveTask(
  machine: TaskMachine,
  data: string | Dataset | Source,
  options: RecipeOptions,
): Promise<ModelTask> {
  const { task = "auto" } = options;
  const isPath = typeof data === "string" || !("items" in data);
  const own = isCustomTask(task)
    ? customRowOf(machine, task)
    : task === "auto" && isPath
      ? await recognized(machine, typeof data === "string" ? data : data.path)
      : undefined;
  if (own) {
    if (!isPath)
      throw new EngraftError("OptionError", `an opened dataset is not for ${own.name}`, {
        help: "give the path of the data",
      });
    (await import("../options/refuse-unusable.js")).refuseUnusable(options, own);
    return own.name;
  }
  const { taskOf } = await import("./detect.js");
  return taskOf(machine.platform, data, { ...options, task: task as TaskName | "auto" });
}

async function recognized(machine: TaskMachine, data: string): Promise<CustomTaskRow | undefined> {
  const path = machine.platform.files.resolve(data);
  for (const row of machine.tasks ?? []) if (await row.recognizes?.(machine, path)) return row;
  return undefined;
}
