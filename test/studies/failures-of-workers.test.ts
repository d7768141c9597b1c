// What goes wrong while workers share a study: at the end its table is that of one machine, bit by bit, and nothing is left over.
// @module-tag thorough
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  type ComparisonResult,
  compare,
  EngraftError,
  prepareComparison,
  resume,
  statusOfStudy,
  work,
} from "../../src/index.js";
import { fileError } from "../../src/platform/file-errors.js";
import type { Files } from "../../src/platform/platform.js";
import { openMachine } from "../../src/run/machine.js";
import { resumeComparisonOn } from "../../src/studies/compare/compare.js";
import { workOn } from "../../src/studies/workers/work.js";
import { failure } from "../support/failure.js";
import { engraft, tinyData } from "../support/fixtures.js";
import { once } from "../support/moments.js";
import { machineWith, runsOf, setUpStudies } from "../support/shared-studies.js";

const { path, data, options, prepared } = setUpStudies("failures", {
  ...{ epochs: 1, strategies: ["probe", "bitfit"], seeds: 1 },
});
let local: string;

beforeAll(async () => {
  await compare(data, { ...options, out: path("local") });
  local = tableOf(path("local"));
});

/** Returns the text of `comparison.json` without seconds, memory, times and the places of folders. */
function tableOf(study: string): string {
  const text = readFileSync(join(study, "comparison.json"), "utf8").replaceAll(study, "STUDY");
  const unlike = [
    "seconds",
    "peak_rss_mb",
    "started",
    "test_looks",
    "machine",
    "bytes",
    "versions",
    "from_study",
  ];
  return JSON.stringify(JSON.parse(text, (key, value) => (unlike.includes(key) ? undefined : value)));
}

/** Makes the table, and compares it with that of one machine. */
async function expectSameAsLocal(study: string): Promise<void> {
  await resume(study);
  expect(tableOf(study)).toBe(local);
  expect(runsOf(study)).toEqual(["bitfit-seed-0", "probe-seed-0"]);
  expect(readdirSync(study).sort()).toEqual(["comparison.json", "report.html", "runs"]);
  for (const run of runsOf(study)) expect(existsSync(join(study, "runs", run, "state"))).toBe(false);
  expect(existsSync(`${study}.lock`)).toBe(false);
}

const files = async (): Promise<Files> => (await openMachine()).platform.files;

for (const [moment, at] of [
  ["at the start", { event: "run", state: "started" }],
  ["in its training", { event: "trainable" }],
  ["between the result and the release of its lock", { event: "run", state: "done" }],
] as const)
  test(`a worker is killed ${moment}: the next one does the rest`, async () => {
    const study = await prepared(`killed ${moment}`);
    const killed = await engraft(["work", study, "--json"], {
      onLine: once(at, (child) => child.kill("SIGKILL")),
    });
    expect(killed.signal).toBe("SIGKILL");
    await work(study);
    await expectSameAsLocal(study);
  });

test("Ctrl-C stops a worker with two trainings: both are saved, and no lock is left", async () => {
  const study = await prepared("ctrl-c");
  let running = 0;
  const stopped = await engraft(["work", study, "--jobs", "2", "--json"], {
    onLine: (event, child) => {
      if (event.event === "run" && ++running === 2) child.kill("SIGINT");
    },
  });
  expect(stopped.code).toBe(130);
  expect(stopped.err).toContain(`the state is saved; go on with: engraft work ${study}`);
  expect(readdirSync(join(study, "runs")).filter((name) => name.includes(".lock"))).toEqual([]);
  await work(study);
  await expectSameAsLocal(study);
});

test("a worker that is killed after the last write of a run leaves nothing behind", async () => {
  const study = await prepared("killed after the last write");
  await work(study);
  // What a kill before the release of the locks leaves.
  const run = join(study, "runs", "probe-seed-0");
  mkdirSync(join(run, "state"));
  // And a kill while a worker checked clock and locks.
  const check = join(study, ".check-1");
  writeFileSync(check, "");
  utimesSync(check, new Date(0), new Date(0));
  const pid = await endedProcess();
  const { machine } = await holderHere();
  for (const lock of [`${run}.lock`, `${run}.work.lock`]) {
    mkdirSync(lock);
    const { ino, birthtimeNs } = await import("node:fs").then((fs) => fs.statSync(lock, { bigint: true }));
    writeFileSync(
      `${lock}.pid`,
      JSON.stringify({ pid, host: "here", machine, lock: `${ino} ${birthtimeNs}` }),
    );
  }
  await expectSameAsLocal(study);
});

/** Returns the number of a process that has ended. */
const endedProcess = (): Promise<number> =>
  new Promise((done) => {
    const child = spawn(process.execPath, ["-e", ""]);
    child.on("close", () => done(child.pid!));
  });

/** Returns who holds a lock of this process. */
async function holderHere(): Promise<{ machine: string }> {
  const lock = path("mine");
  let text = "";
  await (await files()).withLock(lock, async () => {
    text = readFileSync(`${lock}.lock.pid`, "utf8");
  });
  return JSON.parse(text);
}

test("a worker that is stopped for longer than its lock lives, and continued, changes nothing", async () => {
  const study = await prepared("stopped", { strategies: ["probe", "bitfit"] });
  const lock = join(study, "runs", "bitfit-seed-0.work.lock");
  let second: Promise<unknown> | undefined;
  const first = await engraft(["work", study, "--index", "1", "--json"], {
    onLine: once({ event: "trainable" }, (child) => {
      const group = [child.pid!, ...childrenOf(child.pid!)];
      for (const pid of group) process.kill(pid, "SIGSTOP");
      // The time in which a lock is not touched passes at once.
      const before = new Date(Date.now() - 3_600_000);
      for (const one of [lock, join(study, "runs", "bitfit-seed-0.lock")])
        if (existsSync(one)) utimesSync(one, before, before);
      second = work(study).finally(() => {
        for (const pid of group) process.kill(pid, "SIGCONT");
      });
    }),
  });
  await second;
  expect(first.code).toBe(0);
  await expectSameAsLocal(study);
});

/** Returns the processes that a process started, on Linux. */
const childrenOf = (pid: number): number[] => {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number) : [];
};

test("a clock that is an hour ahead: its worker refuses, and takes nothing from a living one", async () => {
  const study = await prepared("clock");
  const real = await files();
  const ahead = await machineWith({
    files: {
      stat: async (file) => {
        const state = await real.stat(file);
        return state && { ...state, modified: state.modified - 3_600_000 };
      },
    },
  });
  const [error] = await Promise.all([failure(workOn(ahead, study)), work(study)]);
  expect([error.kind, error.exitCode]).toEqual(["MachineError", 75]);
  expect(error.message).toMatch(/^the clock of .+ is 3600 s ahead of that of the disk$/);
  await expectSameAsLocal(study);
});

test("a full disk: the worker leaves with the code of a machine at fault, and another one goes on", async () => {
  for (const room of [0, 9]) {
    const study = await prepared(`full ${room}`);
    const real = await files();
    let writes = 0;
    const full = (file: string): boolean => file.startsWith(study) && ++writes > room;
    const refused = (file: string): Promise<never> =>
      Promise.reject(fileError("write", file, Object.assign(new Error("no space"), { code: "ENOSPC" })));
    const small = await machineWith({
      files: {
        writeAtomic: (file, content) => (full(file) ? refused(file) : real.writeAtomic(file, content)),
        append: (file, content) => (full(file) ? refused(file) : real.append(file, content)),
      },
    });
    const error = await failure(workOn(small, study));
    expect([error.kind, error.exitCode]).toEqual(["MachineError", 75]);
    expect(error.message).toContain("the disk is full");
    await work(study);
    await expectSameAsLocal(study);
  }
});

test("two coordinators and two workers at the same time: one table", async () => {
  const study = await prepared("two coordinators");
  const tables = await Promise.all([
    engraft(["compare", "--resume", study, "--json"], { cache: path("cache") }),
    engraft(["compare", "--resume", study, "--json"], { cache: path("cache") }),
    engraft(["work", study], { env: {}, onStart: () => undefined }),
    work(study),
  ]);
  // A coordinator waits for the other at most 20 s.
  for (const { code, err } of tables.slice(0, 3) as { code: number; err: string }[])
    if (code !== 0) expect(err).toContain("another process");
  expect((tables[0] as { code: number }).code * (tables[1] as { code: number }).code).toBe(0);
  await expectSameAsLocal(study);
});

test("a coordinator waits for a training that a worker has, and does not count it as failed", async () => {
  const study = await prepared("waits");
  const real = await files();
  const run = join(study, "runs", "probe-seed-0");
  let resumed: Promise<unknown> | undefined;
  let waits: () => void = () => undefined;
  const waiting = new Promise<void>((done) => {
    waits = done;
  });
  const machine = await machineWith({
    files: {
      withLock: async (file, job, how) => {
        try {
          return await real.withLock(file, job, how);
        } catch (error) {
          if (file === `${run}.work`) waits();
          throw error;
        }
      },
    },
  });
  await real.withLock(`${run}.work`, async () => {
    resumed = resumeComparisonOn(machine, study);
    await Promise.race([waiting, resumed]);
    expect(existsSync(run)).toBe(false);
  });
  expect(((await resumed) as ComparisonResult).failures).toEqual([]);
  await expectSameAsLocal(study);
});

for (const [what, thrown, most] of [
  ["an error of its own", new EngraftError("NumericError", "the loss is not a number"), 1],
  ["an unknown error", new TypeError("undefined is not a function"), 3],
  ["a kill by the system", new EngraftError("RunError", "the training's process ended by SIGKILL"), 3],
] as const)
  test(`a training that ends with ${what} is started ${most} times in all`, async () => {
    const study = await prepared(`poison ${what}`);
    let starts = 0;
    const machine = await machineWith({});
    const { runInChildProcess: train } = machine.platform;
    const poisoned = await machineWith({
      runInChildProcess: async (job) => {
        if (!JSON.stringify(job.input).includes("bitfit-seed")) return train(job);
        starts++;
        throw thrown;
      },
    });
    const errors = await Promise.all([failure(workOn(poisoned, study)), failure(workOn(poisoned, study))]);
    for (const error of errors) expect(error.message).toContain(thrown.message);
    expect(starts).toBe(most);
    expect((await failure(workOn(poisoned, study))).message).toContain(thrown.message);
    const table = await resumeComparisonOn(poisoned, study);
    expect(table.failures.map(({ label, message }) => [label, message])).toEqual([
      ["bitfit", thrown.message],
    ]);
    expect(starts).toBe(most);
    expect((await statusOfStudy(study)).trainings.map(({ state }) => state)).toEqual(["done", "failed"]);
    // Without its record, it is started again.
    rmSync(join(study, "runs", "bitfit-seed-0.failures.jsonl"));
    await work(study);
    await expectSameAsLocal(study);
  });

test("data that change between two trainings are found, whoever trained on them", async () => {
  const own = await tinyData(path("own"), { ant: 20, bee: 20 });
  const study = path("changed");
  const { epochs: _, ...ofProbe } = options;
  await prepareComparison(own, { ...ofProbe, strategies: ["probe"], seeds: 2, out: study });
  await work(study, { index: "0" });
  const machine = await machineWith({});
  const { runInChildProcess: train } = machine.platform;
  const picture = join(own, "ant", "0.png");
  const before = readFileSync(picture);
  // They change after the worker has looked at them, and are put back later.
  const changing = await machineWith({
    runInChildProcess: async (job) => {
      writeFileSync(picture, readFileSync(join(own, "bee", "0.png")));
      return train(job).finally(() => writeFileSync(picture, before));
    },
  });
  await workOn(changing, study);
  const { failures } = (await resume(study)) as ComparisonResult;
  expect(failures.map(({ message }) => message)).toEqual([
    "probe, seed 1, was not trained on the data of the comparison: they changed in between",
  ]);
});

test("a disk on which two processes can have one lock is refused", async () => {
  const study = await prepared("without locks");
  const machine = await machineWith({ files: { withLock: (_path, job) => job() } });
  const error = await failure(workOn(machine, study));
  expect([error.exitCode, error.message]).toEqual([75, `the disk of "${study}" has no locks`]);
  // One worker a training needs none.
  for (const index of ["0", "1"]) await workOn(machine, study, { index });
  await expectSameAsLocal(study);
});

for (const [who, start] of [
  ["a worker", workOn],
  ["a coordinator", resumeComparisonOn],
] as const)
  test(`a study that is removed while ${who} trains is not made anew`, async () => {
    const study = await prepared(`removed from ${who}`);
    const machine = await machineWith({});
    const { runInChildProcess: train } = machine.platform;
    const removing = await machineWith({
      runInChildProcess: async (job) => {
        const value = await train(job);
        rmSync(study, { recursive: true });
        return value;
      },
    });
    const error = await failure(start(removing, study));
    expect(error.message).toBe(`the study "${study}" was moved or removed during the work`);
    expect([error.exitCode, existsSync(study)]).toEqual([75, false]);
  });
