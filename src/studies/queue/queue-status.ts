import { openMachine } from "../../run/machine.js";
import { openStudy } from "../workers/study.js";
import { failuresOf, reasonOf } from "./job-failures.js";
import { openQueue, type QueueJob } from "./open-queue.js";
import { type QueuedTraining, studyId } from "./queued-study.js";
import { hasFinished, queueOf, type SubmitOptions } from "./submit.js";

/** A job that a worker could not do. */
export interface StuckJob {
  /** Names of study and run, as the job has them. */
  readonly study: string;
  readonly run: string;
  /** "waiting": another worker may do it. "failed": no worker takes it, until its study is submitted again. */
  readonly state: "waiting" | "failed";
  /** Names of the machines of the workers that could not do it, one for each worker. */
  readonly hosts: readonly string[];
  /** The same names, and the last reason, as `--submit` says it. */
  readonly reason: string;
}

/** What a queue holds. */
export interface QueueStatus {
  readonly event: "result";
  readonly task: "queue-status";
  /** Address without user and password. */
  readonly queue: string;
  /** Connected workers. Missing if the server does not tell. */
  readonly workers?: number;
  readonly waiting: number;
  readonly running: number;
  readonly stuck: readonly StuckJob[];
}

/** Most jobs of a state that are read. */
const most = 1000;
const stuckStates = ["failed", "delayed", "waiting", "active"] as const;

/**
 * Returns how many jobs a queue has, and those that a worker could not do. The queue is only read.
 * @throws OptionError for another address than that of a queue; MachineError if the server does not answer or refuses
 * @example const { waiting, stuck } = await statusOfQueue({ queue: "redis://localhost:6379" });
 */
export async function statusOfQueue(
  options: Pick<SubmitOptions, "queue" | "allowPlaintext"> = {},
): Promise<QueueStatus> {
  const address = queueOf(options);
  const { queue, answer, jobs, workers, close } = await openQueue(address);
  try {
    const counts = await answer(queue.getJobCounts("waiting", "prioritized", "delayed", "active"));
    const { active = 0, ...waiting } = counts;
    const connected = await workers();
    return {
      ...{ event: "result", task: "queue-status", queue: address.shown, running: active },
      ...(connected && { workers: connected.length }),
      waiting: Object.values(waiting).reduce((sum, count) => sum + count, 0),
      stuck: (await jobs(stuckStates, most)).flatMap(stuckJob),
    };
  } finally {
    await close();
  }
}

/**
 * Returns the jobs of a study that a worker could not do. The queue is only read.
 * @param study its folder
 * @throws as {@link statusOfQueue}; RunError for a folder without a study
 */
export async function stuckJobsOf(
  study: string,
  options: Pick<SubmitOptions, "queue" | "allowPlaintext"> = {},
): Promise<StuckJob[]> {
  const machine = await openMachine();
  const id = await studyId(machine.platform, await openStudy(machine, study));
  const { jobs, close } = await openQueue(queueOf(options));
  try {
    const all = await jobs(stuckStates, most);
    return all.filter(({ data }) => (data as Partial<QueuedTraining> | null)?.study === id).flatMap(stuckJob);
  } finally {
    await close();
  }
}

/** Returns a job that a worker could not do. Anyone may have added it. */
function stuckJob(job: QueueJob): StuckJob[] {
  const failures = failuresOf(job.data);
  if (failures.length === 0 && !hasFinished(job)) return [];
  const { store, run } = (job.data ?? {}) as Partial<QueuedTraining>;
  const [study = "", name = ""] = [store, run].map((value) => String(value).slice(0, 100));
  const reason = reasonOf(failures) ?? job.failedReason ?? "";
  const hosts = failures.map(({ host }) => host);
  return [{ study, run: name, state: hasFinished(job) ? "failed" : "waiting", hosts, reason }];
}
