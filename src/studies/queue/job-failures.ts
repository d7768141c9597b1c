import type { EngraftError } from "../../core/errors.js";
import { type FailedAttempt, readAttempt } from "../workers/attempts.js";

/** A failure of a job, with the worker that could not do it. */
export interface JobFailure extends FailedAttempt {
  readonly worker: string;
}

/** Workers that a job may fail on. More would fail as well, and each of them loses time. */
const mostWorkers = 3;

/** Reads the failures that workers wrote into a job: at most three of machines, and one of the job. Anyone may have added the job. */
export function failuresOf(job: unknown): readonly JobFailure[] {
  const { failures } = (job ?? {}) as { readonly failures?: unknown };
  if (!Array.isArray(failures)) return [];
  return failures.slice(0, mostWorkers + 1).flatMap((value: unknown) => {
    const attempt = readAttempt(value);
    return attempt ? [{ ...attempt, worker: String((value as Partial<JobFailure>).worker) }] : [];
  });
}

/** Longest text of a failure that a job holds. */
const longest = 1000;

/** Returns the failure of a job on a worker. */
export const failureOn = (
  worker: string,
  host: string,
  now: number,
  { kind, message, help }: EngraftError,
): JobFailure => ({
  ...{ worker, kind, host, message: message.slice(0, longest), at: new Date(now).toISOString() },
  ...(help !== undefined && { help: help.slice(0, longest) }),
});

/**
 * Returns whether a job is marked as failed after a worker could not do it: it failed on every connected worker or on three of them, or it
 * has waited too long since its first failure. A worker that is alone tries it twice, so that another one can be started meanwhile.
 * @param connected names of the connected workers; undefined if the server does not tell
 * @param now ms, as `mostWait`
 */
export function isGivenUp(
  failures: readonly JobFailure[],
  connected: readonly string[] | undefined,
  again: boolean,
  now: number,
  mostWait: number,
): boolean {
  if (failures.length >= mostWorkers || now - Date.parse(failures[0]!.at) >= mostWait) return true;
  const everywhere = connected?.every((name) => failures.some(({ worker }) => worker === name)) ?? false;
  return everywhere && (again || failures.length > 1);
}

/** Returns the machines of failures: "gpu1, gpu2 (2 workers)". */
export function hostsOf(failures: readonly JobFailure[]): string {
  const counts = new Map<string, number>();
  for (const { host } of failures) counts.set(host, (counts.get(host) ?? 0) + 1);
  const words = [...counts].map(([host, count]) => (count === 1 ? host : `${host} (${workers(count)})`));
  return words.join(", ");
}

/** Returns on which machines a job failed, and the last reason; undefined without a failure. */
export function reasonOf(failures: readonly JobFailure[]): string | undefined {
  const last = failures.at(-1);
  return last && `${hostsOf(failures)}: ${last.message}`;
}

/** Returns "1 worker", "2 workers". */
export const workers = (count: number): string => `${count} worker${count === 1 ? "" : "s"}`;
