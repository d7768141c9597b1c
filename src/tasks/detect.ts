import { EngraftError } from "../core/errors.js";
import {
  defaultTask,
  fullTaskName,
  isTaskWith,
  type ModelTask,
  type Task,
  type TaskName,
} from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import { type Source, sourceOf } from "../data/source.js";
import { listName } from "../data/split/found.js";
import type { RecipeOptions } from "../options/options.js";
import { refuseUnusable } from "../options/refuse-unusable.js";
import type { Platform } from "../platform/platform.js";
import { recognize, taskOfPair } from "./recognition/recognize.js";

/**
 * Returns the task of a run, for the library and the command line.
 *
 * An opened dataset is always image classification. For a path, the task is `options.task`. Without that option, or with
 * "auto", the data decide: see `recognition`.
 *
 * @throws OptionError for a task that does not fit the data, or an option of another task; DataError for a damaged list
 */
export async function taskOf(
  platform: Platform,
  data: string | Dataset | Source,
  options: Omit<RecipeOptions, "task"> & { readonly task?: TaskName | "auto" },
): Promise<Task> {
  const { task: given = "auto" } = options;
  const requested = given === "auto" ? given : fullTaskName(given);
  if (typeof data !== "string" && "items" in data) {
    if (requested !== "auto" && requested !== defaultTask)
      throw new EngraftError("OptionError", `an opened dataset of image classes is not for ${requested}`, {
        help: "give the path of the list",
      });
    refuseUnusable(options, defaultTask);
    return defaultTask;
  }
  const source = sourceOf(platform, data);
  const task =
    requested === "auto" ? taskOfPair(await recognize(source, options), nameOf(source)) : requested;
  refuseUnusable(options, task);
  return task;
}

/**
 * Returns the error of data that could not be opened for a task. If they look like data for another one, it says so; the first error
 * is then where it happened.
 * @param options say how the data are read
 */
export async function namingOtherTask(
  error: unknown,
  data: Source,
  task: ModelTask,
  { text, target }: Pick<RecipeOptions, "text" | "target">,
): Promise<unknown> {
  const isOfData = error instanceof EngraftError && error.kind === "DataError";
  // A file that is no list shows no task.
  const { files } = data.platform;
  if (!listName.test(data.path) && (await files.stat(files.resolve(data.path)))?.kind === "file")
    return error;
  // Of several labels, a sample may have one.
  if (!isOfData || isTaskWith(task, { sample: "item" })) return error;
  const found = await taskOf(data.platform, data, { text, target }).catch(() => undefined);
  const areRows = (one: ModelTask): boolean => isTaskWith(one, { sample: "row" });
  if (found === undefined || found === task || (areRows(found) && areRows(task))) return error;
  return new EngraftError(
    "DataError",
    `${JSON.stringify(nameOf(data))} looks like data for ${found}, and the model is for ${task}`,
    {
      at: error.message,
      help: "give data of the same kind as in training",
      code: "other-task",
      details: { data: found, model: task },
      cause: error,
    },
  );
}

/** Returns the name of the folder or file at a path. */
const nameOf = ({ platform: { files }, path }: Source): string => files.relative(files.dirname(path), path);
