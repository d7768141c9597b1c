import { type EngraftError, stopIf } from "../../core/errors.js";
import type { RunEvent } from "../../core/events/events.js";
import { pause } from "../../core/pause.js";
import type { TrainOptions } from "../../options/options.js";
import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { StudyTraining } from "../many-runs.js";
import { errorOf } from "../workers/attempts.js";
import { statusOfTraining } from "../workers/status.js";
import { openStudy, readProgress, type Study } from "../workers/study.js";
import { type QueueAddress, readQueueAddress } from "./address.js";
import { type OpenQueue, openQueue } from "./open-queue.js";
import {
  cancelFile,
  isCancelled,
  jobId,
  jobOf,
  lastOf,
  type QueueTimes,
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
 * neither a result nor a job is added again: a lost job does no harm. Results are in the study's folder. An abort leaves the queue as it
 * is, and the workers go on.
 *
 * @param study folder that `prepareComparison` or `prepareCurve` wrote
 * @throws RunError for a folder without a study; MachineError if the server does not answer or refuses; the error of a training that
 *   fails on every machine, after all others are done
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
  const open = await openQueue(address, { setUp: true, times, signal, onNotice });
  const submitted = new Submitted(machine, study, open, onEvent);
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
      if (look === 1 && (await open.look(() => open.answer(open.queue.getWorkersCount()))) === 0)
        onNotice(`no worker takes jobs from ${shown}`);
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

  constructor(
    private readonly machine: TaskMachine,
    private readonly study: Study,
    private readonly open: OpenQueue,
    private readonly onEvent: SubmitOptions["onEvent"],
  ) {}

  /** Adds the trainings that have neither a result nor a job. @returns how many have no result */
  async addLeft(): Promise<number> {
    const { queue, answer } = this.open;
    const left: [StudyTraining, number][] = [];
    for (const [i, training] of this.study.trainings.entries())
      if (!(await this.hasEnded(training, i))) left.push([training, i]);
    const jobs = [];
    for (const [training, i] of left) {
      const data = jobOf(this.study, training);
      const id = await jobId(this.machine.platform, data);
      // A worker writes the result before it ends the job.
      if ((await answer(queue.getJob(id))) || (await this.hasEnded(training, i))) continue;
      const opts = { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true };
      jobs.push({ name: `${data.store} ${data.run}`, data, opts });
    }
    if (jobs.length > 0) await answer(queue.addBulk(jobs));
    this.added += jobs.length;
    return left.length;
  }

  /** Looks at a training, and reports what changed. */
  private async hasEnded(training: StudyTraining, index: number): Promise<boolean> {
    const { label, seed, run } = training;
    const { machine, study } = this;
    const before = this.states.get(run);
    if (before === "done" || before === "failed") return true;
    const { state } = await statusOfTraining(machine, study, training, index);
    this.states.set(run, state);
    const report = (event: Partial<RunEvent> & Pick<RunEvent, "state">): void =>
      this.onEvent?.({
        event: "run",
        label,
        seed,
        run,
        number: index + 1,
        of: study.trainings.length,
        ...event,
      });
    if (state === "done") {
      this.done++;
      report({ state: before === undefined ? "kept" : state, ...(await study.factsOf(training)) });
      return true;
    }
    if (state === "failed") {
      const failure = (await readProgress(machine.platform, study, training)).failure!;
      this.failures.push(errorOf(label, seed, failure));
      report({ state, error: { kind: failure.kind, message: failure.message } });
      return true;
    }
    if (state === "running" && before !== state) report({ state: "started" });
    return false;
  }
}

/** What {@link cancelStudy} did. */
export interface CancelledStudy {
  readonly event: "result";
  readonly task: "cancel";
  /** Absolute path of the study. */
  readonly study: string;
  /** Jobs that waited, and are removed. */
  readonly removed: number;
  /** Jobs that a worker is at: it stops soon, and keeps its last checkpoint. */
  readonly running: number;
}

/**
 * Takes a study's jobs out of a queue, and stops those that are running. What has a result keeps it, and {@link submitStudy} goes on later.
 * The folder of the study may be gone.
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
  if (isThere) await openStudy(machine, folder);
  const open = await openQueue(queueOf(options));
  let [removed, running] = [0, 0];
  try {
    if (isThere) await platform.files.writeAtomic(cancelFile(platform, study), "");
    for (const job of await open.answer(open.queue.getJobs())) {
      // Anyone may have added it.
      if ((job as Partial<typeof job> | undefined)?.data?.store !== lastOf(study)) continue;
      // A job that a worker holds cannot be removed.
      await job.remove().then(
        () => removed++,
        () => running++,
      );
    }
  } finally {
    await open.close();
  }
  return { event: "result", task: "cancel", study, removed, running };
}
