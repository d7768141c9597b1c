import { EngraftError } from "../core/errors.js";
import type { AnyResultEvent } from "../core/events/events.js";
import { fullTaskName, type TaskName } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import { type Moved, RunFolder } from "../run/folder/run-folder.js";
import { type Machine, openMachine } from "../run/machine.js";
import { modelsNow, type ResumeTrainingOptions } from "../run/moved-models.js";
import { trainerOf } from "./train.js";

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
    if (task ?? multi_task) (await import("./refuse-others.js")).refuseOthers(run);
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
      // Reload: another process may have resumed this run.
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
      return (await trainerOf(fullTaskName(task as TaskName)))(machine, run, all, data);
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
