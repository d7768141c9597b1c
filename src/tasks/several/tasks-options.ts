import { mixCut } from "../../bases/audio/layer-states.js";
import { EngraftError } from "../../core/errors.js";
import type { TaskSource } from "../../data/index.js";
import { listName } from "../../data/split/found.js";
import { checkOptions } from "../../options/check-options.js";
import type { TrainOptions } from "../../options/options.js";
import { refuseInRegime } from "../../options/refuse-unusable.js";
import { regimes } from "../../options/regimes.js";
import type { Platform } from "../../platform/platform.js";
import { type Weighting, weightings } from "../../train/objectives/multi-task.js";

/** Options of {@link trainTasks}. */
export interface TasksOptions extends Omit<TrainOptions, "labels" | "threshold" | "test"> {
  /** Label columns of the list, one per task. A cell may be empty. */
  readonly labels?: readonly string[];
  /** How the losses of the tasks are combined. Default "fixed". */
  readonly weighting?: Weighting;
  /** Fixed weights of the losses by task name, above 0. Default 1 for each task. */
  readonly taskWeights?: Readonly<Record<string, number>>;
  /** Sampling temperature, 1 to 100: 1 uses each sample once per epoch; higher values repeat samples of small tasks. Default 1. */
  readonly temperature?: number;
  /** Also train a separate model for each task, and compare. Default false. */
  readonly baselines?: boolean;
}

/** Data of several tasks: a list with label columns, or several folders or lists. */
export type TasksInput = string | readonly string[] | Readonly<Record<string, string>>;

/**
 * Returns the tasks with their data.
 * @throws OptionError for fewer than two tasks, or for label columns with more than one list
 */
export function sourcesOf(
  data: TasksInput,
  labels: readonly string[] | undefined,
  { files }: Platform,
): TaskSource[] {
  const given: [string, string][] =
    typeof data === "string"
      ? [[nameOf(data), data]]
      : Array.isArray(data)
        ? data.map((path: string): [string, string] => [nameOf(path), path])
        : Object.entries(data as Readonly<Record<string, string>>);
  if (labels !== undefined) {
    if (given.length !== 1)
      throw new EngraftError("OptionError", `label columns are of one list, there are ${given.length} data`, {
        help: "name one list with --labels, or several folders without",
      });
    const path = files.resolve(given[0]![1]);
    return labels.map((column) => ({ name: column, path, column }));
  }
  if (given.length < 2)
    throw new EngraftError("OptionError", "one folder or list is one task", {
      help: "name the label columns of a list (--labels colour,shape), give several folders, or use engraft train",
    });
  return given.map(([name, path]) => ({ name, path: files.resolve(path) }));
}

/**
 * Returns the tasks of a run with new paths of their data.
 * @throws OptionError for a task that is not in the run, or another number of paths
 */
export function sourcesNow(
  before: readonly TaskSource[],
  data: TasksInput,
  { files }: Platform,
): TaskSource[] {
  const names = before.map(({ name }) => name).join(", ");
  const haveOneList = new Set(before.map(({ path }) => path)).size === 1;
  if (typeof data === "string" || Array.isArray(data)) {
    const paths = typeof data === "string" ? [data] : (data as readonly string[]);
    if (paths.length !== (haveOneList ? 1 : before.length))
      throw new EngraftError(
        "OptionError",
        `the run has ${haveOneList ? "one list" : `${before.length} data`}, not ${paths.length}`,
        {
          help: haveOneList
            ? "say where the list is now"
            : `say where each is now: ${names}, in this order or by name`,
        },
      );
    return before.map((source, t) => ({ ...source, path: files.resolve(paths[haveOneList ? 0 : t]!) }));
  }
  const now = data as Readonly<Record<string, string>>;
  const other = Object.keys(now).find((name) => !before.some((source) => source.name === name));
  if (other !== undefined)
    throw new EngraftError("OptionError", `the run has no task ${JSON.stringify(other)}`, {
      help: `its tasks are ${names}`,
    });
  return before.map((source) => ({ ...source, path: files.resolve(now[source.name] ?? source.path) }));
}

const nameOf = (path: string): string =>
  (path.split(/[\\/]/).filter(Boolean).at(-1) ?? "task").replace(listName, "");

/** Checks the options. @throws OptionError for an invalid value, or an option without effect */
export function checkTasksOptions(options: TasksOptions, sources: readonly TaskSource[]): void {
  const { labels, weighting = "fixed", taskWeights, temperature = 1, baselines, ...rest } = options;
  checkOptions({ ...rest });
  refuseInRegime(rest, regimes["multi-task"]);
  const wrong = (what: string, help: string, details = {}): EngraftError =>
    new EngraftError("OptionError", what, { help, details });
  if (rest.cut === mixCut)
    throw wrong("a mix of layers is learned for one task", "name a value: --cut VALUE, or leave it out");
  if (labels?.some((name) => typeof name !== "string" || name === ""))
    throw wrong("a label column has no name", "give names with commas between: --labels colour,shape");
  if (!Object.hasOwn(weightings, weighting))
    throw wrong(
      `weighting is ${JSON.stringify(weighting)}`,
      `give one of ${Object.keys(weightings).join(", ")}`,
    );
  if (!(typeof temperature === "number" && temperature >= 1 && temperature <= 100))
    throw wrong(`temperature is ${JSON.stringify(temperature)}`, "give a number from 1 to 100");
  if (baselines !== undefined && typeof baselines !== "boolean")
    throw wrong(`baselines is ${JSON.stringify(baselines)}`, "give true or false");
  const names = sources.map(({ name }) => name);
  for (const [name, weight] of Object.entries(taskWeights ?? {})) {
    if (!names.includes(name))
      throw wrong(
        `there is no task ${JSON.stringify(name)} to give a weight to`,
        `the tasks are ${names.join(", ")}`,
      );
    if (!(typeof weight === "number" && weight > 0 && weight <= 1e6))
      throw wrong(
        `the weight of task ${JSON.stringify(name)} is ${JSON.stringify(weight)}`,
        "give a number above 0, at most 1000000",
      );
  }
  if (taskWeights !== undefined && weighting === "uncertainty")
    throw wrong(
      "weights of tasks are learnt with weighting uncertainty",
      "leave them out, or use --weighting fixed",
    );
}
