import { requireBase } from "../bases/open/locate.js";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent, OnEvent } from "../core/events/events.js";
import { defaultTask, fullTaskName, type ModelTask } from "../core/results/task.js";
import type { TrainOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import { shellWord } from "../run/command-line.js";
import type { ManifestFolder } from "../run/folder/manifest-folder.js";
import type { PathsFromStudy } from "../run/folder/moved-study.js";
import type { Machine } from "../run/machine.js";
import { runtimeVersions } from "../run/versions.js";
import { rowOf, type TaskMachine } from "../tasks/registry.js";
import type { InspectedData } from "../tasks/task-run.js";

// Shared by comparisons and learning curves: many trainings in one folder, each in its own process.

export interface Listener {
  readonly onEvent?: OnEvent | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of every resumed study. */
export interface ResumeStudyOptions extends Listener {
  /** Path of the data on this machine. Default: as the study recorded it. */
  readonly data?: string | undefined;
}

/** A training in its own process: a new run, a resumed one, or one of a diagnosis. */
export type ChildTask = (ChildTraining | ChildDiagnosis) & {
  /** Trainings at once on this machine. Each may use its share of the memory. Default 1. */
  readonly jobs?: number;
};

/** A training of a diagnosis. It writes a file. */
export interface ChildDiagnosis {
  /** Absolute paths of the study and of the file, and of the data on this machine. */
  readonly diagnosis: string;
  readonly run: string;
  readonly data: string;
  readonly threads: number;
}

interface ChildTraining {
  /** Absolute path. */
  readonly data: string;
  /** Options with `out`; for a resumed run, the options that may change. */
  readonly options: Omit<TrainOptions, "onEvent" | "signal">;
  readonly resume?: string;
}

/** Settings that all trainings of a folder share. */
export interface SharedByRuns {
  /** Absolute path of the data. */
  readonly data: string;
  readonly options: Readonly<Partial<TrainOptions>>;
  readonly threads: number;
  /** Of a prepared study: versions of Engraft and of the runtime, which its workers need too. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly from_study?: PathsFromStudy;
  /** Time of its preparation. */
  readonly started?: string;
}

/**
 * Opens data and base before any training starts, so that errors appear once and a base is downloaded once.
 * @throws the errors that a training would throw when it opens them
 */
export async function openDataAndBase(
  machine: TaskMachine,
  { data, options }: Pick<SharedByRuns, "data" | "options">,
  seed: number,
  { onEvent, signal }: Listener,
): Promise<InspectedData> {
  if (options.base !== undefined) await requireBase(options.base, machine.platform);
  const { inspect } = rowOf(machine, taskIn(options));
  return inspect(machine, data, { ...options, seed, onEvent, signal });
}

/** Returns the path of a study's data on this machine. @throws MachineError if there is none */
export async function dataHere(
  { files }: Platform,
  folder: ManifestFolder<SharedByRuns>,
  requested = folder.manifest.data,
): Promise<string> {
  const data = files.resolve(requested);
  if (await files.stat(data)) return data;
  throw new EngraftError("MachineError", `this machine has no data at "${data}"`, {
    at: folder.file(folder.kind.file),
    help: "give their path on this machine with --data",
  });
}

/** Returns the task that a folder of runs recorded. */
export const taskIn = ({ task = defaultTask }: SharedByRuns["options"]): ModelTask =>
  task === "auto" ? defaultTask : fullTaskName(task);

/** A study that workers can do. */
export interface PreparedStudy {
  readonly event: "result";
  readonly task: "prepare";
  /** Absolute path of its folder. */
  readonly study: string;
  readonly trainings: number;
}

/** Completes a prepared study: records what its workers need. */
export async function preparedStudy(
  machine: TaskMachine,
  folder: ManifestFolder<SharedByRuns>,
  trainings: readonly StudyTraining[],
): Promise<PreparedStudy> {
  await folder.update({ versions: await runtimeVersions(machine) });
  return { event: "result", task: "prepare", study: folder.path, trainings: trainings.length };
}

/** Most trainings at once on one machine. */
const mostJobs = 64;

/** Checks the number of trainings at once. @throws OptionError */
export function requireJobs(jobs = 1): number {
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= mostJobs) return jobs;
  throw new EngraftError("OptionError", `jobs is ${jobs}`, {
    help: `give a whole number from 1 to ${mostJobs}`,
  });
}

/** Divides the cores among the trainings that run at once. @param threads those of one, if requested */
export function sharedCores(
  platform: Platform,
  threads: number | undefined,
  jobs: number | undefined,
): { readonly threads: number; readonly jobs?: number } {
  if (jobs === undefined) return { threads: threads ?? platform.cores() };
  requireJobs(jobs);
  return { threads: threads ?? Math.max(1, Math.floor(platform.cores() / jobs)), jobs };
}

/** Divides the cores of a resumed study, if threads or trainings at once are given. */
export const redivideCores = (
  platform: Platform,
  before: { readonly jobs?: number },
  { threads, jobs }: { readonly threads?: number | undefined; readonly jobs?: number | undefined },
) => (threads === undefined && jobs === undefined ? {} : sharedCores(platform, threads, jobs ?? before.jobs));

/** One training of a study. Everything that a process needs to start it, besides the data. */
export interface StudyTraining {
  /** Strategy or size, for messages. */
  readonly label: string;
  readonly seed: number;
  /** Absolute path of its run folder. */
  readonly run: string;
  /** All its options, with the seed. */
  readonly options: Readonly<Partial<TrainOptions>>;
}

/** What a training is given on this machine. */
export type Given = Pick<SharedByRuns, "data" | "threads"> & Pick<ChildTask, "jobs">;

/** Starts or resumes a training in its own process. */
export async function trainOne(
  machine: Machine,
  { data, threads, jobs }: Given,
  { run, options }: Pick<StudyTraining, "run" | "options">,
  listener: Listener,
): Promise<void> {
  const { files } = machine.platform;
  const task = (await files.stat(files.join(run, "run.json")))
    ? { data, resume: run, options: { threads, ...modelPaths(machine.platform, options) } }
    : { data, options: { ...options, threads, out: run } };
  await runChild(machine, { ...task, ...(jobs !== undefined && { jobs }) }, listener);
}

/** Returns the paths of base and initial weights, which may have moved. A name stays what the run recorded. */
const modelPaths = ({ files }: Platform, { base, initFrom }: Partial<TrainOptions>) => ({
  ...(base !== undefined && files.resolve(base) === base && { base }),
  ...(initFrom !== undefined && { initFrom }),
});

/** Runs a training in its own process. Its `result` and `error` events are not passed on. */
export async function runChild(
  { platform }: Machine,
  task: ChildTask,
  { onEvent, signal }: Listener,
): Promise<void> {
  const pass = (event: EngraftEvent): void => {
    if (event.event !== "result" && event.event !== "error") onEvent?.(event);
  };
  await platform.runInChildProcess!({
    module: "api/train-child.js",
    input: task,
    onMessage: (event) => pass(event as EngraftEvent),
    signal,
    what: "the training",
  });
}

/**
 * Works on items in their order, at most `limit` at once, and returns the outcomes in the same order. What the consumer does with
 * an outcome it waited for counts as part of the work, so with a limit of 1 nothing overlaps. If the consumer stops, waits for
 * what was started.
 */
export async function* inParallel<Item, Outcome>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Outcome>,
): AsyncGenerator<{ readonly item: Item; readonly outcome: PromiseSettledResult<Outcome> }> {
  const started: (Promise<PromiseSettledResult<Outcome>> | undefined)[] = [];
  const settled = new Set<number>();
  let awaited = 0;
  let stopped = false;
  const startNext = (): void => {
    const i = started.length;
    if (stopped || i === items.length) return;
    const finish = (outcome: PromiseSettledResult<Outcome>) => {
      settled.add(i);
      if (i !== awaited) startNext();
      return outcome;
    };
    started.push(Promise.allSettled([work(items[i]!)]).then(([outcome]) => finish(outcome)));
  };
  try {
    for (let k = 0; k < limit; k++) startNext();
    for (const [i, item] of items.entries()) {
      awaited = i;
      const early = settled.has(i);
      const outcome = await started[i]!;
      // An outcome is as large as the whole result of a training.
      started[i] = undefined;
      yield { item, outcome };
      if (!early) startNext();
    }
  } finally {
    stopped = true;
    await Promise.all(started);
  }
}

/** Estimates how long the trainings of a study still take, by those of the same kind (strategy or size). */
export class TimeLeft<Kind> {
  private readonly kinds = new Map<Kind, { left: number; seconds: number; done: number }>();

  /** @param kinds of all trainings; `jobs` run at once */
  constructor(
    kinds: readonly Kind[],
    private readonly jobs = 1,
  ) {
    for (const kind of kinds) this.of(kind).left++;
  }

  private of(kind: Kind) {
    const known = this.kinds.get(kind) ?? { left: 0, seconds: 0, done: 0 };
    this.kinds.set(kind, known);
    return known;
  }

  /** Counts a training that has ended. @param seconds that it took; missing for a failed one */
  end(kind: Kind, seconds?: number): void {
    const known = this.of(kind);
    known.left--;
    if (seconds === undefined) return;
    known.seconds += seconds;
    known.done++;
  }

  /** Returns the seconds of the trainings that are left; no estimate until each of their kinds has run. */
  estimate(): { seconds_left?: number } {
    let sum = 0;
    for (const { left, seconds, done } of this.kinds.values()) {
      if (left > 0 && done === 0) return {};
      if (left > 0) sum += (left * seconds) / done;
    }
    return { seconds_left: sum / this.jobs };
  }
}

/** True if the user stopped the training. */
export const isInterruption = (error: unknown, { signal }: Listener): boolean =>
  signal?.aborted === true || (error instanceof EngraftError && error.kind === "Interrupted");

/** Returns the error of a stopped study. @param command that resumes it: `engraft compare --resume` */
export function stopError(path: string, command: string, done: number, of: number): EngraftError {
  return new EngraftError("Interrupted", `stopped after ${done} of ${of} trainings`, {
    at: path,
    help: `the state is saved; go on with: ${command} ${shellWord(path)}`,
  });
}
