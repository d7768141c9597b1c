import { EngraftError } from "../../core/errors.js";
import { isThisMachine } from "../../platform/this-machine.js";

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

/** True for an address, also that of another server, and false for the path of a study. */
export const isAddress = (text: string): boolean => /^[a-z][a-z\d+.-]*:\/\//i.test(text);

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
  if (!text) throw refused("the address of the queue is missing", `give ${forms}, or set ${queueVariable}`);
  // An address without a host may have a user, which URL refuses.
  const hosted = text.replace(/^([a-z]+:\/\/(?:[^/@]*@)?)\//i, "$1socket/");
  const url = URL.canParse(hosted) ? new URL(hosted) : undefined;
  if (!url || !Object.hasOwn(schemes, url.protocol))
    throw unreadable(given === undefined ? queueVariable : "the address");
  const { server, tls } = schemes[url.protocol as keyof typeof schemes];
  const host = hosted === text ? url.hostname.replace(/^\[|\]$/g, "") : "";
  const folder = server === "postgres" ? url.searchParams.get("host") : null;
  const shown = `${url.protocol}//${host && url.host}${url.pathname}${host || !folder ? "" : `?host=${folder}`}`;
  if (given !== undefined && url.password)
    throw refused(
      `the address ${shown} holds a password`,
      `other users of this machine can read it: set ${queueVariable} to the address instead`,
    );
  const unknown = [...url.searchParams.keys()].find((name) => name !== "host" || server !== "postgres");
  if (unknown !== undefined)
    throw refused(
      `the address ${shown} has the setting "${unknown}"`,
      "leave it out: certificates are always verified, and the rest is chosen by Engraft",
    );
  const path = decoded(url.pathname);
  const socket = host ? undefined : server === "redis" ? path : (folder ?? undefined);
  if (!host && !socket) throw unreadable(shown);
  const local = socket !== undefined || isThisMachine(host);
  if (!tls && !local && !allowPlaintext)
    throw refused(
      `${shown} is another machine, and the connection is not encrypted`,
      "use rediss://, or give --allow-plaintext in a network where nobody can listen",
    );
  const database = socket !== undefined && server === "redis" ? "" : path.slice(1);
  if (server === "redis" && /\D/.test(database))
    throw refused(`the address ${shown} has the database "${database}"`, "a database of Redis is a number");
  return {
    ...{ server, shown, tls: tls && (server === "redis" || !local) },
    ...(socket === undefined ? { host } : { socket }),
    ...(url.port && { port: Number(url.port) }),
    ...(url.username && { user: decoded(url.username) }),
    ...(url.password && { password: decoded(url.password) }),
    ...(database && { database }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const refused = (message: string, help: string): EngraftError =>
  new EngraftError("OptionError", message, { help });

const unreadable = (what: string): EngraftError =>
  refused(`${what} is no address of a queue`, `give ${forms}`);
