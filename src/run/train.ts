import { requireBase } from "../bases/open/locate.js";
import { EngraftError } from "../core/errors.js";
import type { AnyResultEvent, TrainResultEvent } from "../core/events/events.js";
import type { ResultOf } from "../core/results/result-of.js";
import { fullTaskName, type TaskName, type TaskOfName } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import { type DistillOptions, type TrainOptions, verdictSeeds } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import { executeRun } from "./execute-run.js";
import { freeRunPath, type Moved, RunFolder } from "./folder/run-folder.js";
import { type Machine, openMachine } from "./machine.js";
import { newRun } from "./new-run.js";

/** Options of a training on an opened dataset, which is always one of image classification. */
type DatasetOptions = TrainOptions & { readonly task?: "image-classification" | "auto" };

/**
 * Fine-tunes a base model on labelled data: forecast, training, evaluation, a run folder with a model folder in it.
 *
 * The data decide the task, as they do for `engraft train`: images with classes, numbers or several labels; texts with classes,
 * several labels or entities; tables with classes or numbers. The option `task` sets it.
 *
 * @param data path of a folder, or of a CSV, TSV or JSONL file (see the guide, "Data"); or an opened dataset
 * @returns the `result` event: scores on the test split with confidence intervals, places of model and report. Of a path it is
 * a union that the field `task` narrows; the option `task`, or an opened dataset, selects one member.
 * @throws EngraftError with a message for people; `Interrupted` after an abort, with the state saved
 * @example
 * const run = await train("houses.csv");
 * if (run.task === "tabular-regression") console.log(run.test.r2, run.test.r2_ci95);
 * if (run.task === "image-classification") console.log(run.test.accuracy);
 */
export async function train<N extends TaskName>(
  data: string,
  options: TrainOptions & { readonly task: N },
): Promise<ResultOf<TaskOfName<N>>>;
export async function train(data: Dataset, options?: DatasetOptions): Promise<TrainResultEvent>;
export async function train(data: string, options?: TrainOptions): Promise<ResultOf>;
export async function train(data: string | Dataset, options?: DatasetOptions): Promise<ResultOf>;
export async function train(data: string | Dataset, options: TrainOptions = {}): Promise<ResultOf> {
  await requireOptions(options);
  const machine = await openMachine();
  // Names first: a look at the data takes long.
  if (options.base !== undefined) await requireBase(options.base, machine.platform);
  const { taskOf } = await import("../tasks/detect.js");
  const { taskTable } = await import("../tasks/task-table.js");
  const task = await taskOf(machine.platform, data, options);
  const { task: _requested, ...others } = options;
  // The record of a run without a task is one of image classification.
  const recorded = task === "image-classification" ? others : { ...others, task };
  return start<ResultOf>(machine, data, recorded, taskTable[task].train);
}

/** Checks options. The table of options is loaded here: a page that only predicts does not need it. */
async function requireOptions(options: TrainOptions): Promise<void> {
  (await import("../options/check-options.js")).checkOptions({ ...options });
}

/** {@link train} on a machine of the caller's choice. */
export async function trainOn(
  machine: Machine,
  data: string | Dataset,
  options: TrainOptions,
): Promise<TrainResultEvent> {
  await requireOptions(options);
  (await import("../options/refuse-unusable.js")).refuseUnusable(options, "image-classification");
  return start(machine, data, options, executeRun);
}

/** Make the folder of a run, and carry it out. */
async function start<Result>(
  machine: Machine,
  data: string | Dataset,
  given: TrainOptions,
  carry: (machine: Machine, run: RunFolder, options: TrainOptions, data?: Dataset) => Promise<Result>,
): Promise<Result> {
  const { baselines: _baselines, ...told } = given;
  const options = { ...told, ...resolveAutoOptions(given) };
  const { platform } = machine;
  const root = platform.files.resolve(typeof data === "string" ? data : data.root);
  if (typeof data === "string" && !(await platform.files.stat(root))) {
    throw new EngraftError("DataError", `there is no data at "${data}"`, {
      help: `${await (await import("../platform/nearest-path.js")).nearestPath(platform.files, data)}give a folder with one folder of pictures for each class, or a list (CSV, TSV, JSONL): see the guide, Data`,
    });
  }
  const path =
    options.out === undefined ? await freeRunPath(platform, root) : platform.files.resolve(options.out);
  const { onEvent: _e, signal: _s, threads, out: _o, base, ...others } = options;
  const { teacher } = others as Partial<DistillOptions>;
  const kept = {
    ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
    ...others,
    ...(others.test !== undefined && { test: platform.files.resolve(others.test) }),
    ...(others.initFrom !== undefined && { initFrom: await fromAnywhere(others.initFrom, platform) }),
    ...(teacher !== undefined && { teacher: await fromAnywhere(teacher, platform) }),
  };
  return newRun(
    platform,
    path,
    { command: machine.command(root, kept, path), data: root, options: kept, threads },
    (run) => carry(machine, run, options, typeof data === "string" ? undefined : data),
  );
}

/** What stands beside a run, as far as that is known before it has begun. */
function resolveAutoOptions(options: TrainOptions): Pick<TrainOptions, "baselines" | "seeds"> {
  const { safe, baselines, strategy, task = "image-classification", seeds, budget } = options;
  const asked = seeds === undefined ? {} : { seeds };
  // What it must not be worse than is trained beside it.
  if (safe === true) return { ...asked, baselines: true };
  const table = task.startsWith("tabular");
  // A probe is asked for where there is no time for a training; a table's network has no weights of others.
  if (baselines === undefined || (baselines === "auto" && (strategy === "probe" || table))) return asked;
  const several = baselines === true && budget === undefined && !table;
  return { baselines, ...(several && { seeds: verdictSeeds }), ...asked };
}

/** A path to a base, such that the run can be gone on with from another folder; names stay as they are. */
export async function fromAnywhere(base: string, { files }: Platform): Promise<string> {
  if (!/[\\/]|\.onnx$/i.test(base) || base.startsWith("hf:")) return base;
  const path = files.resolve(base);
  return (await files.stat(path)) ? path : base;
}

/**
 * Train a student on labelled pictures and on what a teacher answers to them; the same student without the teacher is
 * trained beside it, from the same start, with the same steps and seeds.
 *
 * @param data as for {@link train}. @param options.teacher a model that knows the same classes (see the guide, "Distillation").
 * @returns the `result` event, with `distillation`, `baselines.without_teacher` and the verdict on the teacher.
 * @throws EngraftError for people; a teacher with other classes is refused with both lists.
 * @example
 * const run = await distill("./flowers", { teacher: "runs/large", base: "vision-mini", method: "soft,attention" });
 * console.log(run.test.accuracy, run.verdict?.words);
 */
export async function distill(data: string | Dataset, options: DistillOptions): Promise<TrainResultEvent> {
  if (options.teacher === undefined)
    throw new EngraftError("OptionError", "distill needs a teacher", {
      help: "give a run, a model folder, file.onnx, a name, or hf:org/name that knows the data's classes",
    });
  await requireOptions(options);
  (await import("../regimes/distillation/check-distill.js")).checkDistill(options);
  const { task = "image-classification", ...others } = options as TrainOptions;
  if (task !== "image-classification" && task !== "auto")
    throw new EngraftError("OptionError", `distill is for image-classification, and this is ${task}`, {
      help: "leave task out",
      details: { option: "task", value: task },
    });
  const { platform } = await openMachine();
  await (await import("../tasks/detect.js")).requirePictures("distill", platform, data);
  return (await train(data, { ...others, task: "image-classification" })) as TrainResultEvent;
}

/** Options of a resumed training. The record of the run holds everything else. */
export interface ResumeTrainingOptions extends Pick<TrainOptions, "onEvent" | "signal" | "threads"> {
  /** Where the run's data is now; or the data set that it was started with, when it was opened with options of its own. */
  readonly data?: string | Dataset;
  /** Where the run's base is now, its teacher, and the model that weights came from. */
  readonly base?: string;
  readonly teacher?: string;
  readonly initFrom?: string;
}

/**
 * Where the models of a run are said to be now.
 * @throws OptionError for a model that the run was started without
 */
export async function modelsNow(
  { path, manifest }: RunFolder,
  { base, teacher, initFrom }: Pick<ResumeTrainingOptions, "base" | "teacher" | "initFrom">,
  platform: Platform,
): Promise<Pick<Moved, "base" | "teacher" | "initFrom">> {
  const { options } = manifest;
  for (const [name, now, before] of [
    ["a teacher", teacher, options.teacher],
    ["weights of another model", initFrom, options.initFrom],
  ] as const)
    if (now !== undefined && before === undefined)
      throw new EngraftError("OptionError", `the run was started without ${name}`, {
        at: path,
        help: "leave it out, or start a new run with another --out",
      });
  return {
    ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
    ...(teacher !== undefined && { teacher: await fromAnywhere(teacher, platform) }),
    ...(initFrom !== undefined && { initFrom: await fromAnywhere(initFrom, platform) }),
  };
}

/** Resumes a run of `train` or `distill`. @throws RunError for a folder of another kind, or for other data or another base */
export async function resumeTraining(
  path: string,
  options: ResumeTrainingOptions = {},
): Promise<AnyResultEvent> {
  const machine = await openMachine();
  const { files } = machine.platform;
  const { data, base, teacher, initFrom, ...others } = options;
  if (typeof data === "string" && !(await files.stat(files.resolve(data))))
    throw new EngraftError("DataError", `there is no data at "${data}"`, {
      help: "say where the data is that the run was started with",
    });
  const run = await RunFolder.open(machine.platform, files.resolve(path));
  const models = await modelsNow(run, { base, teacher, initFrom }, machine.platform);
  const given = {
    ...others,
    ...(typeof data === "object" && { data }),
    ...(models.base !== undefined && { base: models.base }),
  };
  const at = { ...models, ...(typeof data === "string" && { data: files.resolve(data) }) };
  return resumeOn(machine, path, given, at);
}

/**
 * {@link resumeTraining} on a machine of the caller's choice; the base may have moved there.
 * @param moved what the run is to remember as the place of its data and models, when they are the same there
 */
export async function resumeOn(
  machine: Machine,
  path: string,
  options: Omit<ResumeTrainingOptions, "data" | "teacher" | "initFrom"> & { readonly data?: Dataset },
  moved: Moved = {},
): Promise<AnyResultEvent> {
  const { platform } = machine;
  const { data, ...given } = options;
  const folder = platform.files.resolve(path);
  const finished = async (run: RunFolder): Promise<AnyResultEvent | undefined> => {
    const { status, result, task, multi_task } = run.manifest;
    if (task ?? multi_task) (await import("../tasks/refuse-others.js")).refuseOthers(run);
    if (status !== "done" || result?.event !== "result") return undefined;
    if (
      result.task === "domain-adaptation" ||
      result.task === "language-modelling" ||
      result.task === "multi-task-image-classification"
    )
      return undefined;
    // The folder may have been moved or copied since.
    const here = { ...result, run: run.path, model: run.file("model") };
    options.onEvent?.(here);
    return here;
  };
  const before = await finished(await RunFolder.open(platform, folder));
  if (before) return before;
  const warn = (code: string, message: string): void =>
    options.onEvent?.({ event: "warning", code, message });
  return platform.files.withLock(
    folder,
    async () => {
      // Read again: another process may have gone on with it meanwhile.
      const run = await RunFolder.open(platform, folder);
      const done = await finished(run);
      if (done) return done;
      run.movedTo(moved);
      const { manifest } = run;
      if (manifest.machine !== platform.machine())
        warn(
          "machine",
          `the run was started on ${manifest.machine}: the result will not be bit-identical here`,
        );
      if (given.threads !== undefined && given.threads !== manifest.threads)
        warn(
          "threads",
          `the run was started with ${manifest.threads} threads: with ${given.threads} the result may differ in the last bits`,
        );
      const all = { ...manifest.options, threads: manifest.threads, ...given };
      const { task = "image-classification" } = manifest.options;
      if (task === "image-classification") return executeRun(machine, run, all, data);
      const { taskTable } = await import("../tasks/task-table.js");
      return taskTable[fullTaskName(task as TaskName)].train(machine, run, all);
    },
    {
      what: `the run folder "${folder}"`,
      // The lock of a process that was killed on another machine is free after 15 s.
      wait: 20_000,
      onWait: () =>
        warn("lock", `waiting for the process that held "${folder}" to give it back, at most 20 s`),
    },
  );
}
