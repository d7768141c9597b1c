// Jobs that no machine can do, between jobs of a good study: the workers go on, and each bad job is named.
// @module-tag thorough
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RedisQueueBackend } from "bullmq";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { postgresFolder, redisPath } from "../../scripts/servers.mjs";
import { EngraftError } from "../../src/core/errors.js";
import { type CompareOptions, cancelStudy, prepareComparison, statusOfQueue } from "../../src/index.js";
import { fileError } from "../../src/platform/file-errors.js";
import { openMachine } from "../../src/run/machine.js";
import type { ChildTask } from "../../src/studies/many-runs.js";
import { readQueueAddress } from "../../src/studies/queue/address.js";
import { openQueue } from "../../src/studies/queue/open-queue.js";
import { jobOf, studyId } from "../../src/studies/queue/queued-study.js";
import { workFromQueueOn } from "../../src/studies/queue/serve.js";
import { submitStudyOn } from "../../src/studies/queue/submit.js";
import { openStudy } from "../../src/studies/workers/study.js";
import { failure } from "../support/failure.js";
import { postgresServer, type QueueServer, redisServer, until } from "../support/queue-servers.js";
import { sharedComparison } from "../support/shared-runs.js";
import { machineWith, rewrite } from "../support/shared-studies.js";

/** Short, as the path of a socket must be. */
const root = mkdtempSync(join(tmpdir(), "ea-"));
const store = join(root, "studies");
const times = { lock: 600_000, check: 300, retry: 300, mostWait: 3_600_000, silence: 1_200_000 };
let data: string;
let options: CompareOptions;
/** A finished training, for those of the good studies. */
let trained: string;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = join(root, "cache");
  mkdirSync(store);
  const made = await sharedComparison();
  data = made.data;
  options = { ...made.options, strategies: ["bitfit"], seeds: 1 };
  trained = readFileSync(join(made.study, "runs", "bitfit-seed-0", "run.json"), "utf8");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Prepares a study in the workers' folder. */
async function prepared(name: string, more: CompareOptions = {}, at = data, folder = store): Promise<string> {
  return (await prepareComparison(at, { ...options, ...more, out: join(folder, name) })).study;
}

/** A machine of its own name. Its trainings only write their result; those of the study "large" need more memory. */
const machineNamed = async (name: string) => {
  const { files } = (await openMachine()).platform;
  return machineWith({
    host: () => name,
    files: {
      // As a file server that was started again.
      stat: async (path) => {
        if (path === join(store, "stale"))
          throw fileError("read", path, Object.assign(new Error(), { code: "EACCES" }));
        return files.stat(path);
      },
    },
    runInChildProcess: async ({ input }) => {
      const { options: of } = input as Extract<ChildTask, { options: unknown }>;
      if (of.out!.includes("large"))
        throw new EngraftError("OptionError", "it needs 9 GB", { details: { available: 1 } });
      const manifest = JSON.parse(trained);
      manifest.options.seed = of.seed;
      mkdirSync(of.out!, { recursive: true });
      writeFileSync(join(of.out!, "run.json"), JSON.stringify(manifest));
    },
  });
};

/** Returns the job of a study's only training. */
async function jobIn(study: string) {
  const machine = await openMachine();
  const opened = await openStudy(machine, study);
  return jobOf(opened, await studyId(machine.platform, opened), opened.trainings[0]!);
}

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

    /** Starts a worker on a machine of its own. @returns what it said, and what stops it when no job is left */
    async function startWorker(host: string, from = store) {
      const stop = new AbortController();
      const notices: string[] = [];
      let hasEnded = false;
      const onNotice = (message: string) => void notices.push(message);
      const more = { store: from, threads: 1, signal: stop.signal, onNotice };
      const end = workFromQueueOn(await machineNamed(host), address(), more, times).finally(() => {
        hasEnded = true;
      });
      end.catch(() => undefined);
      const ended = (): boolean => hasEnded;
      // Also if the test fails: the next one counts the workers.
      onTestFinished(() => {
        stop.abort();
        return end.then(
          () => undefined,
          () => undefined,
        );
      });
      const stopNow = () => {
        stop.abort();
        return end;
      };
      return { end, notices, ended, stop: stopNow };
    }
    const submit = async (study: string, onNotice = (_: string): void => undefined) =>
      submitStudyOn(await openMachine(), study, address(), { onNotice }, times);
    const opened = () => openQueue(address(), { setUp: true });

    test("100 jobs, of them one of a deleted study, one without its data and one hostile: two workers do 97, and go on", async () => {
      const gone = await prepared(`${name}-gone`);
      const own = join(root, `${name}-own-data`);
      cpSync(data, own, { recursive: true });
      const blind = await prepared(`${name}-blind`, {}, own);
      const good = await prepared(`${name}-good`, { seeds: 97 });
      rmSync(own, { recursive: true });
      const { queue, close } = await opened();
      // The bad jobs are in front.
      const said: string[] = [];
      const ends = [gone, blind].map((study) => failure(submit(study, (message) => void said.push(message))));
      await until(async () => (await queue.getJobCountByTypes("waiting")) === 2);
      rmSync(gone, { recursive: true });
      const hostile = { store: "\u001b[2Jx", run: "\u001b]0;t\u0007", seed: 0 };
      await queue.add("hostile", hostile as never, { jobId: "hostile", removeOnFail: false });
      const done = submit(good);
      await until(async () => (await queue.getJobCountByTypes("waiting")) === 100);
      const workers = await Promise.all(["a", "b"].map((host) => startWorker(host)));
      expect(await done).toMatchObject({ added: 97, done: 97, of: 97, state: "done" });
      const [deleted, without] = await Promise.all(ends);
      expect(deleted!.message).toMatch(
        new RegExp(`^bitfit, seed 0, on [ab](, [ab])?: .* no study "${name}-gone"$`),
      );
      expect(without!.message).toMatch(/^bitfit, seed 0, on [ab](, [ab])?: .* no data at "/);
      expect([deleted!.exitCode, without!.exitCode]).toEqual([75, 75]);
      expect(said).toContainEqual(
        expect.stringMatching(/^bitfit, seed 0, waits for another worker: [ab](, [ab])?: /),
      );
      await until(async () => (await queue.getJobCountByTypes("failed")) === 3);
      // The results are there a little before the queue knows of the end of the last job.
      await until(async () => (await queue.getJobCountByTypes("waiting", "delayed", "active")) === 0);
      const { stuck, ...counts } = await statusOfQueue({ queue: server.address });
      expect(counts).toMatchObject({ workers: 2, waiting: 0, running: 0 });
      expect(stuck.map(({ study, state }) => `${study} ${state}`).sort()).toEqual(
        [`${name}-blind failed`, `${name}-gone failed`, "\u001b[2Jx failed"].sort(),
      );
      expect(workers.map(({ ended }) => ended())).toEqual([false, false]);
      const results = await Promise.all(workers.map(({ stop }) => stop()));
      expect(results[0]!.trained + results[1]!.trained).toBe(97);
      await close();
    });

    /** Sets a field of a job in Redis. */
    async function setField(id: string, field: string, value: string | number): Promise<void> {
      const { queue, close } = await opened();
      const client = (await (queue.getBackend() as RedisQueueBackend).client) as unknown as {
        hset(key: string, field: string, value: string | number): Promise<unknown>;
      };
      await client.hset(`bull:engraft:${id}`, field, value);
      await close();
    }

    /** Says that the worker of a job was lost so many times. */
    async function loseWorker(id: string, times: number): Promise<void> {
      if (server.address.startsWith("redis")) return setField(id, "stc", times);
      const words = ["-h", address().socket!, "-U", "postgres", "-d", "postgres", "-c"];
      const update = `UPDATE engraft.job SET stalled_count = ${times} WHERE id = '${id}'`;
      execFileSync(join(postgresFolder()!, "psql"), [...words, update], { stdio: "ignore" });
    }

    test("each kind of bad job is named, and two workers do the good one behind it", async () => {
      const spoilt = async (kind: string, change: (manifest: Record<string, unknown>) => void) => {
        const study = await prepared(`${name}-${kind}`);
        const job = await jobIn(study);
        rewrite(join(study, "comparison.json"), change);
        return job;
      };
      const good = await prepared(`${name}-behind`);
      const job = await jobIn(good);
      const named = (study: string): RegExp => new RegExp(`names the study ${study}`);
      const damaged = await prepared(`${name}-damaged`);
      const bad: Record<string, readonly [job: unknown, reason: RegExp]> = {
        "of another study of its name": [{ ...job, study: "0" }, /has another study ".+-behind" than/],
        "without an id": [{ ...job, study: undefined }, /has another study/],
        "of a damaged study": [await jobIn(damaged), /the comparison's manifest is damaged/],
        "of a newer version": [
          await spoilt("newer", (it) => Object.assign(it, { format: 99 })),
          /does not know format 99/,
        ],
        "of another version": [
          await spoilt("version", (it) => Object.assign(it, { versions: { engraft: "0.0.1" } })),
          /was prepared with engraft 0\.0\.1/,
        ],
        "whose data changed": [
          await spoilt("changed", (it) => Object.assign(it, { fingerprint: "0" })),
          /the data changed since the comparison was started/,
        ],
        "for a larger machine": [await jobIn(await prepared(`${name}-large`)), /is too small/],
        "on a disk that fails": [{ ...job, store: "stale" }, /permission|access/i],
        "that took its workers": [job, /3 workers were lost at this job before its training began/],
        "with an absolute path": [{ ...job, store: "/etc" }, named('"/etc"')],
        "with a control character": [{ ...job, store: "\u001b[2Jx" }, named('"\\\\u001b\\[2Jx"')],
        "with a name that turns the line": [{ ...job, store: "\u202ex" }, named('"\u202ex"')],
        "with a name too long for a disk": [{ ...job, store: "ü".repeat(200) }, named('"üüü')],
        "with a list for a name": [{ ...job, store: ["x"] }, named('\\["x"\\]')],
        "with a long run": [{ ...job, run: "x".repeat(1e6) }, /has no training "x{100}"$/],
        "with made up failures": [{ ...job, seed: 9, failures: [{}, 5, null] }, /has no training/],
        "that is null": [null, named("undefined")],
        "that is a number": [5, named("undefined")],
      };
      writeFileSync(join(damaged, "comparison.json"), "{");
      const { queue, close } = await opened();
      for (const [kind, [data]] of Object.entries(bad))
        await queue.add(kind, data as never, { jobId: kind, removeOnFail: false });
      await loseWorker("that took its workers", 3);
      const done = submit(good);
      const workers = await Promise.all(["a", "b"].map((host) => startWorker(host)));
      expect(await done).toMatchObject({ added: 1, done: 1, state: "done" });
      for (const [kind, [, reason]] of Object.entries(bad)) {
        await until(async () => (await queue.getJob(kind))?.finishedOn !== undefined);
        expect([kind, (await queue.getJob(kind))!.failedReason]).toEqual([
          kind,
          expect.stringMatching(reason),
        ]);
      }
      expect(workers.map(({ ended }) => ended())).toEqual([false, false]);
      await Promise.all(workers.map(({ stop }) => stop()));
      for (const kind of Object.keys(bad)) await (await queue.getJob(kind))!.remove();
      await close();
    });

    test.skipIf(name !== "redis-server")("a job that is not JSON hides no other one", async () => {
      const { queue, close } = await opened();
      const lost = { store: `${name}-lost`, study: "0", run: "x", seed: 0 };
      await queue.add("not JSON", lost as never, { jobId: "not-json" });
      await setField("not-json", "data", "{");
      await queue.add("lost", lost as never, { jobId: "lost" });
      const worker = await startWorker("a");
      await until(() => worker.notices.some((notice) => notice.endsWith(`has no study "${name}-lost"`)));
      const { stuck } = await statusOfQueue({ queue: server.address });
      expect(stuck.map(({ study }) => study)).toContain(`${name}-lost`);
      await worker.stop();
      const study = join(root, `${name}-lost`);
      expect(await cancelStudy(study, { queue: server.address })).toMatchObject({ removed: 1 });
      await queue.obliterate({ force: true });
      await close();
    });

    test("two studies of one name in two folders: each is done where it is", async () => {
      const elsewhere = join(root, `${name}-elsewhere`);
      mkdirSync(elsewhere);
      const here = await prepared(`${name}-same`);
      const there = await prepared(`${name}-same`, {}, data, elsewhere);
      const submitted = [here, there].map((study) => submit(study));
      const { queue, close } = await opened();
      await until(async () => (await queue.getJobCountByTypes("waiting")) === 2);
      const workers = await Promise.all([startWorker("a"), startWorker("b", elsewhere)]);
      for (const done of submitted) expect(await done).toMatchObject({ added: 1, done: 1, state: "done" });
      await until(async () => (await queue.getJobCountByTypes("waiting", "delayed", "active")) === 0);
      const trained = (await Promise.all(workers.map(({ stop }) => stop()))).map((end) => end.trained);
      expect(trained).toEqual([1, 1]);
      await close();
    });

    test("a worker that is alone and can do nothing ends with 75; started again, it marks the jobs as failed and stays", async () => {
      const study = await prepared(`${name}-alone`, { seeds: 2 });
      const empty = join(root, "empty");
      mkdirSync(empty, { recursive: true });
      const submitted = failure(submit(study));
      const { queue, close } = await opened();
      await until(async () => (await queue.getJobCountByTypes("waiting")) === 2);
      const first = await startWorker("a", empty);
      const error = await failure(first.end);
      expect(error.exitCode).toBe(75);
      expect(error.message).toContain(` no study "${name}-alone"`);
      expect(await queue.getJobCountByTypes("waiting", "delayed")).toBe(2);
      const again = await startWorker("a", empty);
      expect((await submitted).message).toMatch(/^bitfit, seed [01], on a: .* no study "/);
      expect(again.ended()).toBe(false);
      await again.stop();
      const said: string[] = [];
      const retried = submit(study, (message) => void said.push(message));
      await until(() => said.length > 0);
      const right = await startWorker("b");
      expect(await retried).toMatchObject({ added: 2, done: 2, state: "done" });
      expect(said[0]).toMatch(/^bitfit, seed [01], failed before, and is tried again: a: .* no study/);
      await until(async () => (await queue.getJobCountByTypes("waiting", "delayed", "active")) === 0);
      expect((await right.stop()).trained).toBe(2);
      await close();
    });
  });
});
