import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { requireJobs } from "../many-runs.js";
import { type WorkOptions, workOn } from "../workers/work.js";
import type { QueueAddress } from "./address.js";
import { openQueue, type QueueJob } from "./open-queue.js";
import { isCancelled, type QueueTimes, studyOf, usualTimes } from "./queued-study.js";
import { queueOf, type SubmitOptions } from "./submit.js";

/** Options of {@link workFromQueue}. */
export interface QueueWorkOptions
  extends Omit<WorkOptions, "index">,
    Pick<SubmitOptions, "queue" | "allowPlaintext" | "onNotice"> {
  /** Folder that holds the studies on this machine. Default: the current folder. */
  readonly store?: string;
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
 * run, and a seed; data, base and options come from the study's folder below `store`. A stopped worker puts its job back.
 *
 * @throws OptionError for another address than that of a queue; MachineError if the server does not answer or refuses, or this machine
 *   cannot do the work: its job is put back, and another machine may take it
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
  const { jobs = 1, store = ".", signal, onNotice = () => {} } = options;
  requireJobs(jobs);
  const bullmq = await openQueue(address, false, onNotice);
  const server = new QueueServer(machine, machine.platform.files.resolve(store), options, times);
  const { WaitingError, UnrecoverableError } = await import("bullmq");
  const worker = bullmq.worker(
    async (job, token) => {
      const end = await server.doJob(job);
      if (end === "put back") {
        await job.moveToWait(token!);
        throw new WaitingError();
      }
      if (end !== "done") throw new UnrecoverableError(end.message);
    },
    { concurrency: jobs, times },
  );
  onNotice(`takes trainings from ${address.shown} until it is stopped (Ctrl-C)`);
  try {
    await server.stopped(signal);
  } finally {
    await worker.close();
    await bullmq.close();
  }
  if (server.fault) throw server.fault;
  return { event: "result", task: "work", store: server.root, trained: server.trained };
}

/** Does jobs on one machine. */
class QueueServer {
  trained = 0;
  /** Why this machine cannot do the work. */
  fault: EngraftError | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly machine: TaskMachine,
    readonly root: string,
    private readonly options: QueueWorkOptions,
    private readonly times: QueueTimes,
  ) {}

  /** Waits until the worker is to stop. */
  async stopped(signal: AbortSignal | undefined): Promise<void> {
    const stop = (): void => this.stopping.abort();
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    await new Promise<void>((end) => {
      if (this.stopping.signal.aborted) end();
      this.stopping.signal.addEventListener("abort", () => end(), { once: true });
    });
    signal?.removeEventListener("abort", stop);
  }

  /** Does the training of a job. @returns an error that every machine would have */
  async doJob(job: QueueJob): Promise<"done" | "put back" | EngraftError> {
    const { machine, times, stopping } = this;
    const cancel = new AbortController();
    let watch: ReturnType<typeof setInterval> | undefined;
    try {
      stopIf(stopping.signal);
      const { study, index } = await studyOf(machine, this.root, job.data);
      const look = async (): Promise<void> => {
        if (await isCancelled(machine.platform, study.path)) cancel.abort();
      };
      await look();
      watch = setInterval(() => void look().catch(() => undefined), times.check);
      const { data, threads, onEvent } = this.options;
      const done = await workOn(machine, study.path, {
        ...{ index: String(index), signal: AbortSignal.any([stopping.signal, cancel.signal]) },
        onEvent: (event) => {
          onEvent?.(event);
          // The server may be away for a while: progress is then lost, the training is not.
          if (event.event === "epoch") void job.updateProgress({ epoch: event.epoch }).catch(() => undefined);
        },
        ...(data !== undefined && { data }),
        ...(threads !== undefined && { threads }),
      });
      this.trained += done.trained;
      return "done";
    } catch (thrown) {
      const error =
        thrown instanceof EngraftError ? thrown : new EngraftError("InternalError", messageOf(thrown));
      if (stopping.signal.aborted) return "put back";
      if (cancel.signal.aborted) return new EngraftError("Interrupted", "the study was cancelled");
      if (error.kind !== "MachineError") return error;
      this.fault ??= error;
      stopping.abort();
      return "put back";
    } finally {
      clearInterval(watch);
    }
  }
}
