import { requireBase } from "../bases/open/locate.js";
import { EngraftError } from "../core/errors.js";
import type { TrainedResult, TrainResultEvent } from "../core/events/events.js";
import type { DryRunResult } from "../core/results/dry-run.js";
import type { ResultOf } from "../core/results/result-of.js";
import {
  type BaseClassification,
  defaultTask,
  isBaseClassification,
  isCustomTask,
  type ModelTask,
  type TaskName,
  type TaskOfName,
} from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import type { DistillOptions, TrainOptions } from "../options/options.js";
import { openMachine } from "../run/machine.js";
import { startRun } from "../run/start-run.js";
import { imageRun } from "../tasks/classes/image-run.js";
import { executeTask } from "../tasks/execute-task.js";
import type { TaskMachine } from "../tasks/registry.js";
import type { TrainRun } from "../tasks/task-row.js";

/** Options of a training on an opened dataset, which is always image classification. */
type DatasetOptions = TrainOptions & { readonly task?: typeof defaultTask | "auto" };

/**
 * Fine-tunes a base model on labelled data: forecast, training, evaluation, and a run folder with the model.
 *
 * The task is detected from the data, as in `engraft train`: images with classes, numbers or several labels; texts with
 * classes, several labels or entities; tables with classes or numbers. The option `task` sets it.
 *
 * With `dryRun: true` it opens data and base, chooses the strategy, forecasts time and memory, and trains and saves nothing.
 *
 * @param data path of a folder, or of a CSV, TSV or JSONL file (see the guide, "Data"); or an opened dataset
 * @returns the `result` event: scores on the test split with confidence intervals, paths of model and report. For a path it
 * is a union that the field `task` narrows. With the option `task`, or for an opened dataset, it is one member.
 * @throws EngraftError with a readable message; `Interrupted` after an abort, with the state saved
 * @example
 * const run = await train("houses.csv", { target: "price" });
 * if (run.task === "tabular-regression") console.log(run.test.r2, run.test.r2_ci95);
 * if (run.task === "image-classification") console.log(run.test.accuracy);
 */
export async function train(
  data: string | Dataset,
  options: TrainOptions & { readonly dryRun: true },
): Promise<DryRunResult>;
export async function train<N extends TaskName>(
  data: string,
  options: TrainOptions & { readonly task: N },
): Promise<ResultOf<TaskOfName<N>>>;
export async function train(data: Dataset, options?: DatasetOptions): Promise<TrainResultEvent>;
export async function train(data: string, options?: TrainOptions): Promise<ResultOf>;
export async function train(data: string | Dataset, options?: DatasetOptions): Promise<ResultOf>;
export async function train(
  data: string | Dataset,
  { dryRun, ...options }: TrainOptions & { readonly dryRun?: true } = {},
): Promise<ResultOf | DryRunResult> {
  const machine = await openMachine();
  if (dryRun === true) return dryRunOn(machine, data, options);
  return (await trainOn(machine, data, options)) as ResultOf;
}

/** Runs {@link train} on a given machine, which may know custom tasks. @param isDry see {@link dryRunOn} */
export async function trainOn(
  machine: TaskMachine,
  data: string | Dataset,
  options: TrainOptions,
  isDry = false,
): Promise<TrainedResult> {
  const { task, given, recorded } = await resolveTraining(machine, data, options);
  const train = await trainerOf(machine, task);
  return startRun(machine, data, recorded, (run, how) => train(machine, run, how, given), isDry);
}

/** Checks the options of a training, and resolves its task. */
export async function resolveTraining(machine: TaskMachine, data: string | Dataset, options: TrainOptions) {
  await requireOptions(options);
  // Names first: reading the data takes long.
  if (options.base !== undefined) await requireBase(options.base, machine.platform);
  const { resolveTask } = await import("../tasks/registry.js");
  const { sourceOf } = await import("../data/source.js");
  const given = typeof data === "string" ? sourceOf(machine.platform, data, options) : data;
  const task = await resolveTask(machine, given, options);
  const { task: _requested, ...others } = options;
  // A record without a task means image classification.
  return { task, given, recorded: task === defaultTask ? others : { ...others, task } };
}

/** Makes a dry run of {@link train} on a given machine. */
export const dryRunOn = async (
  machine: TaskMachine,
  data: string | Dataset,
  options: TrainOptions,
): Promise<DryRunResult> =>
  (await import("../run/dry-run.js")).resultOfDryRun(trainOn(machine, data, options, true));

/** Checks options. The table of options is loaded here: a page that only predicts does not need it. */
async function requireOptions(options: TrainOptions): Promise<void> {
  (await import("../options/check-options.js")).checkOptions({ ...options });
}

/** Trains a run of image classification, with a teacher if it has one. */
const trainImages: TrainRun<TrainResultEvent> = async (machine, run, options, given) => {
  const { teacher } = run.manifest.options;
  const regime = teacher !== undefined && (await import("../regimes/distillation/distill.js")).distill;
  return executeTask(imageRun(given, regime || undefined), machine, run, options, given);
};

/** Returns the function that trains a run of a task. @throws OptionError for a task that the machine does not know */
export async function trainerOf(machine: TaskMachine, task: ModelTask): Promise<TrainRun<TrainedResult>> {
  if (task === defaultTask) return trainImages;
  const { train } = (await import("../tasks/registry.js")).rowOf(machine, task);
  if (!isBaseClassification(task)) return train;
  return async (own, run, options, given) =>
    run.manifest.options.teacher === undefined
      ? train(own, run, options, given)
      : trainStudent(task, own, run, options, given);
}

/** Trains a run of texts or sounds with a teacher. */
async function trainStudent(
  task: BaseClassification,
  ...[machine, run, options, given]: Parameters<TrainRun<TrainResultEvent>>
): Promise<TrainResultEvent> {
  const [{ distill }, { classRunOf }] = await Promise.all([
    import("../regimes/distillation/distill.js"),
    import("../tasks/inputs/open-class-data.js"),
  ]);
  const own = await classRunOf(task);
  const taught: typeof own = {
    ...own,
    bind: async (...its) => ({ ...(await own.bind(...its)), train: distill }),
  };
  return executeTask(taught, machine, run, options, given);
}

/**
 * Trains a student on labelled images and on the predictions of a teacher. The baseline is the same student without the
 * teacher, from the same start, with the same steps and seeds.
 *
 * @param data as for {@link train}. @param options.teacher a model that knows the same classes (see the guide, "Distillation").
 * @returns the `result` event, with `distillation`, `baselines.without_teacher` and the verdict on the teacher.
 * @throws EngraftError with a readable message; for a teacher with other classes it has both lists
 * @example
 * const run = await distill("./flowers", { teacher: "runs/large", base: "vision-open", method: "soft,attention" });
 * console.log(run.test.accuracy, run.verdict?.words);
 */
export async function distill(data: string | Dataset, options: DistillOptions): Promise<TrainResultEvent> {
  if (options.teacher === undefined)
    throw new EngraftError("OptionError", "distill needs a teacher", {
      help: "give a run, a model folder, file.onnx, a name, or hf:org/name that knows the data's classes",
    });
  await requireOptions(options);
  (await import("../regimes/distillation/check-distill.js")).checkDistill(options);
  const machine = await openMachine();
  const { resolveTask } = await import("../tasks/registry.js");
  const task = await resolveTask(machine, data, options as TrainOptions);
  if (!isCustomTask(task)) (await import("../options/command-needs.js")).refuseCommand("distill", task);
  return (await trainOn(machine, data, { ...(options as TrainOptions), task })) as TrainResultEvent;
}
