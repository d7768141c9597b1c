import { EngraftError, messageOf } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { hubFetch, proxyHost } from "./proxy.js";

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

/** Error codes for a certificate that no known authority signed, or that is for another time or name. */
const untrusted =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_\w+)$/;

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
export function offline(
  endpoint: string,
  why: string,
  { proxy, cause }: { readonly proxy?: string | undefined; readonly cause?: unknown } = {},
): EngraftError {
  const settings =
    proxy === undefined ? " and HF_ENDPOINT" : `, HF_ENDPOINT and the proxy ${proxy} in HTTPS_PROXY`;
  return new EngraftError("NetworkError", `cannot reach the hub at ${endpoint}: ${why}`, {
    help: `check the network${settings}, or take a bundled base (vision-open, text-mini) or one that was downloaded before: they need no network`,
    code: "unreachable",
    details: { endpoint, address: endpoint, offline: true },
    cause,
  });
}

/** Explains what prevented a connection to the hub on the way to it: a certificate, or a proxy. */
export function connectionError(
  error: unknown,
  endpoint: string,
  platform: Platform,
): EngraftError | undefined {
  const code = codeIn(error);
  if (code !== undefined && untrusted.test(code))
    return new EngraftError("NetworkError", `the certificate of the hub is not trusted: ${code}`, {
      at: endpoint,
      help: "if your organisation has a certificate authority of its own, set NODE_EXTRA_CA_CERTS to its file (PEM)",
      cause: error,
    });
  const [, status] = /^Proxy response \((\d+)\)/.exec(reasonOf(error)) ?? [];
  if (status === undefined) return undefined;
  return new EngraftError("NetworkError", `the proxy does not connect to the hub (HTTP ${status})`, {
    at: `proxy ${proxyHost(platform)}`,
    help:
      status === "407"
        ? "it wants a name and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT"
        : `ask whoever runs it to let ${new URL(endpoint).host} through, or name that host in NO_PROXY`,
    details: { endpoint, status: Number(status) },
    cause: error,
  });
}

/** Explains an error of a request to the hub. @param what "org/name@main", or a file of it */
export function hubError(
  error: unknown,
  what: string,
  endpoint: string,
  { platform, signal }: { readonly platform: Platform; readonly signal?: AbortSignal },
): EngraftError {
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
  const onTheWay = connectionError(error, endpoint, platform);
  if (onTheWay) return onTheWay;
  if (isUnreachable(error))
    return offline(endpoint, codeIn(error) ?? unreachableWords(error), {
      proxy: proxyHost(platform),
      cause: error,
    });
  return new EngraftError("NetworkError", `reading ${what} from the hub failed: ${reasonOf(error)}`, {
    at: endpoint,
    help: "try again; if it stays, the address in HF_ENDPOINT may not be a hub",
    details,
    cause: error,
  });
}

/**
 * Returns a `fetch` that fails if the server does not begin to answer in time, or when `signal` is aborted (which also
 * ends the body). It respects the proxies of the environment.
 */
export function patientFetch(
  platform: Platform,
  signal: AbortSignal | undefined,
  timeout: number,
): typeof fetch {
  let opened: Promise<typeof fetch> | undefined;
  return async (input, init) => {
    // One for all requests, so that they share the connections to a proxy.
    opened ??= hubFetch(platform);
    const request = await opened;
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(
      () => controller.abort(new DOMException(`no answer within ${timeout} ms`, "TimeoutError")),
      timeout,
    );
    try {
      return await request(input, { ...init, signal: controller.signal });
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
