import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { longestSilence } from "../../platform/process/limited-work.js";
import { shellWord } from "../../run/command-line.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { StudyTraining } from "../many-runs.js";
import { isLink } from "../workers/attempts.js";
import { openStudy, type Study } from "../workers/study.js";
import type { JobFailure } from "./job-failures.js";

/** What a job holds: a training of a study below the worker's own folder of studies, never a path. */
export interface QueuedTraining {
  /** Name of the study's folder. */
  readonly store: string;
  /** Id of the study: folders in two places may have one name. */
  readonly study: string;
  /** Name of its run folder. */
  readonly run: string;
  readonly seed: number;
  /** Workers that could not do it. */
  readonly failures?: readonly JobFailure[];
}

/** Times of the queue (ms). */
export interface QueueTimes {
  /** A job whose worker was not heard of for this long is given to another. */
  readonly lock: number;
  /** Between two looks at jobs, locks and folders. */
  readonly check: number;
  /** A job that a worker cannot do waits this long behind the others. */
  readonly retry: number;
  /** A job that failed on a worker waits this long for another one. */
  readonly mostWait: number;
  /** A child process that does not answer for this long is ended. */
  readonly silence: number;
}
export const usualTimes: QueueTimes = {
  ...{ lock: 30_000, check: 5000, retry: 60_000, mostWait: 3_600_000 },
  silence: longestSilence,
};

/** Returns the id of a study, which is the same under any path. */
export const studyId = async (
  { sha256 }: Platform,
  { kind, folder }: Pick<Study, "kind" | "folder">,
): Promise<string> => (await sha256(`${kind} ${folder.manifest.started}`)).slice(0, 32);

/** Returns the job of a training. @param id of its study */
export const jobOf = ({ path }: Study, id: string, { run, seed }: StudyTraining): QueuedTraining => ({
  store: lastOf(path),
  study: id,
  run: lastOf(run),
  seed,
});

/** Returns the id of a job. The same training always has the same one, so that it waits in the queue once. */
export const jobId = async ({ sha256 }: Platform, { store, study, run }: QueuedTraining): Promise<string> =>
  `run-${(await sha256(JSON.stringify([store, study, run]))).slice(0, 32)}`;

export const lastOf = (path: string): string => path.split(/[\\/]/).at(-1)!;

/** Longest name of a folder that a disk takes, bytes. */
const longestName = 255;

/** True for a folder's name that a terminal shows as it is, and that cannot lead out of its folder. */
export const isStudyName = (name: unknown): name is string =>
  typeof name === "string" &&
  /^[^\\/\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]+$/u.test(name) &&
  new TextEncoder().encode(name).length <= longestName &&
  name !== "." &&
  name !== "..";

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
  const { platform } = machine;
  const { files } = platform;
  const { store, study: id, run, seed } = (job ?? {}) as Partial<QueuedTraining>;
  if (!isStudyName(store))
    throw new EngraftError("DataError", `a job names the study ${JSON.stringify(store)?.slice(0, 100)}`, {
      help: "a study is a folder below that of --store: rename it, and submit it again",
    });
  const path = files.join(root, store);
  if ((await files.stat(path))?.kind !== "folder")
    throw new EngraftError("MachineError", `this machine has no study "${store}"`, {
      at: root,
      help: `give the folder that holds the studies with --store; if the study was removed, give --submit ${typeable(store)} --cancel`,
    });
  if (await isLink(files, root, store))
    throw new EngraftError("DataError", `the study "${store}" is a link to another folder`, {
      at: path,
      help: "put the study's folder itself there",
    });
  const study = await openStudy(machine, path);
  if ((await studyId(platform, study)) !== id)
    throw new EngraftError("MachineError", `this machine has another study "${store}" than that of the job`, {
      at: path,
      help: "give the folder that holds the submitted study with --store; if it was made anew, submit it again",
    });
  const index = study.trainings.findIndex((one) => lastOf(one.run) === run && one.seed === seed);
  if (index >= 0) return { study, index };
  throw new EngraftError("DataError", `the study "${store}" has no training "${String(run).slice(0, 100)}"`, {
    at: path,
    help: "submit the study again",
  });
}

/** Returns a name as a word of a command. A name that begins with a dash would be an option. */
const typeable = (name: string): string => shellWord(name.startsWith("-") ? `./${name}` : name);

/** File in a study that stops its trainings on all machines of its queue. */
export const cancelFile = ({ files }: Platform, study: string): string => files.join(study, "cancelled");

export const isCancelled = async (platform: Platform, study: string): Promise<boolean> =>
  (await platform.files.stat(cancelFile(platform, study))) !== undefined;
