import type { OnProgress } from "../../core/events/progress-events.js";
import type { Platform } from "../../platform/platform.js";
import { isUnreachable, patientFetch } from "./hub-fetch.js";

export const mostTries = 5;
/** Longest pause that a server may request, in seconds. */
const longestPause = 300;
/** Slowest accepted connection, in bytes per second. */
const slowest = 32_768;

export interface RetryOptions {
  readonly platform: Platform;
  readonly signal?: AbortSignal;
  readonly onEvent?: OnProgress;
  /** Milliseconds without an answer after which a request fails. Default 60,000. */
  readonly patience?: number;
  /** Milliseconds before the second attempt, doubled for each further one. Default 1000. */
  readonly pause?: number;
}

/** A `fetch` for uploads, and the pause that the server requested. */
export interface PatientUpload {
  readonly fetch: typeof fetch;
  /** Seconds; undefined if the server gave none. */
  retryAfter(): number | undefined;
}

/** Returns a `fetch` whose timeout grows with the sent bytes, and which stores `Retry-After`. */
export function uploadFetch({ platform, signal, patience = 60_000 }: RetryOptions): PatientUpload {
  let asked: number | undefined;
  return {
    retryAfter: () => asked,
    fetch: async (input, init) => {
      const { body } = init ?? {};
      const bytes = body instanceof Blob ? body.size : typeof body === "string" ? body.length : 0;
      const signals = [signal, init?.signal].filter((s) => s instanceof AbortSignal);
      const either = signals.length > 0 ? AbortSignal.any(signals) : undefined;
      const answer = await patientFetch(platform, either, patience + (1000 * bytes) / slowest)(input, init);
      if (!answer.ok) asked = secondsOf(answer.headers.get("Retry-After"));
      return answer;
    },
  };
}

/** Parses seconds or a date, as in HTTP. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** True for failures that may pass: the network, HTTP 408, 429 and 5xx. */
function isPassing(error: unknown): boolean {
  const { statusCode: status } = error as { readonly statusCode?: unknown };
  if (typeof status === "number") return status === 408 || status === 429 || status >= 500;
  return isUnreachable(error);
}

/**
 * Runs `work` up to five times while it fails for a passing reason; throws the last error.
 * @param upload its `Retry-After` is respected
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  upload: PatientUpload,
  { signal, onEvent, pause = 1000 }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const asked = upload.retryAfter() ?? 0;
      if (signal?.aborted || attempt === mostTries || !isPassing(error) || asked > longestPause) throw error;
      const wait = Math.max(pause * 2 ** (attempt - 1), 1000 * asked);
      const { statusCode: status } = error as { readonly statusCode?: unknown };
      const why = typeof status === "number" ? `the hub answered HTTP ${status}` : "the connection failed";
      const message = `${why}: try ${attempt + 1} of ${mostTries} in ${Math.ceil(wait / 1000)} s`;
      onEvent?.({ event: "warning", code: "retry", message });
      await sleep(wait, signal);
      if (signal?.aborted) throw error;
    }
  }
}

/** Waits; an aborted signal ends the wait. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end, { once: true });
  });
}
