import { EngraftError } from "../core/errors.js";
import { type AnyResultEvent, isTrained, type TrainedResult } from "../core/events/events.js";
import { type CustomTask, defaultTask, fullTaskName, type TaskName } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import { type Moved, RunFolder } from "../run/folder/run-folder.js";
import { openMachine } from "../run/machine.js";
import { modelsNow, type ResumeTrainingOptions } from "../run/moved-models.js";
import { resumedOptions, resumeRun } from "../run/resume-run.js";
import type { TaskMachine } from "../tasks/registry.js";
import { trainerOf } from "./train.js";

/** Resumes a run of `train`, `distill` or `extend`. @throws RunError for a folder of another kind, or for other data or another base */
export async function resumeTraining(
  path: string,
  options: ResumeTrainingOptions = {},
): Promise<AnyResultEvent> {
  return (await resumeTrainingOn(await openMachine(), path, options)) as AnyResultEvent;
}

/** Runs {@link resumeTraining} on a given machine. */
export async function resumeTrainingOn(
  machine: TaskMachine,
  path: string,
  options: ResumeTrainingOptions = {},
): Promise<TrainedResult> {
  const { files } = machine.platform;
  const { data, base, teacher, initFrom, ...others } = options;
  if (typeof data === "string" && !(await files.stat(files.resolve(data))))
    throw new EngraftError("DataError", `there is no data at "${data}"`, {
      help: "say where the data is that the run was started with",
      details: { data },
    });
  const run = await RunFolder.open(machine.platform, files.resolve(path));
  const models = await modelsNow(run, { base, teacher, initFrom }, machine.platform);
  const given = { ...others, data: typeof data === "object" ? data : undefined, base: models.base };
  const at = { ...models, ...(typeof data === "string" && { data: files.resolve(data) }) };
  return resumeOn(machine, path, given, at);
}

/**
 * Resumes a run on a given machine, whose base may be at another path.
 * @param moved new paths of data and models that the run records if their content is the same
 */
export async function resumeOn(
  machine: TaskMachine,
  path: string,
  options: Omit<ResumeTrainingOptions, "data" | "teacher" | "initFrom"> & { readonly data?: Dataset },
  moved: Moved = {},
): Promise<TrainedResult> {
  const { data, more, ...given } = options;
  const trainerFor = ({
    manifest: {
      options: { task = defaultTask },
    },
  }: RunFolder) => trainerOf(machine, fullTaskName(task as TaskName | CustomTask));
  return resumeRun<TrainedResult>(machine.platform, path, {
    kinds: ["train", "distill", "extend"],
    check: trainerFor,
    resultIn: ({ result }) => (result?.event === "result" && isTrained(result) ? result : undefined),
    execute: async (run) => {
      run.movedTo(moved);
      const { manifest } = run;
      const all = resumedOptions(manifest.options, manifest.threads, given);
      return (await trainerFor(run))(machine, run, all, data);
    },
    more,
    threads: given.threads,
    onEvent: given.onEvent,
  });
}
