// Jobs that block the process that has them in hand for ever, and a worker that is stopped by SIGTERM: real processes.
// @module-tag thorough
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { postgresFolder, redisPath } from "../../scripts/servers.mjs";
import { type CompareOptions, prepareComparison, statusOfQueue, statusOfStudy } from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { readQueueAddress } from "../../src/studies/queue/address.js";
import { failuresOf } from "../../src/studies/queue/job-failures.js";
import { openQueue } from "../../src/studies/queue/open-queue.js";
import { workFromQueueOn } from "../../src/studies/queue/serve.js";
import { submitStudyOn } from "../../src/studies/queue/submit.js";
import { failure } from "../support/failure.js";
import { engraft } from "../support/fixtures.js";
import { postgresServer, type QueueServer, redisServer, until } from "../support/queue-servers.js";
import { sharedComparison } from "../support/shared-runs.js";

/** Short, as the path of a socket must be. */
const root = mkdtempSync(join(tmpdir(), "eb-"));
const store = join(root, "studies");
const times = { lock: 600_000, check: 300, retry: 300, mostWait: 3_600_000, silence: 1_200_000 };
let data: string;
let options: CompareOptions;

/**
 * Blocks the main thread of every process that has a job of a study "poison" in hand, and of a training of a study "endless" that has
 * begun. With SILENCE, their longest silence is short.
 */
const block = `
import { writeSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";
const forEver = () => setImmediate(() => {
  writeSync(2, "blocked\\n");
  for (;;);
});
let endless = false;
if (isMainThread) {
  const threads = createRequire(import.meta.url)("node:worker_threads");
  threads.Worker = class extends threads.Worker {
    postMessage(said, ...more) {
      const short = said?.silence && process.env.SILENCE && (endless || said.line.includes("poison"));
      super.postMessage(short ? { ...said, silence: 500 } : said, ...more);
      if (said?.line?.includes("poison")) forEver();
    }
  };
  syncBuiltinESMExports();
  const { send, emit } = process;
  process.emit = (name, ...said) => {
    if (name === "message") endless ||= JSON.stringify(said[0]).includes("endless");
    return emit.call(process, name, ...said);
  };
  if (send)
    process.send = (said, ...more) => {
      send.call(process, said, ...more);
      if (endless && said.message?.event === "trainable") forEver();
    };
}
`;
const preload = { NODE_OPTIONS: `--import ${pathToFileURL(join(root, "block.mjs")).href}` };
const preloadShort = { ...preload, SILENCE: "short" };
/** Sets variables of the environment until the test ends. */
const setEnv = (env: Readonly<Record<string, string>>): void => {
  Object.assign(process.env, env);
  onTestFinished(() => {
    for (const name of Object.keys(env)) delete process.env[name];
  });
};

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = join(root, "cache");
  mkdirSync(store);
  writeFileSync(join(root, "block.mjs"), block);
  const made = await sharedComparison();
  data = made.data;
  options = { ...made.options, strategies: ["bitfit"], seeds: 1 };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const prepared = async (name: string): Promise<string> =>
  (await prepareComparison(data, { ...options, out: join(store, name) })).study;

const servers = [
  ["redis-server", redisPath(), redisServer],
  ["postgresql", postgresFolder(), postgresServer],
] as const;

describe.each(servers)("with %s", (name, installed, serverIn) => {
  describe.skipIf(installed === undefined)("installed", () => {
    let server: QueueServer;
    beforeAll(async () => {
      server = serverIn(join(root, name[0]!));
      await server.start();
    });
    afterAll(() => server.kill());
    const address = () => readQueueAddress(server.address, undefined);
    const submit = async (study: string) => submitStudyOn(await openMachine(), study, address(), {}, times);

    /** Starts a worker of this name in this process; its trainings have processes of their own. */
    async function startWorker(host: string) {
      const stop = new AbortController();
      const { platform, ...machine } = await openMachine();
      const notices: string[] = [];
      let hasEnded = false;
      const end = workFromQueueOn(
        { ...machine, platform: { ...platform, host: () => host } },
        address(),
        { store, threads: 1, signal: stop.signal, onNotice: (message) => void notices.push(message) },
        times,
      ).finally(() => {
        hasEnded = true;
      });
      end.catch(() => undefined);
      onTestFinished(() => {
        stop.abort();
        return end.then(
          () => undefined,
          () => undefined,
        );
      });
      return {
        notices,
        ended: () => hasEnded,
        stop: () => {
          stop.abort();
          return end;
        },
      };
    }

    /** Waits until so many jobs wait or are done. */
    async function jobs(count: number) {
      const { queue, close } = await openQueue(address(), { setUp: true });
      await until(async () => (await queue.getJobCountByTypes("waiting", "active", "delayed")) === count);
      const all = await queue.getJobs(["waiting", "delayed"]);
      await close();
      return all;
    }

    test("a job that blocks its worker ends that one only: others try it in a process of its own, and it is marked as failed", async () => {
      const poison = failure(submit(await prepared(`${name}-poison`)));
      await jobs(1);
      const job = `"${name}-poison, bitfit, seed 0"`;
      let good: ReturnType<typeof submit> | undefined;
      const first = await engraft(["work", server.address, "--store", store, "--threads", "1"], {
        ...{ env: preloadShort, ownProcess: true },
        onStart: (child) =>
          child.stderr!.on("data", (text: Buffer) => {
            if (String(text).includes("blocked\n"))
              good ??= prepared(`${name}-behind`).then((study) => submit(study));
          }),
      });
      expect(first).toMatchObject({ code: null, signal: "SIGALRM" });
      expect(first.err).toContain(
        `\nstopped     blocked for 20 min 0 s by the job ${job}: another worker tries it in a process of its own\n`,
      );
      setEnv(preloadShort);
      const workers = [await startWorker("b"), await startWorker("c")];
      expect(await good).toMatchObject({ added: 1, done: 1, state: "done" });
      const { message, exitCode } = await poison;
      const reason = `the job ${job} did not answer for 20 min 0 s, and its process was ended`;
      const hosts = /^bitfit, seed 0, on (b, c|c, b): /.exec(message)?.[1];
      expect(message).toBe(`bitfit, seed 0, on ${hosts}: ${reason}`);
      expect(exitCode).toBe(75);
      expect(workers.map(({ ended }) => ended())).toEqual([false, false]);
      const { stuck } = await statusOfQueue({ queue: server.address });
      const named = { study: `${name}-poison`, run: "bitfit-seed-0", state: "failed" };
      expect(stuck).toEqual([{ ...named, hosts: hosts!.split(", "), reason: `${hosts}: ${reason}` }]);
      const status = await engraft(["work", join(store, `${name}-poison`), "--status"], {
        env: { ENGRAFT_QUEUE_URL: server.address },
      });
      expect(status.out).toContain(`failed     ${named.study}, ${named.run} · ${hosts}: the job`);
      const ends = await Promise.all(workers.map(({ stop }) => stop()));
      expect(ends[0]!.trained + ends[1]!.trained).toBe(1);
    });

    test("a training that does not answer is ended; after three attempts it is marked as failed, and the worker goes on", async () => {
      setEnv(preloadShort);
      const worker = await startWorker("b");
      const error = await failure(submit(await prepared(`${name}-endless-training`)));
      expect(error.kind).toBe("RunError");
      expect(error.message).toMatch(/^bitfit, seed 0, on b: the training did not answer for 20 min /);
      expect(await submit(await prepared(`${name}-after`))).toMatchObject({ done: 1, state: "done" });
      expect((await worker.stop()).trained).toBe(1);
    });

    test("SIGTERM ends a worker in a training that does not answer; the next worker does the job, and no failure is counted", async () => {
      const study = await prepared(`${name}-endless`);
      const submitted = submit(study);
      await jobs(1);
      const stopped = await engraft(["work", server.address, "--store", store, "--threads", "1", "--json"], {
        env: preload,
        onLine: ({ event }, child) => event === "trainable" && child.kill("SIGTERM"),
      });
      expect(stopped).toMatchObject({ code: 0, signal: null });
      expect(stopped.events.at(-1)).toMatchObject({ event: "result", task: "work", trained: 0 });
      const [job] = await jobs(1);
      expect({ lost: job!.stalledCounter, failures: failuresOf(job!.data) }).toEqual({
        lost: 0,
        failures: [],
      });
      const next = await startWorker("b");
      expect(await submitted).toMatchObject({ done: 1, state: "done" });
      await jobs(0);
      expect((await next.stop()).trained).toBe(1);
      expect((await statusOfStudy(study)).open).toBe(0);
    });
  });
});
