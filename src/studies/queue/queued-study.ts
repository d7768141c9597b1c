import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { shellWord } from "../../run/command-line.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { StudyTraining } from "../many-runs.js";
import { isLink } from "../workers/attempts.js";
import { openStudy, type Study } from "../workers/study.js";

/** What a job holds: a training of a study below the worker's own folder of studies, never a path. */
export interface QueuedTraining {
  /** Name of the study's folder. */
  readonly store: string;
  /** Name of its run folder. */
  readonly run: string;
  readonly seed: number;
}

/** Times of the queue (ms). */
export interface QueueTimes {
  /** A job whose worker was not heard of for this long is given to another. */
  readonly lock: number;
  /** Between two looks at jobs, locks and folders. */
  readonly check: number;
}
export const usualTimes: QueueTimes = { lock: 30_000, check: 5000 };

/** Returns the job of a training. */
export const jobOf = ({ path }: Study, { run, seed }: StudyTraining): QueuedTraining => ({
  store: lastOf(path),
  run: lastOf(run),
  seed,
});

/** Returns the id of a job. The same training always has the same one, so that it waits in the queue once. */
export const jobId = async ({ sha256 }: Platform, { store, run }: QueuedTraining): Promise<string> =>
  `run-${(await sha256(JSON.stringify([store, run]))).slice(0, 32)}`;

export const lastOf = (path: string): string => path.split(/[\\/]/).at(-1)!;

/**
 * Opens the study of a job, and finds its training.
 * @param root the worker's folder of studies
 * @throws MachineError if the study is not there; DataError for a job that names none
 */
export async function studyOf(
  machine: TaskMachine,
  root: string,
  job: unknown,
): Promise<{ readonly study: Study; readonly index: number }> {
  const { files } = machine.platform;
  const { store, run, seed } = (job ?? {}) as Partial<QueuedTraining>;
  const isName = typeof store === "string" && store.length <= 255 && /^[^\\/\0]+$/.test(store);
  if (!isName || store === "." || store === "..")
    throw new EngraftError("DataError", `a job names the study ${JSON.stringify(store)?.slice(0, 100)}`, {
      help: "a study is a folder below that of --store: remove the job, and submit the study again",
    });
  const path = files.join(root, store);
  if ((await files.stat(path))?.kind !== "folder")
    throw new EngraftError("MachineError", `this machine has no study "${store}"`, {
      at: root,
      help: `give the folder that holds the studies with --store; if the study was removed, give --submit ${shellWord(store)} --cancel`,
    });
  if (await isLink(files, root, store))
    throw new EngraftError("DataError", `the study "${store}" is a link to another folder`, {
      at: path,
      help: "put the study's folder itself there",
    });
  const study = await openStudy(machine, path);
  const index = study.trainings.findIndex((one) => lastOf(one.run) === run && one.seed === seed);
  if (index >= 0) return { study, index };
  throw new EngraftError("DataError", `the study "${store}" has no training "${String(run).slice(0, 100)}"`, {
    at: path,
    help: "submit the study again: it was made anew since the job was added",
  });
}

/** File in a study that stops its trainings on all machines of its queue. */
export const cancelFile = ({ files }: Platform, study: string): string => files.join(study, "cancelled");

export const isCancelled = async (platform: Platform, study: string): Promise<boolean> =>
  (await platform.files.stat(cancelFile(platform, study))) !== undefined;
