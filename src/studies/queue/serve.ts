import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import { pause } from "../../core/pause.js";
import { openMachine } from "../../run/machine.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { requireJobs } from "../many-runs.js";
import { type WorkOptions, workOn } from "../workers/work.js";
import type { QueueAddress } from "./address.js";
import { type JobEnd, openQueue, type QueueJob } from "./open-queue.js";
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
  const { platform } = machine;
  const { jobs = 1, signal, onNotice = () => {}, data, threads, onEvent } = options;
  requireJobs(jobs);
  const root = platform.files.resolve(options.store ?? ".");
  /** Aborted with the error of a machine that cannot do the work. */
  const fault = new AbortController();
  const stopping = AbortSignal.any(signal ? [signal, fault.signal] : [fault.signal]);
  let trained = 0;
  const doJob = async (job: QueueJob): Promise<JobEnd> => {
    const cancel = new AbortController();
    let watch: ReturnType<typeof setInterval> | undefined;
    try {
      stopIf(stopping);
      const { study, index } = await studyOf(machine, root, job.data);
      const look = async (): Promise<void> => {
        if (await isCancelled(platform, study.path)) cancel.abort();
      };
      await look();
      watch = setInterval(() => void look().catch(() => undefined), times.check);
      const done = await workOn(machine, study.path, {
        ...{ index: String(index), signal: AbortSignal.any([stopping, cancel.signal]) },
        onEvent: (event) => {
          onEvent?.(event);
          // The server may be away for a while: progress is then lost, the training is not.
          if (event.event === "epoch") void job.updateProgress({ epoch: event.epoch }).catch(() => undefined);
        },
        ...(data !== undefined && { data }),
        ...(threads !== undefined && { threads }),
      });
      trained += done.trained;
      return "done";
    } catch (thrown) {
      if (stopping.aborted) return "put back";
      if (cancel.signal.aborted) return new EngraftError("Interrupted", "the study was cancelled");
      const error =
        thrown instanceof EngraftError ? thrown : new EngraftError("InternalError", messageOf(thrown));
      if (error.kind === "MachineError") fault.abort(error);
      else onNotice(`a job failed: ${error.message}`);
      return error.kind === "MachineError" ? "put back" : error;
    } finally {
      clearInterval(watch);
    }
  };
  const open = await openQueue(address, { times, signal: stopping, onNotice });
  try {
    await open.startWorker(doJob, jobs);
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
  return { event: "result", task: "work", store: root, trained };
}
