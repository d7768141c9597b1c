import { EngraftError, stopIf } from "../../core/errors.js";
import type { RunEvent } from "../../core/events/events.js";
import { pause } from "../../core/pause.js";
import type { TrainOptions } from "../../options/options.js";
import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { StudyTraining } from "../many-runs.js";
import { errorOf, type FailedAttempt } from "../workers/attempts.js";
import { statusOfTraining } from "../workers/status.js";
import { openStudy, readProgress, type Study } from "../workers/study.js";
import { type QueueAddress, readQueueAddress } from "./address.js";
import { failuresOf, hostsOf, reasonOf } from "./job-failures.js";
import { type OpenQueue, openQueue, type QueueJob } from "./open-queue.js";
import {
  cancelFile,
  isCancelled,
  isStudyName,
  jobId,
  jobOf,
  lastOf,
  type QueueTimes,
  studyId,
  usualTimes,
} from "./queued-study.js";

/** Options of {@link submitStudy}. */
export interface SubmitOptions extends Pick<TrainOptions, "onEvent" | "signal"> {
  /** Address of the queue. Default: that in the environment variable `ENGRAFT_QUEUE_URL`. */
  readonly queue?: string;
  /** Allows Redis without TLS on another machine. */
  readonly allowPlaintext?: boolean;
  /** Told what is waited for, when the server does not answer any more, and when no worker takes jobs. */
  readonly onNotice?: (message: string) => void;
}

/** What became of a submitted study. */
export interface SubmittedStudy {
  readonly event: "result";
  readonly task: "submit";
  /** Absolute path of the study. */
  readonly study: string;
  /** Jobs that were added here. */
  readonly added: number;
  readonly done: number;
  readonly of: number;
  readonly state: "done" | "left" | "cancelled";
}

/**
 * Puts the trainings of a prepared study that have no result into a queue, and waits until workers have done them. A training that has
 * neither a result nor a job is added again: a lost job does no harm. So is a training whose job failed before. Results are in the study's
 * folder. An abort leaves the queue as it is, and the workers go on.
 *
 * @param study folder that `prepareComparison` or `prepareCurve` wrote
 * @throws RunError for a folder without a study; OptionError for one whose name no worker takes; MachineError if the server does not answer
 *   or refuses; the error of a training that fails on every machine, after all others are done
 * @example await submitStudy("/shared/studies/flowers", { queue: "redis://localhost:6379" });
 */
export async function submitStudy(study: string, options: SubmitOptions = {}): Promise<SubmittedStudy> {
  return submitStudyOn(await openMachine(), study, queueOf(options), options);
}

/** @throws OptionError for another address than that of a queue */
export const queueOf = ({ queue, allowPlaintext }: Pick<SubmitOptions, "queue" | "allowPlaintext">) =>
  readQueueAddress(queue, process.env.ENGRAFT_QUEUE_URL, allowPlaintext);

/** Runs {@link submitStudy} on a given machine. */
export async function submitStudyOn(
  machine: TaskMachine,
  folder: string,
  address: QueueAddress,
  { onEvent, onNotice = () => {}, signal }: SubmitOptions,
  times: QueueTimes = usualTimes,
): Promise<SubmittedStudy> {
  const [{ platform }, { shown }] = [machine, address];
  const study = await openStudy(machine, folder);
  if (!isStudyName(lastOf(study.path)))
    throw new EngraftError(
      "OptionError",
      `no worker takes a study named ${JSON.stringify(lastOf(study.path))}`,
      {
        help: "rename its folder: at most 255 bytes, without control characters and backslashes",
      },
    );
  const open = await openQueue(address, { setUp: true, times, signal, onNotice });
  const submitted = new Submitted(machine, study, open, await studyId(platform, study), {
    onEvent,
    onNotice,
  });
  const result = (state: SubmittedStudy["state"]): SubmittedStudy => ({
    ...{ event: "result", task: "submit", study: study.path, added: submitted.added },
    ...{ done: submitted.done, of: study.trainings.length, state },
  });
  try {
    await platform.files.remove(cancelFile(platform, study.path));
    for (let look = 0; ; look++) {
      if (await isCancelled(platform, study.path)) return result("cancelled");
      // A server that fails from the start is an error. Later it may be started again.
      const { added } = submitted;
      const left = await (look === 0 ? submitted.addLeft() : open.look(() => submitted.addLeft()));
      if (left === 0) break;
      const more = submitted.added - added;
      if (look === 0)
        onNotice(`${more} of ${left} open trainings were added to ${shown}; Ctrl-C ends this view only`);
      else if (more > 0) onNotice(`${more} trainings had neither a result nor a job, and were added again`);
      if (look === 1 && (await open.workers())?.length === 0) onNotice(`no worker takes jobs from ${shown}`);
      await pause(times.check, signal);
      stopIf(signal);
    }
  } catch (error) {
    if (signal?.aborted) return result("left");
    throw error;
  } finally {
    await open.close();
  }
  const [failed] = submitted.failures;
  if (failed) throw failed;
  return result("done");
}

/** The trainings of a study, as its folder and the queue know them. */
class Submitted {
  added = 0;
  done = 0;
  readonly failures: EngraftError[] = [];
  private readonly states = new Map<string, string>();
  /** True after the first look: a job that has failed by then is tried again. */
  private isFollowed = false;
  private readonly told = new Set<string>();

  constructor(
    private readonly machine: TaskMachine,
    private readonly study: Study,
    private readonly open: OpenQueue,
    private readonly id: string,
    private readonly listener: Pick<SubmitOptions, "onEvent"> & {
      readonly onNotice: (message: string) => void;
    },
  ) {}

  /** Adds the trainings that have neither a result nor a job. @returns how many have not ended */
  async addLeft(): Promise<number> {
    const { queue, answer } = this.open;
    let left = 0;
    const jobs = [];
    for (const [i, training] of this.study.trainings.entries()) {
      if (await this.hasEnded(training, i)) continue;
      const data = jobOf(this.study, this.id, training);
      const id = await jobId(this.machine.platform, data);
      const job = await answer(queue.getJob(id));
      // A worker writes the result before it ends the job.
      if (await this.hasEnded(training, i)) continue;
      if (job && (await this.hasFailed(job, training, i))) continue;
      left++;
      if (job && !hasFinished(job)) continue;
      jobs.push({ name: `${data.store} ${data.run}`, data, opts: { ...ofJobs, jobId: id } });
    }
    if (jobs.length > 0) await answer(queue.addBulk(jobs));
    this.added += jobs.length;
    this.isFollowed = true;
    return left;
  }

  /** Returns whether no worker takes the training again, and says so. Says why one waits. */
  private async hasFailed(job: QueueJob, training: StudyTraining, index: number): Promise<boolean> {
    const { label, seed } = training;
    const failures = failuresOf(job.data);
    const failure = failures.at(-1);
    const isFailed = hasFinished(job);
    if (isFailed && this.isFollowed) {
      this.fail(training, index, failure ? { ...failure, host: hostsOf(failures) } : unknownFailure(job));
      return true;
    }
    if (isFailed) await this.open.answer(job.remove());
    const why = reasonOf(failures);
    if (why === undefined || this.told.has(why)) return false;
    this.told.add(why);
    const what = isFailed ? "failed before, and is tried again" : "waits for another worker";
    this.listener.onNotice(`${label}, seed ${seed}, ${what}: ${why}`);
    return false;
  }

  private fail(training: StudyTraining, index: number, failure: FailedAttempt): void {
    const { label, seed, run } = training;
    this.states.set(run, "failed");
    this.failures.push(errorOf(label, seed, failure));
    const { kind, message } = failure;
    this.report(training, index, { state: "failed", error: { kind, message } });
  }

  private report(
    { label, seed, run }: StudyTraining,
    index: number,
    event: Partial<RunEvent> & Pick<RunEvent, "state">,
  ): void {
    const place = { label, seed, run, number: index + 1, of: this.study.trainings.length };
    this.listener.onEvent?.({ event: "run", ...place, ...event });
  }

  /** Looks at a training, and reports what changed. */
  private async hasEnded(training: StudyTraining, index: number): Promise<boolean> {
    const { run } = training;
    const { machine, study } = this;
    const before = this.states.get(run);
    if (before === "done" || before === "failed") return true;
    const { state } = await statusOfTraining(machine, study, training, index);
    this.states.set(run, state);
    if (state === "done") {
      this.done++;
      const facts = await study.factsOf(training);
      this.report(training, index, { state: before === undefined ? "kept" : state, ...facts });
      return true;
    }
    if (state === "failed") {
      this.fail(training, index, (await readProgress(machine.platform, study, training)).failure!);
      return true;
    }
    if (state === "running" && before !== state) this.report(training, index, { state: "started" });
    return false;
  }
}

/** How long a failed job is kept for `--submit` and `--status` (s), and how many are: a week. */
const kept = { age: 604_800, count: 10_000 };
const ofJobs = { attempts: 1, removeOnComplete: true, removeOnFail: kept };

/** True for a job that failed: one that is done is removed. */
export const hasFinished = ({ finishedOn }: { readonly finishedOn?: number | undefined }): boolean =>
  finishedOn !== undefined;

/** Returns the failure of a job whose worker wrote none. */
const unknownFailure = ({ failedReason }: QueueJob): FailedAttempt => ({
  ...{ kind: "RunError", host: "a worker", at: "" },
  message: failedReason || "the job failed",
});

/** What {@link cancelStudy} did. */
export interface CancelledStudy {
  readonly event: "result";
  readonly task: "cancel";
  /** Absolute path of the study. */
  readonly study: string;
  /** Jobs that waited, and are removed. Failed ones are removed too. */
  readonly removed: number;
  /** Jobs that a worker is at: it stops soon, and keeps its last checkpoint. */
  readonly running: number;
}

/**
 * Takes a study's jobs out of a queue, and stops those that are running. What has a result keeps it, and {@link submitStudy} goes on later.
 * If its folder is gone, the jobs of all studies of its name are taken out, and a `submitStudy` that runs adds those of its own again.
 * @throws RunError for a folder without a study; MachineError if the server does not answer or refuses
 * @example await cancelStudy("/shared/studies/flowers", { queue: "redis://localhost:6379" });
 */
export async function cancelStudy(
  folder: string,
  options: Pick<SubmitOptions, "queue" | "allowPlaintext"> = {},
): Promise<CancelledStudy> {
  const machine = await openMachine();
  const { platform } = machine;
  const study = platform.files.resolve(folder);
  const isThere = (await platform.files.stat(study)) !== undefined;
  const id = isThere ? await studyId(platform, await openStudy(machine, folder)) : undefined;
  const open = await openQueue(queueOf(options));
  let [removed, running] = [0, 0];
  try {
    if (isThere) await platform.files.writeAtomic(cancelFile(platform, study), "");
    for (const job of await open.jobs(["waiting", "prioritized", "delayed", "active", "failed"])) {
      // Anyone may have added it.
      const { store, study: of } = (job as Partial<typeof job>).data ?? {};
      if (store !== lastOf(study) || (id !== undefined && of !== id)) continue;
      // A job that a worker holds cannot be removed.
      await job.remove().then(
        () => !hasFinished(job) && removed++,
        () => running++,
      );
    }
  } finally {
    await open.close();
  }
  return { event: "result", task: "cancel", study, removed, running };
}
