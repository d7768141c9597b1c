import { EngraftError, messageOf } from "../../core/errors.js";

/** Error codes for a server that did not answer, or not in time. */
const unreachable = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EPIPE",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

function codeIn(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    const { code } = e as { readonly code?: unknown };
    if (typeof code === "string") return code;
    const [first] = (e as { readonly errors?: readonly unknown[] }).errors ?? [];
    if (first !== undefined) return codeIn(first);
  }
  return undefined;
}

/** True if the server did not answer, not in time, or the connection broke. */
export function isUnreachable(error: unknown): boolean {
  const code = codeIn(error);
  if (code !== undefined) return unreachable.has(code);
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return name === "TimeoutError" || (error instanceof TypeError && message === "fetch failed");
}

/** Returns the innermost cause, since "fetch failed" gives no reason. */
function reasonOf(error: unknown): string {
  let e = error;
  for (let depth = 0; depth < 5 && e instanceof Error && e.cause !== undefined; depth++) e = e.cause;
  return messageOf(e);
}

/** Says why a server did not answer if there is no error code. */
function unreachableWords(error: unknown): string {
  const isTimeout = (error as { readonly name?: unknown }).name === "TimeoutError";
  return isTimeout ? "no answer in time" : reasonOf(error);
}

/** Creates a NetworkError that another attempt, or the cache, may resolve: details.offline is true. */
export function offline(endpoint: string, why: string, cause?: unknown): EngraftError {
  return new EngraftError("NetworkError", `cannot reach the hub at ${endpoint}: ${why}`, {
    help: "check the network and HF_ENDPOINT, or take a bundled base (vision-open, text-mini) or one that was downloaded before: they need no network",
    code: "unreachable",
    details: { endpoint, address: endpoint, offline: true },
    cause,
  });
}

/** Explains an error of a request to the hub. @param what "org/name@main", or a file of it */
export function hubError(error: unknown, what: string, endpoint: string, signal?: AbortSignal): EngraftError {
  if (signal?.aborted === true)
    return new EngraftError("Interrupted", "stopped on request", { cause: error });
  if (error instanceof EngraftError) return error;
  const { statusCode: status } = error as { readonly statusCode?: unknown };
  const details = { endpoint, status };
  if (status === 401 || status === 403)
    return new EngraftError("NetworkError", `the hub does not give ${what} to you (HTTP ${status})`, {
      at: endpoint,
      help: "check the name; a gated or private model needs its terms accepted on its page, and your token in HF_TOKEN",
      details,
      cause: error,
    });
  if (status === 404)
    return new EngraftError("NetworkError", `there is no ${what} on the hub`, {
      at: endpoint,
      help: "check the name and the revision",
      details,
      cause: error,
    });
  if (typeof status === "number")
    return new EngraftError("NetworkError", `the hub answered HTTP ${status} for ${what}`, {
      at: endpoint,
      help: status === 429 ? "too many requests: wait a few minutes" : "try again later",
      details: { ...details, offline: status >= 500 },
      cause: error,
    });
  if (isUnreachable(error)) return offline(endpoint, codeIn(error) ?? unreachableWords(error), error);
  return new EngraftError("NetworkError", `reading ${what} from the hub failed: ${reasonOf(error)}`, {
    at: endpoint,
    help: "try again; if it stays, the address in HF_ENDPOINT may not be a hub",
    details,
    cause: error,
  });
}

/**
 * Returns a `fetch` that fails if the server does not begin to answer in time, or when `signal` is aborted (which also
 * ends the body).
 */
export function patientFetch(signal: AbortSignal | undefined, timeout: number): typeof fetch {
  return async (input, init) => {
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(
      () => controller.abort(new DOMException(`no answer within ${timeout} ms`, "TimeoutError")),
      timeout,
    );
    try {
      return await fetch(input, { ...init, signal: controller.signal });
    } catch (error) {
      signal?.removeEventListener("abort", abort);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Reads a piece of a stream, or fails if none arrives within `timeout` ms. */
export async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  timeout: number,
): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("the download stalled", "TimeoutError")), timeout);
  });
  try {
    const { value, done } = await Promise.race([reader.read(), stalled]);
    return done ? undefined : value;
  } finally {
    clearTimeout(timer);
  }
}
