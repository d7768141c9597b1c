import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { StudyTraining } from "../many-runs.js";
import { claimOf } from "./claim.js";
import { openStudy, readProgress, type Study } from "./study.js";

/** State of a training. "stopped": it was begun, no process works on it, and the next worker goes on with it. */
export interface TrainingStatus {
  /** Its place, for `--index`. */
  readonly index: number;
  readonly label: string;
  readonly seed: number;
  readonly state: "done" | "running" | "stopped" | "open" | "failed";
  /** Machine of the run: processor, cores and system. Missing before it was begun. */
  readonly machine?: string;
  readonly seconds?: number;
  /** Why it failed. */
  readonly reason?: string;
}

/** States of all trainings of a study. */
export interface StudyStatus {
  readonly event: "result";
  readonly task: "status";
  readonly study: string;
  readonly trainings: readonly TrainingStatus[];
  /** Trainings without a result that are not failed. */
  readonly open: number;
}

/**
 * Returns the state of each training of a study. The folder is only read.
 * @throws RunError for a folder without a study
 * @example const { trainings, open } = await statusOfStudy("study");
 */
export async function statusOfStudy(study: string): Promise<StudyStatus> {
  return statusOfStudyOn(await openMachine(), study);
}

/** Runs {@link statusOfStudy} on a given machine. */
export async function statusOfStudyOn(machine: TaskMachine, folder: string): Promise<StudyStatus> {
  const study = await openStudy(machine, folder);
  const { path, trainings } = study;
  const all: TrainingStatus[] = [];
  for (const [index, training] of trainings.entries())
    all.push(await statusOfTraining(machine, study, training, index));
  const open = all.filter(({ state }) => state !== "done" && state !== "failed").length;
  return { event: "result", task: "status", study: path, trainings: all, open };
}

/** Returns the state of one training. */
export async function statusOfTraining(
  { platform }: TaskMachine,
  study: Study,
  training: StudyTraining,
  index: number,
): Promise<TrainingStatus> {
  const { label, seed, run } = training;
  const { progress, failure } = await readProgress(platform, study, training);
  const { done, ...facts } = progress ?? {};
  const known = { index, label, seed, ...facts };
  if (done) return { ...known, state: "done" };
  if (failure) return { ...known, state: "failed", reason: `${failure.host}: ${failure.message}` };
  const held = (await platform.files.lockState?.(claimOf(run))) === "held";
  return { ...known, state: held ? "running" : progress ? "stopped" : "open" };
}
