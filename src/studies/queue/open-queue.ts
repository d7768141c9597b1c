import type { Job, JobType, Processor, Queue, RedisQueueBackend, Worker } from "bullmq";
import { EngraftError, messageOf, stopIf } from "../../core/errors.js";
import { pause } from "../../core/pause.js";
import type { QueueAddress } from "./address.js";
import { type QueuedTraining, type QueueTimes, usualTimes } from "./queued-study.js";

type Bullmq = typeof import("bullmq");
type Part = Queue | Worker;
export type QueueJob = Job<QueuedTraining>;
type DoJob = (job: QueueJob) => Promise<JobEnd>;

/**
 * What becomes of a job. "put back": the next worker takes it. "delayed": it waits behind the others. An error fails it, and no worker takes
 * it again.
 */
export type JobEnd = "done" | "put back" | "delayed" | EngraftError;

/** Name of the queue on its server, and of the schema in PostgreSQL. */
const name = "engraft";
/** How long a server may take to answer (ms). */
const patience = 5000;
/** How long connections to a server that is away may take to end (ms). */
const briefly = 100;

/** A queue whose server answered. */
export interface OpenQueue {
  readonly queue: Queue<QueuedTraining>;
  /** Takes jobs until the queue is closed. @param name by which other workers know this one: letters and digits */
  readonly startWorker: (doJob: DoJob, concurrency: number, name: string) => Promise<void>;
  /** Returns the names of the connected workers; undefined if the server does not tell. */
  readonly workers: () => Promise<readonly string[] | undefined>;
  /** Returns jobs in these states. One that another program wrote, and that is not JSON, is left out. @param most jobs of a state */
  readonly jobs: (states: readonly JobType[], most?: number) => Promise<readonly QueueJob[]>;
  /** Waits for the server's answer, `patience` at most. @throws MachineError in plain words, without the password */
  readonly answer: <T>(asked: Promise<T>) => Promise<T>;
  /** Looks at the queue. If the server does not answer, says so, and looks again until it does. @throws Interrupted by the signal */
  readonly look: <T>(look: () => Promise<T>) => Promise<T>;
  /** Waits for the jobs that are done here, and ends the connections. A server that is away is not waited for. */
  readonly close: () => Promise<void>;
}

interface OpenOptions {
  /** True: makes the tables that PostgreSQL needs. */
  readonly setUp?: boolean;
  readonly times?: QueueTimes;
  readonly signal?: AbortSignal | undefined;
  /** Told when the server does not answer, and when it does again. */
  readonly onNotice?: (message: string) => void;
}

/** Opens a queue. @throws MachineError if the server does not answer, refuses, or lacks what is needed */
export async function openQueue(address: QueueAddress, options: OpenOptions = {}): Promise<OpenQueue> {
  const { setUp = false, times = usualTimes, signal, onNotice = () => {} } = options;
  const { shown } = address;
  let isOpen = false;
  const heard = new Set<string>();
  const listen = (thrown: Error): void => {
    const { message, details } = explain(address, thrown);
    // `look` says that the server is away.
    if (isOpen && !details.away && !heard.has(message)) onNotice(message);
    heard.add(message);
  };
  const parts: Part[] = [];
  let since: string | undefined;
  let worker: Worker | undefined;
  const running = new Set<unknown>();
  const close = async (): Promise<void> => {
    const asks = async () => isOpen && since === undefined && (await parts.at(-1)!.isPaused()) !== undefined;
    const isThere = await within(patience, asks()).catch(() => false);
    isOpen = false;
    return closeAll(parts, running, isThere ? patience : briefly);
  };
  const answer = <T>(asked: Promise<T>): Promise<T> =>
    within(patience, asked, signal).catch((error: unknown) => {
      throw explain(address, error);
    });
  try {
    const bullmq = await import("bullmq");
    // The first connection is tried once.
    const retryStrategy = (): number | null => (isOpen ? times.check : null);
    const { Queue, Worker, ...backend } = backendOf(bullmq, address, setUp);
    const connection = { ...backend.connection, retryStrategy };
    const queue = new Queue<QueuedTraining>(name, {
      // A question to a server that is away fails at once.
      connection: { ...connection, enableOfflineQueue: false },
      skipVersionCheck: true,
    });
    parts.push(queue);
    queue.on("error", listen);
    await answer(queue.waitUntilReady());
    await hearLateErrors(queue);
    isOpen = true;
    return {
      ...{ queue, answer, close },
      jobs: (states, most = 0) => answer(jobsIn(queue, states, most)),
      workers: () => namesOfWorkers(answer(queue.getWorkers())),
      startWorker: async (doJob, concurrency, workerName) => {
        const processor = processorOf(bullmq, doJob, running, times.retry);
        const how = { connection, concurrency, skipVersionCheck: true, autorun: false, name: workerName };
        worker = new Worker<QueuedTraining>(name, processor, { ...how, ...workerTimes(times) });
        parts.unshift(worker);
        worker.on("error", listen);
        // If its first connection fails, a running worker would try again without a pause, and block this process.
        await answer(worker.waitUntilReady());
        await hearLateErrors(worker);
        void worker.run().catch(() => undefined);
      },
      look: async (look) => {
        const seen = await untilAnswered(look, async ({ message }) => {
          if (since === undefined) {
            since = new Date().toTimeString().slice(0, 8);
            // It would ask without a pause if a socket is gone. Its running jobs go on.
            await worker?.pause(true);
            onNotice(`${message} (since ${since}); asking again every ${times.check / 1000} s`);
          }
          await pause(times.check, signal);
          stopIf(signal);
        });
        if (since !== undefined) {
          since = undefined;
          onNotice(`the server at ${shown} answers again`);
          await worker?.resume();
        }
        return seen;
      },
    };
  } catch (error) {
    await close();
    throw explain(address, error);
  }
}

/** Looks until the server answers. */
async function untilAnswered<T>(
  look: () => Promise<T>,
  away: (error: EngraftError) => Promise<void>,
): Promise<T> {
  for (;;)
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof EngraftError && "queue" in error.details)) throw error;
      await away(error);
    }
}

/** Returns the times of a worker. A job whose worker is lost is given to another as often as it happens. */
const workerTimes = ({ lock, check }: QueueTimes) => ({
  ...{ lockDuration: lock, stalledInterval: check, maxStalledCount: 1000 },
  ...{ drainDelay: check / 1000, runRetryDelay: check },
});

/** Returns the names in the server's list of connections; undefined if some have none, or the list is not allowed. */
async function namesOfWorkers(
  asked: Promise<readonly { readonly rawname?: string }[]>,
): Promise<readonly string[] | undefined> {
  const workers = await asked.catch(() => undefined);
  const names = workers?.map(({ rawname }) => rawname?.split(":w:")[1]);
  return names?.every((one) => one !== undefined) ? [...new Set(names)] : undefined;
}

async function jobsIn(
  queue: Queue<QueuedTraining>,
  states: readonly JobType[],
  most: number,
): Promise<QueueJob[]> {
  const ids = new Set(await queue.getRanges([...states], 0, most - 1));
  const read = (id: string) =>
    queue.getJob(id).catch((error: unknown) => {
      if (!(error instanceof SyntaxError)) throw error;
    });
  return (await Promise.all([...ids].map(read))).flatMap((job) => job ?? []);
}

/** Tells the queue what became of a job. @param running has the jobs that are being done; delay in ms */
function processorOf(
  bullmq: Bullmq,
  doJob: DoJob,
  running: Set<unknown>,
  delay: number,
): Processor<QueuedTraining> {
  return async (job, token) => {
    const work = doJob(job);
    running.add(work);
    const end = await work;
    running.delete(work);
    if (end === "put back") {
      await job.moveToWait(token!);
      throw new bullmq.WaitingError();
    }
    if (end === "delayed") {
      await job.moveToDelayed(Date.now() + delay, token);
      throw new bullmq.DelayedError();
    }
    if (end !== "done") throw new bullmq.UnrecoverableError(end.message);
  };
}

/** ioredis prints an error that nobody listens for, with its stack. Some come after bullmq has ended to listen. */
async function hearLateErrors(part: Part): Promise<void> {
  const { client, blockingClient } = part.getBackend() as RedisQueueBackend;
  for (const connection of await Promise.all([client, blockingClient]))
    connection?.on("error", () => undefined);
}

/** Takes no more jobs, waits for running ones, and then `most` ms for the server. */
async function closeAll(parts: Part[], running: Iterable<unknown>, most: number): Promise<void> {
  const closed = parts.map((part) => Promise.allSettled([part.close()]));
  await Promise.allSettled(running);
  for (const [i, part] of parts.entries()) {
    await within(most, closed[i]!).catch(() => undefined);
    await within(briefly, part.disconnect()).catch(() => undefined);
  }
}

/** Both servers have the same classes with other types of connections. */
function backendOf(bullmq: Bullmq, address: QueueAddress, migrate: boolean) {
  const { server, host, port, socket, user, password, database, tls } = address;
  const isRedis = server === "redis";
  const redis = {
    ...(socket === undefined ? { host, port: port ?? 6379 } : { path: socket }),
    ...{ username: user, password, db: Number(database ?? 0), connectTimeout: patience },
    ...{ maxRetriesPerRequest: null, ...(tls && { tls: {} }) },
  };
  const postgres = {
    ...{ host: socket ?? host, port: port ?? 5432, user, password, database, schema: name },
    ...{ migrate, connectionTimeoutMillis: patience, ...(tls && { ssl: { rejectUnauthorized: true } }) },
  };
  const { Queue, Worker } = isRedis ? bullmq : bullmq.withBackend(bullmq.createPostgresBackend);
  return { Queue, Worker, connection: isRedis ? redis : postgres } as unknown as Bullmq & {
    connection: { host: string };
  };
}

/** @throws an error with code ETIMEDOUT after `ms`; Interrupted by the signal */
function within<T>(ms: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  const late = pause(ms, over.signal).then((): never => {
    stopIf(signal);
    throw Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
  });
  return Promise.race([work, late]).finally(() => {
    signal?.removeEventListener("abort", stop);
    stop();
  });
}

/** Answers of servers, by code or message; what they mean at an address, and the cure. The first that fits counts. */
const answers: readonly (readonly [RegExp, string, string])[] = [
  [
    /ECONNREFUSED|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE|timeout exceeded|57P0|LOADING|Connection (is closed|terminated)|writeable/,
    "no server answers at %",
    "start it, or correct the address",
  ],
  [
    /AUTH|WRONGPASS|28P01|28000|SASL|SCRAM/,
    "the server at % refuses user or password",
    "set ENGRAFT_QUEUE_URL to the address with user and password",
  ],
  [/CERT_HAS_EXPIRED/, "the certificate of % has expired", "renew it on the server"],
  [
    /ALTNAME/,
    "the certificate of % is that of another name",
    "give the name in the certificate as HOST of the address",
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|self-signed|does not support SSL|wrong version number/,
    "the certificate of % is not trusted, or the server has none",
    "set NODE_EXTRA_CA_CERTS to the file of its authority",
  ],
  [/OOM|MISCONF|53100|53200|53300/, "the server at % is full", "make room there, then start again"],
  [/3D000/, "the server has no database of that name: %", "create it with createdb"],
  [/NOPERM|42501/, "the user may not use the queue at %", "give it the rights that the guide names"],
  [
    /SchemaMigrationRequired|42P01|42883|3F000/,
    "the database % has no queue yet, or one of an older version",
    "submit a study first: engraft work ADDRESS --submit STUDY makes it",
  ],
  [
    /SchemaVersionMismatch/,
    "the queue at % was made by a newer version of bullmq",
    "npm install bullmq@latest",
  ],
  [/UnsupportedPostgresVersion/, "% is older than PostgreSQL 13", "update the server"],
];

function explain({ server, shown, password }: QueueAddress, error: unknown): EngraftError {
  if (error instanceof EngraftError) return error;
  const message = messageOf(error);
  const missing = /(?:Cannot find (?:module|package)|optional) '(bullmq|ioredis|pg)'/.exec(message)?.[1];
  if (missing !== undefined)
    return new EngraftError("MachineError", `the package ${missing} is not installed`, {
      help: `npm install bullmq ${server === "redis" ? "ioredis" : "pg"}`,
    });
  const all = [error, ...((error as Partial<AggregateError> | null)?.errors ?? [])];
  const told = all.map((one) => `${one?.code} ${one?.name} ${one?.message}`).join(" ");
  const clean = password ? message.replaceAll(password, "***") : message;
  const unknown = [/./, `the queue at % failed: ${clean}`, "look into the server's log"] as const;
  const [, means, help] = answers.find(([pattern]) => pattern.test(told)) ?? unknown;
  const details = { queue: shown, away: means === answers[0]![1] };
  return new EngraftError(
    "MachineError",
    means.replace("%", () => shown),
    { help, details },
  );
}
