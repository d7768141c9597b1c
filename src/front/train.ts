import { EngraftError } from "../core/errors.js";
import type { TrainResultEvent } from "../core/events.js";
import type { Dataset } from "../data/index.js";
import type { Platform } from "../platform/platform.js";
import { carryOut } from "./carry-out.js";
import { type Machine, openMachine } from "./machine.js";
import { checkOptions, type DistillOptions, type TrainOptions } from "./options.js";
import { freeRunPath, RunFolder, type RunManifest } from "./run-folder.js";

/**
 * Fine-tune a base on labelled pictures: forecast, train, evaluate, write a run folder with a model folder.
 *
 * @param data a folder, CSV or JSONL (see the guide, "Data"), or an opened data set.
 * @returns the `result` event: scores on the test part with intervals, where model and report are.
 * @throws EngraftError with a message for people; `Interrupted` after an abort, with the state saved.
 * @example
 * const run = await train("./flowers", { base: "vision-mini", onEvent: console.log });
 * console.log(run.test.accuracy, run.model);
 */
export async function train(data: string | Dataset, options: TrainOptions = {}): Promise<TrainResultEvent> {
  checkOptions({ ...options });
  return trainOn(await openMachine(), data, options);
}

/** {@link train} on a machine of the caller's choice. */
export async function trainOn(
  machine: Machine,
  data: string | Dataset,
  options: TrainOptions,
): Promise<TrainResultEvent> {
  checkOptions({ ...options });
  const { platform } = machine;
  const root = platform.files.resolve(typeof data === "string" ? data : data.root);
  if (typeof data === "string" && !(await platform.files.stat(root))) {
    throw new EngraftError("DataError", `there is no data at "${data}"`, {
      help: "give a folder with one folder of pictures for each class",
    });
  }
  const path =
    options.out === undefined
      ? await freeRunPath(platform, root, new Date().toISOString().slice(0, 10))
      : platform.files.resolve(options.out);
  const { onEvent: _e, signal: _s, threads, out: _o, base, ...others } = options;
  const { teacher } = others as Partial<DistillOptions>;
  const kept = {
    ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
    ...others,
    ...(teacher !== undefined && { teacher: await fromAnywhere(teacher, platform) }),
  };
  const manifest: RunManifest = {
    format: 1,
    status: "running",
    command: machine.command(root, kept, path),
    data: root,
    options: kept,
    started: new Date().toISOString(),
    versions: {},
    machine: platform.machine(),
    threads: threads ?? platform.cores(),
  };
  await platform.files.ensureDir(platform.files.dirname(path));
  return platform.files.withLock(
    path,
    async () => {
      const run = await RunFolder.create(platform, path, manifest);
      try {
        return await carryOut(machine, run, options, typeof data === "string" ? undefined : data);
      } catch (error) {
        // Wrong input, and nothing done that could be gone on with: nothing stays in the way of the corrected command.
        const wrong = error instanceof EngraftError && error.exitCode === 2;
        if (wrong && !(await run.hasCheckpoint())) await run.discard().catch(() => undefined);
        throw error;
      }
    },
    { what: `the run folder "${path}"` },
  );
}

/** A path to a base, such that the run can be gone on with from another folder; names stay as they are. */
async function fromAnywhere(base: string, { files }: Platform): Promise<string> {
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
  checkOptions({ ...options });
  (await import("./distill/check-distill.js")).checkDistill(options);
  return train(data, options as TrainOptions);
}

/** What may be said of a run that goes on; everything else it knows. */
export interface ResumeOptions extends Pick<TrainOptions, "onEvent" | "signal" | "threads"> {
  /** The data set that the run was started with, when it was opened with options of its own. */
  readonly data?: Dataset;
}

/**
 * Go on with a run that was stopped or killed. A finished run gives its result again.
 * @throws RunError when the folder holds no run, or data or base are not the ones it was started with.
 */
export async function resume(path: string, options: ResumeOptions = {}): Promise<TrainResultEvent> {
  return resumeOn(await openMachine(), path, options);
}

/** {@link resume} on a machine of the caller's choice; the base may have moved there. */
export async function resumeOn(
  machine: Machine,
  path: string,
  options: ResumeOptions & Pick<TrainOptions, "base">,
): Promise<TrainResultEvent> {
  const { platform } = machine;
  const { data, ...given } = options;
  const folder = platform.files.resolve(path);
  const finished = (run: RunFolder): TrainResultEvent | undefined => {
    const { status, result, multi_task } = run.manifest;
    if (multi_task !== undefined)
      throw new EngraftError("RunError", `the run trains ${multi_task.sources.length} tasks together`, {
        at: folder,
        help: "go on with it by `engraft multi-task --resume`",
      });
    if (result?.event === "result" && result.task !== "image-classification") return undefined;
    if (status !== "done" || result?.event !== "result") return undefined;
    options.onEvent?.(result);
    return result;
  };
  const before = finished(await RunFolder.open(platform, folder));
  if (before) return before;
  const warn = (code: string, message: string): void =>
    options.onEvent?.({ event: "warning", code, message });
  return platform.files.withLock(
    folder,
    async () => {
      // Read again: another process may have gone on with it meanwhile.
      const run = await RunFolder.open(platform, folder);
      const done = finished(run);
      if (done) return done;
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
      return carryOut(machine, run, { ...manifest.options, threads: manifest.threads, ...given }, data);
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
