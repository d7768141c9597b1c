import { EngraftError } from "../../core/errors.js";

/** Where a queue's server is. */
export interface QueueAddress {
  readonly server: "redis" | "postgres";
  /** The address without user and password, for messages. */
  readonly shown: string;
  /** Host and port, or the path of a socket: a file of Redis, a folder of PostgreSQL. */
  readonly host?: string;
  readonly port?: number;
  readonly socket?: string;
  readonly user?: string;
  readonly password?: string;
  /** Number of Redis, name of PostgreSQL. */
  readonly database?: string;
  readonly tls: boolean;
}

/** Schemes of addresses. PostgreSQL beyond this machine always uses TLS. */
const schemes = {
  "redis:": { server: "redis", tls: false },
  "rediss:": { server: "redis", tls: true },
  "postgres:": { server: "postgres", tls: true },
  "postgresql:": { server: "postgres", tls: true },
} as const;

/** Variable of the address with its password. */
export const queueVariable = "ENGRAFT_QUEUE_URL";

const forms = "redis://HOST:PORT, rediss://HOST:PORT or postgres://HOST:PORT/DATABASE";

/** True for the address of a queue, and false for the path of a study. */
export const isQueueAddress = (text: string): boolean =>
  Object.keys(schemes).some((scheme) => text.toLowerCase().startsWith(`${scheme}//`));

/**
 * Reads the address of a queue. A server on this machine may be reached by a socket: `redis:///run/redis.sock`,
 * `postgres:///engraft?host=/run/postgresql`.
 * @param given address of the command line: other users can read it, so it holds no password
 * @param variable value of `ENGRAFT_QUEUE_URL`, which is used if no address is given
 * @param allowPlaintext allows Redis without TLS beyond this machine
 * @throws OptionError for another address
 */
export function readQueueAddress(
  given: string | undefined,
  variable: string | undefined,
  allowPlaintext = false,
): QueueAddress {
  const text = given ?? variable;
  if (!text)
    throw new EngraftError("OptionError", "the address of the queue is missing", {
      help: `give ${forms}, or set ${queueVariable}`,
    });
  // An address without a host may have a user, which URL refuses.
  const hosted = text.replace(/^([a-z]+:\/\/(?:[^/@]*@)?)\//i, "$1socket/");
  const url = isQueueAddress(text) && URL.canParse(hosted) ? new URL(hosted) : undefined;
  if (!url) throw unreadable(given === undefined ? queueVariable : "the address", forms);
  const { server, tls } = schemes[url.protocol as keyof typeof schemes];
  const host = hosted === text ? url.hostname.replace(/^\[|\]$/g, "") : "";
  const shown = `${url.protocol}//${host && url.host}${url.pathname}`;
  if (given !== undefined && url.password)
    throw new EngraftError("OptionError", `the address ${shown} holds a password`, {
      help: `other users of this machine can read it: set ${queueVariable} to the address instead`,
    });
  const folder = url.searchParams.get("host");
  const unknown = [...url.searchParams.keys()].find((name) => name !== "host" || server !== "postgres");
  if (unknown !== undefined)
    throw new EngraftError("OptionError", `the address ${shown} has the setting "${unknown}"`, {
      help: "leave it out: certificates are always verified, and the rest is chosen by Engraft",
    });
  const path = decoded(url.pathname);
  const socket = host ? undefined : server === "redis" ? path : (folder ?? undefined);
  if (!host && !socket) throw unreadable(shown, forms);
  const local = socket !== undefined || isLoopback(host);
  if (!tls && !local && !allowPlaintext)
    throw new EngraftError(
      "OptionError",
      `${shown} is another machine, and the connection is not encrypted`,
      {
        help: "use rediss://, or give --allow-plaintext in a network where nobody can listen",
      },
    );
  const database = socket !== undefined && server === "redis" ? "" : path.slice(1);
  return {
    ...{ server, shown, tls: tls && (server === "redis" || !local) },
    ...(socket === undefined ? { host } : { socket }),
    ...(url.port && { port: Number(url.port) }),
    ...(url.username && { user: decoded(url.username) }),
    ...(url.password && { password: decoded(url.password) }),
    ...(database && { database }),
  };
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const unreadable = (what: string, help: string): EngraftError =>
  new EngraftError("OptionError", `${what} is no address of a queue`, { help: `give ${help}` });
