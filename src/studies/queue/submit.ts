import type { EngraftError } from "../../core/errors.js";
import { pause } from "../../core/pause.js";
import type { TrainOptions } from "../../options/options.js";
import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { StudyTraining } from "../many-runs.js";
import { errorOf, finalFailure } from "../workers/attempts.js";
import { statusOfTraining } from "../workers/status.js";
import { openStudy, type Study } from "../workers/study.js";
import { type QueueAddress, readQueueAddress } from "./address.js";
import { type OpenQueue, openQueue } from "./open-queue.js";
import {
  isCancelled,
  jobId,
  jobOf,
  markCancelled,
  type QueueTimes,
  unmarkCancelled,
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
  const { platform } = machine;
  const study = await openStudy(machine, folder);
  const open = await openQueue(address, true, onNotice);
  const submitted = new Submitted(machine, study, open, onEvent);
  const result = (state: SubmittedStudy["state"]): SubmittedStudy => ({
    ...{ event: "result", task: "submit", study: study.path, added: submitted.added },
    ...{ done: submitted.done, of: study.trainings.length, state },
  });
  try {
    await unmarkCancelled(platform, study.path);
    for (let look = 0; ; look++) {
      if (await isCancelled(platform, study.path)) return result("cancelled");
      const left = await submitted.addLeft();
      if (left === 0) break;
      if (look === 0)
        onNotice(
          `${submitted.added} of ${left} open trainings were added to ${address.shown}; Ctrl-C ends this view only`,
        );
      if (look === 1 && (await open.answer(open.queue.getWorkersCount())) === 0)
        onNotice(`no worker takes jobs from ${address.shown}`);
      await pause(times.check, signal).catch(() => undefined);
      if (signal?.aborted) return result("left");
    }
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
    const { platform } = this.machine;
    let left = 0;
    const jobs = [];
    for (const [i, training] of this.study.trainings.entries()) {
      if (await this.hasEnded(training, i)) continue;
      left++;
      const data = jobOf(this.study, training);
      const id = await jobId(platform, data);
      if (await answer(queue.getJob(id))) continue;
      const opts = { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true };
      jobs.push({ name: `${data.store} ${data.run}`, data, opts });
    }
    if (jobs.length > 0) await answer(queue.addBulk(jobs));
    this.added += jobs.length;
    return left;
  }

  /** Looks at a training, and reports what changed. */
  private async hasEnded(training: StudyTraining, index: number): Promise<boolean> {
    const { label, seed, run } = training;
    const before = this.states.get(run);
    if (before === "done" || before === "failed") return true;
    const { platform } = this.machine;
    const { state } = await statusOfTraining(this.machine, this.study, training, index);
    this.states.set(run, state);
    const place = {
      event: "run",
      label,
      seed,
      run,
      number: index + 1,
      of: this.study.trainings.length,
    } as const;
    if (state === "done") {
      this.done++;
      const facts = await this.study.factsOf(training);
      this.onEvent?.({ ...place, state: before === undefined ? "kept" : state, ...facts });
    } else if (state === "failed") {
      const failure = (await finalFailure(platform, run))!;
      this.failures.push(errorOf(label, seed, failure));
      this.onEvent?.({ ...place, state, error: { kind: failure.kind, message: failure.message } });
    } else if (state === "running" && before !== state) this.onEvent?.({ ...place, state: "started" });
    return state === "done" || state === "failed";
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
 * @throws RunError for a folder without a study; MachineError if the server does not answer or refuses
 * @example await cancelStudy("/shared/studies/flowers", { queue: "redis://localhost:6379" });
 */
export async function cancelStudy(
  folder: string,
  options: Pick<SubmitOptions, "queue" | "allowPlaintext"> = {},
): Promise<CancelledStudy> {
  const machine = await openMachine();
  const study = await openStudy(machine, folder);
  const open = await openQueue(queueOf(options), false, () => {});
  let [removed, running] = [0, 0];
  try {
    await markCancelled(machine.platform, study.path);
    for (const training of study.trainings) {
      const id = await jobId(machine.platform, jobOf(study, training));
      const job = await open.answer(open.queue.getJob(id));
      if (!job) continue;
      // A job that a worker holds cannot be removed.
      const isRemoved = await job.remove().then(
        () => true,
        () => false,
      );
      if (isRemoved) removed++;
      else running++;
    }
  } finally {
    await open.close();
  }
  return { event: "result", task: "cancel", study: study.path, removed, running };
}
