import { isTrained } from "../../core/events/events.js";
import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { StudyTraining } from "../many-runs.js";
import { claimOf, lookAt } from "./claim.js";
import { openStudy } from "./study.js";

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
  const { path, trainings } = await openStudy(machine, folder);
  const all: TrainingStatus[] = [];
  for (const [index, training] of trainings.entries()) all.push(await statusOf(machine, training, index));
  const open = all.filter(({ state }) => state !== "done" && state !== "failed").length;
  return { event: "result", task: "status", study: path, trainings: all, open };
}

async function statusOf(
  { platform }: TaskMachine,
  training: StudyTraining,
  index: number,
): Promise<TrainingStatus> {
  const { label, seed, run } = training;
  const { manifest, failure } = await lookAt(platform, training);
  const { status, machine, result } = manifest ?? {};
  const known = { index, label, seed, ...(machine !== undefined && { machine }) };
  if (status === "done") {
    const seconds = result?.event === "result" && isTrained(result) ? result.seconds.total : undefined;
    return { ...known, state: "done", ...(seconds !== undefined && { seconds }) };
  }
  if (failure) return { ...known, state: "failed", reason: `${failure.host}: ${failure.message}` };
  const held = (await platform.files.lockState?.(claimOf(run))) === "held";
  return { ...known, state: held ? "running" : manifest ? "stopped" : "open" };
}
