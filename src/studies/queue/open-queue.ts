import type { Job, Processor, Queue, Worker, WorkerOptions } from "bullmq";
import { EngraftError, messageOf } from "../../core/errors.js";
import type { QueueAddress } from "./address.js";
import type { QueuedTraining, QueueTimes } from "./queued-study.js";

export type QueueJob = Job<QueuedTraining>;

/** Name of the queue on its server, and of the schema in PostgreSQL. */
const name = "engraft";
/** How long a server may take to answer at the start (ms). */
const patience = 5000;

/** A queue whose server answered. */
export interface OpenQueue {
  readonly queue: Queue<QueuedTraining>;
  /** Starts a worker. It stops when it is closed. */
  readonly worker: (
    process: Processor<QueuedTraining>,
    options: Pick<WorkerOptions, "concurrency"> & { readonly times: QueueTimes },
  ) => Worker<QueuedTraining>;
  /** Waits for the server's answer. @throws MachineError in plain words, without the password */
  readonly answer: <T>(asked: Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a queue.
 * @param setUp makes the tables that PostgreSQL needs
 * @param onLost called with a sentence when the server does not answer any more; the queue goes on when it does
 * @throws MachineError if the server does not answer, refuses, or lacks what is needed
 */
export async function openQueue(
  address: QueueAddress,
  setUp: boolean,
  onLost: (message: string) => void,
): Promise<OpenQueue> {
  const explained = (error: unknown): EngraftError => explain(address, error);
  const { Queue, Worker, connection } = await backendOf(address, setUp);
  const queue = new Queue<QueuedTraining>(name, { connection, skipVersionCheck: true });
  let lost: string | undefined;
  const listen = (error: Error): void => {
    const { message } = explained(error);
    if (message !== lost) onLost(message);
    lost = message;
  };
  queue.on("error", listen);
  try {
    await within(patience, queue.waitUntilReady());
  } catch (error) {
    await within(patience, queue.close()).catch(() => undefined);
    throw explained(error);
  }
  return {
    queue,
    worker: (process, { concurrency, times }) => {
      const worker = new Worker<QueuedTraining>(name, process, {
        ...{ connection, skipVersionCheck: true, concurrency, drainDelay: times.check / 1000 },
        ...{ lockDuration: times.lock, stalledInterval: times.check, maxStalledCount: 1000 },
      });
      worker.on("error", listen);
      return worker;
    },
    answer: (asked) =>
      asked.catch((error: unknown) => {
        throw explained(error);
      }),
    close: () => queue.close(),
  };
}

/** Loads the packages of a server, and asks Redis whether it answers: its client would try for ever. */
async function backendOf(address: QueueAddress, setUp: boolean) {
  const { host, port, socket, user, password, database, tls } = address;
  const bullmq = await packageNamed("bullmq", () => import("bullmq"), address);
  if (address.server === "postgres") {
    const { Queue, Worker } = bullmq.withBackend(bullmq.createPostgresBackend);
    const connection = {
      ...{ host: socket ?? host!, port: port ?? 5432, user, password, database, schema: name },
      ...{ migrate: setUp, connectionTimeoutMillis: patience },
      ...(tls && { ssl: { rejectUnauthorized: true, servername: host } }),
    };
    return { Queue, Worker, connection } as unknown as Backend;
  }
  const { Redis } = await packageNamed("ioredis", () => import("ioredis"), address);
  const connection = {
    ...(socket === undefined ? { host: host!, port: port ?? 6379 } : { path: socket }),
    ...{ username: user, password, db: Number(database ?? 0), connectTimeout: patience },
    ...(tls && { tls: { servername: host } }),
    maxRetriesPerRequest: null,
  };
  const client = new Redis({ ...connection, lazyConnect: true, retryStrategy: () => null });
  let reason: unknown;
  client.on("error", (error) => {
    reason ??= error;
  });
  try {
    await within(patience, client.connect());
    await within(patience, client.ping());
  } catch (error) {
    throw explain(address, reason ?? error);
  } finally {
    client.disconnect();
  }
  return { Queue: bullmq.Queue, Worker: bullmq.Worker, connection } as unknown as Backend;
}

/** Both servers have the same classes with other types of connections. */
interface Backend {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  readonly connection: { readonly host: string };
}

/** @throws MachineError if a package is not installed */
async function packageNamed<T>(wanted: string, load: () => Promise<T>, { server }: QueueAddress): Promise<T> {
  try {
    return await load();
  } catch {
    throw missingPackage(wanted, server);
  }
}

const missingPackage = (wanted: string, server: QueueAddress["server"]): EngraftError =>
  new EngraftError("MachineError", `the package ${wanted} is not installed`, {
    help: `npm install bullmq ${server === "redis" ? "ioredis" : "pg"}`,
  });

/** @throws an error with code ETIMEDOUT after `ms` */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Answers of servers, by code or message; what they mean, and the cure. The first that fits counts. */
const answers: readonly (readonly [RegExp, (shown: string) => string, string])[] = [
  [
    /ECONNREFUSED|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|timeout exceeded/,
    (shown) => `no server answers at ${shown}`,
    "start it, or correct the address",
  ],
  [
    /WRONGPASS|NOAUTH|AUTH|28P01|28000|SASL|SCRAM/,
    (shown) => `the server at ${shown} refuses user or password`,
    "set ENGRAFT_QUEUE_URL to the address with user and password",
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|self-signed|does not support SSL|wrong version number/,
    (shown) => `the certificate of ${shown} is not trusted, or the server has none`,
    "set NODE_EXTRA_CA_CERTS to the file of its authority",
  ],
  [
    /OOM|MISCONF|53100|53200|53300/,
    (shown) => `the server at ${shown} is full`,
    "make room there, then start again",
  ],
  [/3D000/, (shown) => `the server has no database of that name: ${shown}`, "create it with createdb"],
  [
    /NOPERM|42501/,
    (shown) => `the user may not use the queue at ${shown}`,
    "give it the rights that the guide names",
  ],
  [
    /SchemaMigrationRequired|42P01|3F000/,
    (shown) => `the database ${shown} has no queue yet`,
    "submit a study first: engraft work ADDRESS --submit STUDY makes it",
  ],
  [
    /SchemaVersionMismatch/,
    (shown) => `the queue at ${shown} was made by a newer version of bullmq`,
    "npm install bullmq@latest",
  ],
  [/UnsupportedPostgresVersion/, (shown) => `${shown} is older than PostgreSQL 13`, "update the server"],
];

function explain({ server, shown, password }: QueueAddress, error: unknown): EngraftError {
  if (error instanceof EngraftError) return error;
  const {
    code = "",
    name: kind = "",
    errors = [],
  } = (error ?? {}) as Partial<NodeJS.ErrnoException> & {
    errors?: readonly NodeJS.ErrnoException[];
  };
  const message = messageOf(error);
  if (/Cannot find (module|package)|MODULE_NOT_FOUND/.test(`${code} ${message}`))
    return missingPackage(/'(ioredis|pg)'/.exec(message)?.[1] ?? "bullmq", server);
  const told = [code, kind, message, ...errors.map((one) => one.code)].join(" ");
  const answer = answers.find(([pattern]) => pattern.test(told));
  if (answer) return new EngraftError("MachineError", answer[1](shown), { help: answer[2] });
  const clean = password ? message.replaceAll(password, "***") : message;
  return new EngraftError("MachineError", `the queue at ${shown} failed: ${clean}`, {
    help: "look into the server's log",
  });
}
