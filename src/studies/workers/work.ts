import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import type { RunEvent } from "../../core/events/events.js";
import { pause } from "../../core/pause.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { shellWord } from "../../run/command-line.js";
import { openMachine } from "../../run/machine.js";
import { runtimeVersions } from "../../run/versions.js";
import type { TaskMachine } from "../../tasks/registry.js";
import {
  dataHere,
  isInterruption,
  type Listener,
  requireJobs,
  type StudyTraining,
  sharedCores,
} from "../many-runs.js";
import { blameOf, errorOf, machineError, recordAttempt } from "./attempts.js";
import { between, claim, requireInPlace, tidy } from "./claim.js";
import { requireLocks, requireRightClock } from "./right-clock.js";
import { openStudy, readProgress, type Study } from "./study.js";

/** Options of `work`. */
export interface WorkOptions extends Pick<TrainOptions, "onEvent" | "signal" | "threads"> {
  /** Places of the trainings to do, from 0: "3" or "0-9". Default: all. */
  readonly index?: string;
  /** Trainings at once. Default 1. */
  readonly jobs?: number;
  /** Path of the data on this machine. Default: as the study recorded it. */
  readonly data?: string;
}

/** What a worker did. */
export interface WorkResult {
  readonly event: "result";
  readonly task: "work";
  /** Absolute path of the study. */
  readonly study: string;
  /** Trainings that this worker finished, and those of the study, or of `index`, that have a result. */
  readonly trained: number;
  readonly done: number;
  readonly of: number;
  readonly seconds: number;
}

/**
 * Does trainings of a prepared study until none is left. Any number of workers on any machines that see the folder may do so at the same
 * time. A training has the same result wherever it runs on one kind of machine, and a second start of a finished one does nothing.
 * `resume(folder)` then makes the table.
 *
 * @param study folder that `compare` or `curve` prepared
 * @throws RunError for a folder without a study; MachineError if this machine cannot do the work, and another may; the error of a
 *   training that fails on every machine, after all others are done
 * @example await work("study", { jobs: 2, threads: 1 });
 */
export async function work(study: string, options: WorkOptions = {}): Promise<WorkResult> {
  return workOn(await openMachine(), study, options);
}

/** Runs {@link work} on a given machine. */
export async function workOn(
  machine: TaskMachine,
  folder: string,
  options: WorkOptions = {},
): Promise<WorkResult> {
  try {
    return await workIn(machine, folder, options);
  } catch (error) {
    if (!(error instanceof EngraftError) || blameOf(error) !== "machine") throw error;
    if (error.kind !== "Interrupted") throw machineError(error);
    throw new EngraftError("Interrupted", "stopped on request", {
      at: machine.platform.files.resolve(folder),
      help: `the state is saved; go on with: engraft work ${shellWord(folder)}`,
    });
  }
}

async function workIn(machine: TaskMachine, folder: string, options: WorkOptions): Promise<WorkResult> {
  const begin = performance.now();
  const { jobs = 1, signal } = options;
  requireJobs(jobs);
  const study = await openStudy(machine, folder);
  const chosen = chosenBy(options.index, study.trainings);
  const data = await dataHere(machine.platform, study.folder, options.data);
  await requireRightMachine(machine, study, data, { onEvent: options.onEvent, signal });
  // A starter gives each training to one worker.
  if (chosen.length > 1)
    await requireLocks(machine.platform, study.path).catch((error: unknown) => {
      throw withoutLock(error, study);
    });
  const worker = new Worker(machine, study, { ...options, data, jobs });
  const order = await shuffled(machine.platform, chosen);
  // Others may still train, or save their state.
  const ends = await Promise.allSettled(Array.from({ length: jobs }, () => worker.doAll(order)));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  const [failed] = worker.failures;
  if (failed) throw failed;
  const seconds = (performance.now() - begin) / 1000;
  const of = chosen.length;
  return { event: "result", task: "work", study: study.path, trained: worker.trained, done: of, of, seconds };
}

/** Takes trainings that have no result, one after the other. */
class Worker {
  trained = 0;
  readonly failures: EngraftError[] = [];
  /** Run folders with a result, or with a failure that every machine would have. */
  private readonly ended = new Set<string>();
  private fault: unknown;

  constructor(
    private readonly machine: TaskMachine,
    private readonly study: Study,
    private readonly options: WorkOptions & { readonly data: string; readonly jobs: number },
  ) {}

  /** Does what is open, in passes, until every training has ended. @throws the fault of this machine */
  async doAll(order: readonly StudyTraining[]): Promise<void> {
    for (;;) {
      let idle = true;
      for (const training of order) {
        if (this.fault !== undefined) throw this.fault;
        if (this.ended.has(training.run)) continue;
        if (await this.doOne(training)) idle = false;
      }
      if (order.every(({ run }) => this.ended.has(run))) return;
      // Others are at work. If one dies, its training is continued here.
      if (idle) await pause(between, this.options.signal);
    }
  }

  /** Does a training if no worker is at it. @returns true if it was started here */
  private async doOne(training: StudyTraining): Promise<boolean> {
    const { platform } = this.machine;
    let started = false;
    try {
      await requireInPlace(platform, this.study.path);
      if (await this.hasEnded(training)) return false;
      stopIf(this.options.signal);
      const claimed = await claim(platform, training.run, async () => {
        if (await this.hasEnded(training)) return;
        started = true;
        await this.train(training);
      });
      return started && claimed;
    } catch (error) {
      this.fault ??= started ? error : withoutLock(error, this.study);
      throw this.fault;
    }
  }

  private async hasEnded(training: StudyTraining): Promise<boolean> {
    const { run, label, seed } = training;
    if (this.ended.has(run)) return true;
    const { progress, failure } = await readProgress(this.machine.platform, this.study, training);
    if (!progress?.done && !failure) return false;
    if (failure && !this.ended.has(run)) this.failures.push(errorOf(label, seed, failure));
    this.ended.add(run);
    return true;
  }

  /** Trains, or resumes. @throws the fault of this machine; a fault of the training is recorded */
  private async train(training: StudyTraining): Promise<void> {
    const { run, label, seed } = training;
    const { study, options, machine } = this;
    // Events of trainings at the same time would be mixed.
    const listener: Listener = {
      signal: options.signal,
      ...(options.jobs === 1 && { onEvent: options.onEvent }),
    };
    const place = {
      label,
      seed,
      run,
      number: study.trainings.indexOf(training) + 1,
      of: study.trainings.length,
    };
    const report = (event: Partial<RunEvent> & Pick<RunEvent, "state">): void =>
      options.onEvent?.({ event: "run", ...place, ...event });
    report({ state: "started" });
    try {
      const { data, jobs } = options;
      const threads = threadsOf(machine.platform, study, options);
      await study.train({ data, threads, jobs }, training, listener);
      await requireInPlace(machine.platform, study.path);
    } catch (thrown) {
      const error =
        thrown instanceof EngraftError ? thrown : new EngraftError("InternalError", messageOf(thrown));
      if (lacksMemory(error, training.options)) throw outOfMemory(error, options.jobs);
      if (isInterruption(error, listener) || error.code === "run-in-use" || blameOf(error) === "machine")
        throw error;
      await requireInPlace(machine.platform, study.path);
      const { kind, message, help } = error;
      const host = machine.platform.host();
      await recordAttempt(machine.platform, run, { kind, message, help, host, at: new Date().toISOString() });
      report({ state: "failed", error: { kind, message } });
      return;
    }
    await tidy(machine.platform, run);
    this.trained++;
    report({ state: "done", ...(await study.factsOf(training)) });
  }
}

/** Returns the threads of a training: as the study says, or this machine's share for each of several. */
function threadsOf(
  platform: Platform,
  { folder }: Study,
  { threads, jobs }: Required<Pick<WorkOptions, "jobs">> & Pick<WorkOptions, "threads">,
): number {
  const { threads: those } = folder.manifest;
  if (threads !== undefined || jobs === 1) return threads ?? those;
  return Math.min(those, sharedCores(platform, undefined, jobs).threads);
}

/** Returns the chosen trainings. The last range of several may end beyond the list. @throws OptionError for one that begins there */
function chosenBy(index: string | undefined, trainings: readonly StudyTraining[]): readonly StudyTraining[] {
  if (index === undefined) return trainings;
  const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(index) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (!(from <= to && from < trainings.length))
    throw new EngraftError(
      "OptionError",
      `index is "${index}", and the study has ${trainings.length} trainings`,
      {
        help: `give one from 0 to ${trainings.length - 1}, or a part like 0-${trainings.length - 1}`,
      },
    );
  return trainings.slice(from, to + 1);
}

/** Returns the trainings in an order of this worker's own, so that two workers rarely want the same one. */
async function shuffled(platform: Platform, trainings: readonly StudyTraining[]): Promise<StudyTraining[]> {
  const worker = `${platform.host()} ${process.pid} ${Math.random()}`;
  const keyed = await Promise.all(
    trainings.map(async (training) => ({
      training,
      key: await platform.sha256(`${worker} ${training.run}`),
    })),
  );
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ training }) => training);
}

/**
 * Checks that this machine has what the study was prepared with. What is missing here may be there on another machine.
 * @param data their path on this machine
 * @throws MachineError
 */
async function requireRightMachine(
  machine: TaskMachine,
  study: Study,
  data: string,
  listener: Listener,
): Promise<void> {
  await requireSameVersions(machine, study);
  await requireRightClock(machine.platform, study.path);
  try {
    await study.inspect(data, listener);
  } catch (error) {
    // The study was prepared with this data and base, so they are at fault here alone.
    throw error instanceof EngraftError && error.kind !== "Interrupted" ? machineError(error) : error;
  }
}

/** Results of other versions may differ, so each training of a study has the same ones. */
async function requireSameVersions(machine: TaskMachine, { path, folder }: Study): Promise<void> {
  const { versions: before } = folder.manifest;
  if (before === undefined) return;
  const now = await runtimeVersions(machine);
  const others = Object.keys(before).filter((name) => before[name] !== now[name]);
  if (others.length === 0) return;
  const words = (of: Readonly<Record<string, string>>, names = others): string =>
    names.map((name) => `${name} ${of[name] ?? "(missing)"}`).join(", ");
  throw new EngraftError(
    "MachineError",
    `the study was prepared with ${words(before)}, and this machine has ${words(now)}`,
    { at: path, help: `npm install ${others.map((name) => `${name}@${before[name]}`).join(" ")}` },
  );
}

/** Returns the error of a lock that could not be taken: nothing was trained yet. */
const withoutLock = (error: unknown, { path }: Study): unknown =>
  error instanceof EngraftError && error.kind === "FileError"
    ? new EngraftError("MachineError", `no lock can be taken in the study's folder: ${error.message}`, {
        at: path,
        help: "free the disk, or mount it with locks; without locks use one worker with a copy of the study",
      })
    : error;

/** True if a training does not fit into this machine's memory. A limit that the study sets is the same on every machine. */
const lacksMemory = ({ kind, details }: EngraftError, { memoryLimit }: Partial<TrainOptions>): boolean =>
  kind === "OptionError" && "available" in details && memoryLimit === undefined;

/** Returns the error of a machine whose memory is too small for a training. */
const outOfMemory = ({ message }: EngraftError, jobs: number): EngraftError =>
  new EngraftError("MachineError", `this machine is too small for a training: ${message}`, {
    help:
      jobs > 1
        ? "give fewer --jobs, which share the memory, or start the worker on a larger machine"
        : "start the worker on a machine with more memory",
  });
