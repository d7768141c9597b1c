// Studies that several workers share: their table, a killed worker, a training that fails, and a machine at fault.
// @module-tag thorough
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  type ComparisonResult,
  compare,
  type EngraftEvent,
  prepareComparison,
  prepareCurve,
  resume,
  statusOfStudy,
  work,
} from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { workOn } from "../../src/studies/workers/work.js";
import { failure } from "../support/failure.js";
import { engraft, modelBytes, tinyData } from "../support/fixtures.js";
import { once } from "../support/moments.js";
import { rewrite, runsOf, setUpStudies } from "../support/shared-studies.js";

const { path, data, options, prepared } = setUpStudies("work", {
  ...{ epochs: 1, strategies: ["probe", "bitfit"], seeds: 2 },
});
/** The same comparison without workers. */
let local: ComparisonResult;

beforeAll(async () => {
  local = await compare(data, { ...options, out: path("local") });
});

/** What a table says besides paths, seconds and memory. */
const comparable = (result: ComparisonResult): unknown =>
  JSON.parse(
    JSON.stringify(result, (key, value) =>
      ["seconds", "peak_rss_mb", "comparison", "run", "model", "command", "test_looks"].includes(key)
        ? undefined
        : value,
    ),
  );

/** Checks that a study has what the local comparison has, bit by bit, and nothing left over. */
async function expectSameAsLocal(study: string): Promise<void> {
  const table = (await resume(study)) as ComparisonResult;
  expect(comparable(table)).toEqual(comparable(local));
  for (const [i, { run }] of table.runs.entries())
    expect(modelBytes(run).equals(modelBytes(local.runs[i]!.run))).toBe(true);
  expect(runsOf(study)).toEqual(["bitfit-seed-0", "bitfit-seed-1", "probe-seed-0", "probe-seed-1"]);
}

test("two trainings at once give the table of one after the other", async () => {
  const events: EngraftEvent[] = [];
  const table = await compare(data, {
    ...options,
    jobs: 2,
    out: path("at-once"),
    onEvent: (event) => events.push(event),
  });
  expect(comparable(table)).toEqual(comparable(local));
  const runs = events.filter((event) => event.event === "run");
  expect(runs.slice(0, 2).map(({ state }) => state)).toEqual(["started", "started"]);
  // The table's order, whatever ended first.
  expect(runs.filter(({ state }) => state === "done").map(({ number }) => number)).toEqual([1, 2, 3, 4]);
});

test("workers do a prepared study, each training once, and the table is the local one", async () => {
  const study = path("shared");
  const prepared = await prepareComparison(data, { ...options, out: study });
  expect(prepared).toEqual({ event: "result", task: "prepare", study, trainings: 4 });
  expect((await statusOfStudy(study)).trainings.map(({ state }) => state)).toEqual(Array(4).fill("open"));
  const results = await Promise.all([work(study), work(study)]);
  expect(results.map(({ done, of }) => [done, of])).toEqual([
    [4, 4],
    [4, 4],
  ]);
  expect(results[0].trained + results[1].trained).toBe(4);
  const { trainings, open } = await statusOfStudy(study);
  expect(open).toBe(0);
  expect(trainings.map(({ label, seed, state }) => `${label} ${seed} ${state}`)).toEqual([
    "probe 0 done",
    "bitfit 0 done",
    "probe 1 done",
    "bitfit 1 done",
  ]);
  expect((await work(study)).trained).toBe(0);
  await expectSameAsLocal(study);
});

test("what a killed worker left is continued by the next one", async () => {
  const study = await prepared("killed");
  const killed = await engraft(["work", study, "--index", "1", "--json"], {
    onLine: once({ event: "trainable" }, (child) => child.kill("SIGKILL")),
  });
  expect(killed.code).not.toBe(0);
  expect((await statusOfStudy(study)).trainings[1]).toMatchObject({ label: "bitfit" });
  expect((await work(study, { jobs: 2 })).trained).toBe(4);
  await expectSameAsLocal(study);
});

test("a learning curve is shared too", async () => {
  const study = path("curve");
  const { base, epochs, threads } = options;
  const prepared = await prepareCurve(data, { base, epochs, threads, sizes: [8, 16], seeds: 1, out: study });
  expect(prepared.trainings).toBe(2);
  const stop = new AbortController();
  const onEvent = (event: EngraftEvent) => {
    if (event.event === "run" && event.state === "done") stop.abort();
  };
  // Stopped when its last training has a result: nothing is left.
  expect(await work(study, { index: "0", signal: stop.signal, onEvent })).toMatchObject({
    trained: 1,
    of: 1,
  });
  expect((await statusOfStudy(study)).open).toBe(1);
  await work(study);
  expect(await resume(study)).toMatchObject({ task: "learning-curve", sizes: [{ size: 8 }, { size: 16 }] });
});

test("a training that fails on every machine is started once, and the others are done", async () => {
  const study = await prepared("poison");
  rewrite(join(study, "comparison.json"), ({ entries }) => {
    (entries as { option?: object }[])[1]!.option = { layers: 3 };
  });
  const first = await failure(work(study));
  expect(first.exitCode).toBe(2);
  expect(first.message).toMatch(/^bitfit, seed [01], on .+: strategy "bitfit" has no option layers$/);
  const attempts = () =>
    readFileSync(join(study, "runs/bitfit-seed-0.failures.jsonl"), "utf8").trim().split("\n");
  expect(attempts()).toHaveLength(1);
  expect((await failure(work(study))).exitCode).toBe(2);
  expect(attempts()).toHaveLength(1);
  const { trainings } = await statusOfStudy(study);
  expect(trainings.map(({ state }) => state)).toEqual(["done", "failed", "done", "failed"]);
});

test("a machine that cannot do the work says so, and leaves it to others", async () => {
  const study = await prepared("machine");
  const machine = await openMachine();
  const elsewhere = await failure(work(study, { data: path("nowhere") }));
  expect(elsewhere).toMatchObject({
    ...{ kind: "MachineError", exitCode: 75, at: `${study}/comparison.json` },
    message: expect.stringContaining(`"${path("nowhere")}"`),
    help: expect.stringContaining("--data"),
  });
  // A clock that is an hour ahead of the disk's.
  const hour = 3_600_000;
  const files = { ...machine.platform.files };
  const late: typeof files.stat = async (file) => {
    const state = await machine.platform.files.stat(file);
    return state && { ...state, modified: state.modified - hour };
  };
  const ahead = { ...machine, platform: { ...machine.platform, files: { ...files, stat: late } } };
  const clock = await failure(workOn(ahead, study));
  expect(clock).toMatchObject({
    ...{ kind: "MachineError", exitCode: 75 },
    message: expect.stringMatching(/^the clock of .+ is 3600 s ahead /),
  });
  expect(existsSync(join(study, "runs"))).toBe(false);
  expect(readdirSync(study)).toEqual(["comparison.json"]);
});

test("data that changed since the preparation are refused", async () => {
  const study = await prepared("changed");
  const other = await tinyData(path("other"), { ant: 20, bee: 21 });
  const error = await failure(work(study, { data: other }));
  expect(error.message).toBe("the data changed since the comparison was started");
  // Another machine may have the data of the study.
  expect(error.exitCode).toBe(75);
});

test("wrong requests are refused in a sentence", async () => {
  const study = path("shared");
  expect(await failure(work(path("data")))).toMatchObject({
    kind: "RunError",
    message: expect.stringContaining(`"${path("data")}"`),
  });
  expect((await failure(work(study, { index: "4" }))).message).toBe(
    'index is "4", and the study has 4 trainings',
  );
  expect((await failure(work(study, { index: "3-1" }))).help).toBe(
    "give one from 0 to 3, or a part like 0-3",
  );
  expect((await failure(work(study, { jobs: 0 }))).message).toBe("jobs is 0");
});
