import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { pause } from "../../core/pause.js";
import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { requireJobs } from "../many-runs.js";
import { blameOf, mostAttempts } from "../workers/attempts.js";
import type { Study } from "../workers/study.js";
import { type WorkOptions, workOn } from "../workers/work.js";
import type { QueueAddress } from "./address.js";
import { withSilence, workInChild } from "./isolated-job.js";
import { failureOn, failuresOf, isGivenUp, type JobFailure, workers } from "./job-failures.js";
import { type JobEnd, type OpenQueue, openQueue, type QueueJob } from "./open-queue.js";
import { isCancelled, type QueueTimes, studyOf, usualTimes } from "./queued-study.js";
import { queueOf, type SubmitOptions } from "./submit.js";

/** Options of {@link workFromQueue}. */
export interface QueueWorkOptions
  extends Omit<WorkOptions, "index">,
    Pick<SubmitOptions, "queue" | "allowPlaintext" | "onNotice"> {
  /** Folder that holds the studies on this machine. Default: the current folder. */
  readonly store?: string;
  /** Told the names of the jobs that this worker has in hand, each time one begins or ends. */
  readonly onJobs?: (names: readonly string[]) => void;
}

/** What a worker of a queue did until it was stopped. */
export interface QueueWorkResult {
  readonly event: "result";
  readonly task: "work";
  /** Absolute path of the folder of studies. */
  readonly store: string;
  /** Trainings that this worker finished. */
  readonly trained: number;
}

/**
 * Does the trainings that {@link submitStudy} put into a queue, until it is stopped with `signal`. A job holds the names of a study and a
 * run, and a seed; data, base and options come from the study's folder below `store`. A stopped worker puts its job back. A job that
 * this machine cannot do waits behind the others for another worker.
 *
 * @throws OptionError for another address than that of a queue; MachineError if the server does not answer or refuses, or if this worker
 *   is the only one and can do none of the jobs
 * @example await workFromQueue({ queue: "redis://localhost:6379", store: "/shared/studies", signal });
 */
export async function workFromQueue(options: QueueWorkOptions = {}): Promise<QueueWorkResult> {
  return workFromQueueOn(await openMachine(), queueOf(options), options);
}

/** Runs {@link workFromQueue} on a given machine. */
export async function workFromQueueOn(
  machine: TaskMachine,
  address: QueueAddress,
  options: QueueWorkOptions,
  times: QueueTimes = usualTimes,
): Promise<QueueWorkResult> {
  const { files, host, sha256 } = machine.platform;
  const { jobs = 1, signal, onNotice = () => {}, data } = options;
  requireJobs(jobs);
  const root = files.resolve(options.store ?? ".");
  /** Aborted with the error of a machine that cannot do the work. */
  const fault = new AbortController();
  const stopping = AbortSignal.any(signal ? [signal, fault.signal] : [fault.signal]);
  const open = await openQueue(address, { times, signal: stopping, onNotice });
  // A worker that is started again on this machine would fail as before, so it has the same name.
  const name = (await sha256(JSON.stringify([host(), root, data]))).slice(0, 16);
  const worker = new QueueWorker(
    withSilence(machine, times.silence),
    open,
    { ...options, onNotice },
    { root, name, stopping, fault, times },
  );
  try {
    await open.startWorker((job) => worker.doJob(job), jobs, name);
    onNotice(`takes trainings from ${address.shown} until it is stopped (Ctrl-C)`);
    while (!stopping.aborted) {
      await open.look(() => open.answer(open.queue.isPaused()));
      await pause(times.check, stopping);
    }
  } catch (error) {
    if (!stopping.aborted) fault.abort(error);
  } finally {
    await open.close();
  }
  fault.signal.throwIfAborted();
  return { event: "result", task: "work", store: root, trained: worker.trained };
}

/** What a worker was started with. */
interface WorkerPlace {
  /** Folder of studies. */
  readonly root: string;
  readonly name: string;
  /** Aborted when the worker ends. */
  readonly stopping: AbortSignal;
  /** Ends the worker with an error. */
  readonly fault: AbortController;
  readonly times: QueueTimes;
}

/** Does jobs, and decides what becomes of those that this machine cannot do. */
class QueueWorker {
  trained = 0;
  /** Studies whose last training here had a result. */
  private readonly able = new Set<unknown>();
  /** Jobs that this worker put back. */
  private readonly failed = new Set<unknown>();
  private readonly inHand = new Set<string>();

  constructor(
    private readonly machine: TaskMachine,
    private readonly open: OpenQueue,
    private readonly options: QueueWorkOptions & { readonly onNotice: (message: string) => void },
    private readonly place: WorkerPlace,
  ) {}

  /** Does a job. It never throws. */
  async doJob(job: QueueJob): Promise<JobEnd> {
    const { stopping, name } = this.place;
    const cancel = new AbortController();
    const before = failuresOf(job.data).find(({ worker }) => worker === name);
    try {
      stopIf(stopping);
      if (before) return await this.afterFault(job, new EngraftError(before.kind, before.message, before));
      await this.train(job, cancel);
      this.able.add(job.data.study);
      return "done";
    } catch (thrown) {
      if (stopping.aborted) return "put back";
      // Its job is removed, and a later `--submit` adds it.
      if (cancel.signal.aborted) return "done";
      const error =
        thrown instanceof EngraftError ? thrown : new EngraftError("InternalError", messageOf(thrown));
      if (blameOf(error) === "machine") return this.afterFault(job, error);
      await this.record(job, error);
      this.options.onNotice(`a job failed: ${error.message}`);
      return error;
    }
  }

  private async train(job: QueueJob, cancel: AbortController): Promise<void> {
    const { machine, place, options } = this;
    const { data, threads, onEvent } = options;
    const { study, index } = await studyOf(machine, place.root, job.data);
    await requireNotLost(job, study, index);
    const { label, seed } = study.trainings[index]!;
    const name = JSON.stringify(`${job.data.store}, ${label}, seed ${seed}`);
    const look = async (): Promise<void> => {
      if (await isCancelled(machine.platform, study.path)) cancel.abort();
    };
    await look();
    const watch = setInterval(() => void look().catch(() => undefined), place.times.check);
    const passOn: OnEvent = (event) => {
      onEvent?.(event);
      // The server may be away for a while: progress is then lost, the training is not.
      if (event.event === "epoch") void job.updateProgress({ epoch: event.epoch }).catch(() => undefined);
    };
    const how = {
      ...{ index: String(index), ...(data !== undefined && { data }) },
      ...(threads !== undefined && { threads }),
    };
    const listener = { signal: AbortSignal.any([place.stopping, cancel.signal]), onEvent: passOn };
    this.take(name);
    try {
      const { trained } = await (job.stalledCounter === 0
        ? workOn(machine, study.path, { ...how, ...listener })
        : // It may have blocked the worker that was lost at it, and would block this one as well.
          workInChild(
            machine,
            { study: study.path, options: how, silence: place.times.silence },
            name,
            listener,
          ));
      this.trained += trained;
    } finally {
      clearInterval(watch);
      this.take(name, false);
    }
  }

  /** Says which jobs are in hand. */
  private take(name: string, begins = true): void {
    if (begins) this.inHand.add(name);
    else this.inHand.delete(name);
    this.options.onJobs?.([...this.inHand]);
  }

  /** Decides what becomes of a job that another machine may do. */
  private async afterFault(job: QueueJob, error: EngraftError): Promise<JobEnd> {
    const { open, options, place } = this;
    const { times, name, fault, stopping } = place;
    this.able.delete(job.data.study);
    const isTried = failuresOf(job.data).some(({ worker }) => worker === name);
    // While it is not known whether this machine or its jobs are at fault, it gives none up.
    const again = isTried && (this.able.size > 0 || !this.failed.has(job.id));
    const failures = isTried ? failuresOf(job.data) : await this.record(job, error);
    const connected = await open.workers();
    if (isGivenUp(failures, connected, again, Date.now(), times.mostWait)) {
      options.onNotice(`a job is given up after it failed on ${workers(failures.length)}: ${error.message}`);
      return error;
    }
    if (!isTried) options.onNotice(`a job waits for another worker: ${error.message}`);
    this.failed.add(job.id);
    if (connected?.length !== 1) await pause(times.check, stopping);
    else if (this.able.size === 0 && !(await this.hasOtherJob(isTried))) fault.abort(error);
    return "delayed";
  }

  /** Returns whether the queue has a job, besides the one in hand, that did not fail here. @param look false: waiting jobs are new */
  private async hasOtherJob(look: boolean): Promise<boolean> {
    const { answer, queue, jobs } = this.open;
    try {
      const { active = 0, waiting = 0 } = await answer(queue.getJobCounts("active", "waiting"));
      if (active > 1 || (waiting > 0 && !look)) return true;
      const isNew = ({ data }: QueueJob): boolean =>
        !failuresOf(data).some(({ worker }) => worker === this.place.name);
      return (await jobs(["waiting", "prioritized", "delayed"])).some(isNew);
    } catch {
      // The server is away: the worker's look says so.
      return true;
    }
  }

  /** Writes a failure into a job, for `--submit` and for other workers. @returns all of its failures */
  private async record(job: QueueJob, error: EngraftError): Promise<readonly JobFailure[]> {
    const host = this.machine.platform.host();
    const failures = [...failuresOf(job.data), failureOn(this.place.name, host, Date.now(), error)];
    if (typeof job.data === "object" && job.data !== null)
      await this.open.answer(job.updateData({ ...job.data, failures })).catch(() => undefined);
    return failures;
  }
}

/** A job may take its worker with it: no other one is lost to it after three. @throws RunError */
async function requireNotLost(
  { stalledCounter: lost }: QueueJob,
  study: Study,
  index: number,
): Promise<void> {
  if (lost < mostAttempts) return;
  if (await study.read(study.trainings[index]!)) return;
  throw new EngraftError("RunError", `${workers(lost)} were lost at this job before its training began`, {
    at: study.path,
    help: "look for the reason in the system's log, such as too little memory; then submit the study again",
  });
}
