// Studies through a queue: on Redis and on PostgreSQL, with workers and servers that are killed.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { postgresFolder, redisPath } from "../../scripts/servers.mjs";
import {
  type CompareOptions,
  type ComparisonResult,
  cancelStudy,
  type EngraftEvent,
  prepareComparison,
  resume,
  type SubmitOptions,
  statusOfStudy,
} from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { readQueueAddress } from "../../src/studies/queue/address.js";
import { openQueue } from "../../src/studies/queue/open-queue.js";
import { type QueueTimes, studyId } from "../../src/studies/queue/queued-study.js";
import { workFromQueueOn } from "../../src/studies/queue/serve.js";
import { submitStudyOn } from "../../src/studies/queue/submit.js";
import { openStudy } from "../../src/studies/workers/study.js";
import { failure } from "../support/failure.js";
import { engraft, modelBytes } from "../support/fixtures.js";
import { once } from "../support/moments.js";
import { postgresServer, type QueueServer, redisServer, until } from "../support/queue-servers.js";
import { sharedComparison } from "../support/shared-runs.js";

/** Short, as the path of a socket must be. */
const root = mkdtempSync(join(tmpdir(), "eq-"));
const store = join(root, "studies");
const times = { lock: 1000, check: 300, retry: 300, mostWait: 3_600_000, silence: 1_200_000 };
let data: string;
let options: CompareOptions;
/** Folder of the same comparison, made without a queue. */
let local: string;
/** Options of a study with two trainings. */
const short = { strategies: ["bitfit"] } as const;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = join(root, "cache");
  mkdirSync(store);
  const made = await sharedComparison();
  ({ data, study: local } = made);
  options = { ...made.options, strategies: ["probe", "bitfit"], seeds: 2 };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function prepared(name: string, more: Partial<CompareOptions> = {}): Promise<string> {
  const { study } = await prepareComparison(data, { ...options, ...more, out: join(store, name) });
  return study;
}
/** Id of a study. */
async function idOf(folder: string): Promise<string> {
  const machine = await openMachine();
  return studyId(machine.platform, await openStudy(machine, folder));
}

/** Checks that a study has what the local comparison has, bit by bit, and nothing left over. */
async function expectSameAsLocal(study: string, trainings = 4): Promise<void> {
  expect((await statusOfStudy(study)).open).toBe(0);
  const { runs } = (await resume(study)) as ComparisonResult;
  expect(runs).toHaveLength(trainings);
  for (const { run } of runs)
    expect(modelBytes(run).equals(modelBytes(join(local, "runs", basename(run))))).toBe(true);
  expect(readdirSync(join(study, "runs")).sort()).toEqual(runs.map(({ run }) => basename(run)).sort());
}

/** A worker in a process of its own, with the times of this test. */
function workerScript(): string {
  const file = join(root, "worker.mjs");
  const from = (path: string) => JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href);
  writeFileSync(
    file,
    `import { writeSync } from "node:fs";
import { openMachine } from ${from("run/machine.js")};
import { workFromQueueOn } from ${from("studies/queue/serve.js")};
const { address, options, times } = JSON.parse(process.argv[2]);
const onEvent = (event) => writeSync(1, JSON.stringify(event) + "\\n");
await workFromQueueOn(await openMachine(), address, { ...options, onEvent }, times);
`,
  );
  return file;
}

const thorough = { tags: ["thorough"] };

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

    /** Starts a worker. @returns what it said, what ends it, and what it did */
    async function startWorker(
      onEvent?: (event: EngraftEvent, stop: () => void) => void,
      more: Partial<QueueTimes> = {},
    ) {
      const stop = new AbortController();
      const notices: string[] = [];
      const end = workFromQueueOn(
        await openMachine(),
        address(),
        {
          ...{ store, threads: 1, signal: stop.signal },
          onNotice: (message) => notices.push(message),
          onEvent: (event) => onEvent?.(event, () => stop.abort()),
        },
        { ...times, ...more },
      );
      return {
        ...{ end, notices, stopNow: () => stop.abort() },
        /** Stops it when no job is left: a result is in the folder before its job ends. */
        stop: async () => {
          await untilJobs(0);
          stop.abort();
          return end;
        },
      };
    }
    const submit = async (study: string, more: Omit<SubmitOptions, "queue"> = {}) =>
      submitStudyOn(await openMachine(), study, address(), more, times);

    /** Waits until the queue has so many jobs that are not done. */
    async function untilJobs(count: number): Promise<void> {
      const { queue, close } = await openQueue(address(), { setUp: true });
      await until(async () => (await queue.getJobCountByTypes("waiting", "active", "delayed")) === count);
      await close();
    }

    const shares = { one: [1, { ...short, seeds: 1 }], four: [4, {}] } as const;
    const share = "two workers do a study of %s, each training once";
    test.each(["one"] as const)(share, doneOnce);
    test.each(["four"] as const)(share, thorough, doneOnce);

    async function doneOnce(size: keyof typeof shares): Promise<void> {
      const [trainings, more] = shares[size];
      const study = await prepared(`${name}-${size}`, more);
      const events: EngraftEvent[] = [];
      const submitted = submit(study, { onEvent: (event) => events.push(event) });
      await untilJobs(trainings);
      const open = await openQueue(address());
      const [job] = await open.queue.getJobs(["waiting"]);
      expect(Object.keys(job!.data).sort()).toEqual(["run", "seed", "store", "study"]);
      const workers = await Promise.all([startWorker(), startWorker()]);
      expect(await submitted).toMatchObject({
        added: trainings,
        done: trainings,
        of: trainings,
        state: "done",
      });
      // A job of a training that is done is harmless.
      await open.queue.add("again", job!.data);
      const ends = await Promise.all(workers.map(({ stop }) => stop()));
      await open.close();
      expect(ends[0]!.trained + ends[1]!.trained).toBe(trainings);
      const finished = events.filter((event) => event.event === "run" && event.state === "done");
      expect(finished).toHaveLength(trainings);
      await expectSameAsLocal(study, trainings);
      expect(await submit(study)).toMatchObject({ added: 0, done: trainings });
    }

    test(
      "a worker killed in its training: the next one does the study, with the same bits",
      thorough,
      async () => {
        const study = await prepared(`${name}-worker`, short);
        const submitted = submit(study);
        await untilJobs(2);
        const words = JSON.stringify({ address: address(), options: { store, threads: 1 }, times });
        const killed = await engraft([words, "--json"], {
          ...{ script: workerScript() },
          onLine: once({ event: "trainable" }, (child) => child.kill("SIGKILL")),
        });
        expect(killed.signal).toBe("SIGKILL");
        const worker = await startWorker();
        expect(await submitted).toMatchObject({ done: 2, state: "done" });
        await worker.stop();
        await expectSameAsLocal(study, 2);
      },
    );

    test("a server killed while coordinator and worker look: both say so, and go on when it is back", {
      tags: ["thorough"],
    }, async () => {
      const study = await prepared(`${name}-server`, short);
      const view = new AbortController();
      const said: string[] = [];
      const saidToView: string[] = [];
      const submitted = submit(study, { onNotice: (message) => said.push(message) });
      await untilJobs(2);
      const stopped = submit(study, {
        signal: view.signal,
        onNotice: (message) => saidToView.push(message),
      });
      await until(() => saidToView.length > 0);
      let started = false;
      const worker = await startWorker(() => {
        started = true;
      });
      await until(() => started);
      await server.kill();
      const away = `no server answers at ${address().shown} (since `;
      const isAway = (message: string) => message.startsWith(away) && message.endsWith("every 0.3 s");
      await until(() => [said, saidToView, worker.notices].every((notices) => notices.some(isAway)));
      view.abort();
      expect(await stopped).toMatchObject({ state: "left" });
      await server.start();
      const back = `the server at ${address().shown} answers again`;
      await until(() => [said, worker.notices].every((notices) => notices.includes(back)));
      expect(await submitted).toMatchObject({ done: 2, state: "done" });
      await worker.stop();
      await expectSameAsLocal(study, 2);
    });

    test(
      "a worker stopped while the server is away ends at once, and its training goes on later",
      thorough,
      async () => {
        const study = await prepared(`${name}-both`, short);
        const submitted = submit(study);
        await untilJobs(2);
        let started = false;
        const worker = await startWorker(() => {
          started = true;
        });
        await until(() => started);
        await server.kill();
        worker.stopNow();
        expect((await worker.end).task).toBe("work");
        await server.start();
        const next = await startWorker();
        expect(await submitted).toMatchObject({ done: 2 });
        await next.stop();
        await expectSameAsLocal(study, 2);
      },
    );

    test("a worker stopped between result and acknowledgement ends its job", thorough, async () => {
      const study = await prepared(`${name}-last`, short);
      const submitted = submit(study);
      await untilJobs(2);
      // On a busy machine, a lock of a second is lost: the job would wait for the next worker.
      const stopAfterRun = (event: EngraftEvent, stop: () => void): void => {
        if (event.event === "run" && event.state === "done") stop();
      };
      const first = await startWorker(stopAfterRun, { lock: 600_000 });
      expect((await first.end).trained).toBe(1);
      await untilJobs(1);
      const next = await startWorker();
      expect(await submitted).toMatchObject({ added: 2, done: 2 });
      expect((await next.stop()).trained).toBe(1);
    });

    test("a worker whose job ends while the server is away asks as rarely as the look", {
      tags: ["thorough"],
    }, async () => {
      const notices: string[] = [];
      const onNotice = (message: string) => notices.push(message);
      const { queue, startWorker, answer, look, close } = await openQueue(address(), {
        ...{ setUp: true, times, onNotice },
      });
      let [taken, away] = [false, false];
      await startWorker(
        async () => {
          taken = true;
          await until(() => away);
          return "done";
        },
        1,
        "w",
      );
      await queue.add("one", {} as never, { removeOnComplete: true });
      await until(() => taken);
      await server.kill();
      const connect = vi.spyOn(Socket.prototype, "connect");
      let looks = 0;
      const looked = look(() => {
        looks++;
        return answer(queue.isPaused());
      });
      await until(() => notices.length > 0);
      away = true;
      await until(() => looks > 5);
      expect(connect.mock.calls.length).toBeLessThan(10 * looks);
      connect.mockRestore();
      await server.start();
      expect(await looked).toBe(false);
      await until(async () => (await queue.getJobCountByTypes("waiting", "active")) === 0);
      await close();
    });

    test("a result that no training wrote is an error, not a result", thorough, async () => {
      const study = await prepared(`${name}-hostile`, short);
      for (const seed of [0, 1]) {
        const run = join(study, "runs", `bitfit-seed-${seed}`);
        mkdirSync(run, { recursive: true });
        writeFileSync(join(run, "run.json"), "{}");
      }
      const error = await failure(submit(study));
      expect(error.kind).toBe("RunError");
      expect(error.message).toMatch(/^bitfit, seed 0, on .+: the run's manifest/);
    });

    test(
      "a job that names no training fails once, and a cancelled study stops and goes on later",
      thorough,
      async () => {
        const study = await prepared(`${name}-cancelled`);
        symlinkSync(local, join(store, `${name}-link`));
        const { queue, close } = await openQueue(address(), { setUp: true });
        const failed: string[] = [];
        const right = { store: `${name}-cancelled`, study: await idOf(study), run: "probe-seed-0", seed: 0 };
        const hostile = [
          { ...right, store: "../local" },
          { ...right, store: ".." },
          { ...right, store: `${name}-link` },
          { ...right, run: "../../local/runs/probe-seed-0" },
          { ...right, seed: 7 },
          null,
        ];
        for (const [i, wrong] of hostile.entries())
          await queue.add("wrong", wrong as never, { jobId: `wrong-${i}`, removeOnFail: false });
        const worker = await startWorker();
        for (const i of hostile.keys()) {
          await until(async () => (await (await queue.getJob(`wrong-${i}`))?.getState()) === "failed");
          const job = (await queue.getJob(`wrong-${i}`))!;
          failed.push(job.failedReason);
          expect(job.attemptsMade).toBe(1);
          await job.remove();
        }
        const named = (study: string): string => `a job names the study ${study}`;
        expect(failed).toEqual([
          named('"../local"'),
          named('".."'),
          `the study "${name}-link" is a link to another folder`,
          `the study "${name}-cancelled" has no training "../../local/runs/probe-seed-0"`,
          `the study "${name}-cancelled" has no training "probe-seed-0"`,
          named("undefined"),
        ]);
        await worker.stop();
        const submitted = submit(study);
        await until(async () => (await queue.getJobCountByTypes("waiting")) === 4);
        expect(await cancelStudy(study, { queue: server.address })).toMatchObject({ removed: 4, running: 0 });
        expect(await submitted).toMatchObject({ done: 0, of: 4, state: "cancelled" });
        const later = submit(study);
        const next = await startWorker();
        expect(await later).toMatchObject({ done: 4, state: "done" });
        await next.stop();
        await close();
        await expectSameAsLocal(study);
      },
    );

    test("a machine without the study puts its job back and stops; another does it", thorough, async () => {
      const study = await prepared(`${name}-missing`);
      const submitted = submit(study);
      await untilJobs(4);
      const empty = join(root, "empty");
      mkdirSync(empty, { recursive: true });
      const error = await failure(
        workFromQueueOn(await openMachine(), address(), { store: empty, threads: 1 }, times),
      );
      expect(error.format()).toBe(
        `MachineError: this machine has no study "${name}-missing"\n  at ${empty}\n` +
          `  help: give the folder that holds the studies with --store; if the study was removed, give --submit ${name}-missing --cancel`,
      );
      expect(error.exitCode).toBe(75);
      const worker = await startWorker();
      expect(await submitted).toMatchObject({ done: 4 });
      await worker.stop();
      await expectSameAsLocal(study);
    });
  });
});
