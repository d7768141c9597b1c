// Diagnoses and repeats of a training, moved studies, and machines that are not like the one that prepared the study.
import { cpSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type ComparisonResult,
  diagnose,
  prepareComparison,
  prepareDiagnosis,
  prepareSeeds,
  resume,
  statusOfStudy,
  work,
} from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { workOn } from "../../src/studies/workers/work.js";
import { failure } from "../support/failure.js";
import { tinyData } from "../support/fixtures.js";
import { read, rewrite, setUpStudies } from "../support/shared-studies.js";

const { path, data, options, prepared } = setUpStudies("machines", { strategies: ["probe"], seeds: 2 });

test("workers do the trainings of a diagnosis, and its result is the local one", {
  tags: ["thorough"],
}, async () => {
  const { base, threads } = options;
  const requested = { base, epochs: 1, threads, groups: 2, seeds: 1 };
  const local = await diagnose(data, { ...requested, out: path("local") });
  const study = path("diagnosis");
  expect(await prepareDiagnosis(data, { ...requested, out: study })).toEqual({
    event: "result",
    task: "prepare",
    study,
    trainings: 4,
  });
  const done = await Promise.all([work(study), work(study)]);
  expect(done[0].trained + done[1].trained).toBe(4);
  // The last one is lost, and the next one is damaged: both are trained here.
  const files = readdirSync(join(study, "runs")).sort();
  expect(files).toHaveLength(4);
  rmSync(join(study, "runs", files[3]!));
  writeFileSync(join(study, "runs", files[2]!), '{"right": "0"}');
  expect((await statusOfStudy(study)).trainings.filter(({ state }) => state === "done")).toHaveLength(2);
  const result = await resume(study);
  const same = (all: object) =>
    JSON.stringify(all, (key, value) => (["seconds", "diagnosis", "forecast"].includes(key) ? 0 : value));
  expect(same(result)).toBe(same(local));
});

test("the seeds of a training are a comparison of its strategy on one split", {
  tags: ["thorough"],
}, async () => {
  const study = path("seeds");
  const { strategies: _strategies, ...training } = options;
  const { trainings } = await prepareSeeds(data, { ...training, strategy: "probe", out: study });
  expect(trainings).toBe(2);
  await work(study, { jobs: 2 });
  const table = (await resume(study)) as ComparisonResult;
  expect(table.rows.map(({ label, seeds }) => [label, seeds])).toEqual([["probe", [0, 1]]]);
  expect(table.same_test).toBe(true);
  const alone = await failure(prepareSeeds(data, { ...training, seeds: 1, out: path("one") }));
  expect(alone.message).toBe("a training of one seed cannot be shared");
});

test("a study that moved with its data is found, also half done and by its table", {
  tags: ["thorough"],
}, async () => {
  const before = path("before");
  const its = await tinyData(join(before, "data"), { ant: 20, bee: 20 });
  cpSync(options.base, join(before, "base"), { recursive: true });
  const base = join(before, "base");
  await prepareComparison(its, { ...options, base, out: join(before, "study") });
  await work(join(before, "study"), { index: "0" });
  renameSync(before, path("after"));
  const study = path("after", "study");
  expect(await work(study)).toMatchObject({ trained: 1, done: 2 });
  const table = (await resume(study)) as ComparisonResult;
  expect(table.runs.every(({ model_bytes }) => model_bytes > 0)).toBe(true);
  expect(table.data).toBe(path("after", "data"));
});

test("another version of Engraft or of the runtime is refused, with what to install", async () => {
  const study = await prepared("versions");
  const file = join(study, "comparison.json");
  const now = read(file).versions;
  expect(Object.keys(now)).toEqual(["engraft", "onnxruntime-node"]);
  rewrite(file, (manifest) => {
    manifest.versions = { ...now, engraft: "0.0.1" };
  });
  const older = await failure(work(study));
  expect(older.exitCode).toBe(75);
  expect(older.message).toBe(
    `the study was prepared with engraft 0.0.1, and this machine has engraft ${now.engraft}`,
  );
  expect(older.help).toBe("npm install engraft@0.0.1");
  rewrite(file, (manifest) => {
    manifest.format = 99;
  });
  const newer = await failure(work(study));
  expect(newer.exitCode).toBe(75);
  expect(newer.message).toBe("this version of Engraft does not know format 99 of comparison.json");
  expect(newer.help).toBe("update Engraft: npm install engraft@latest");
});

test("a base or data that are missing or differ here are the machine's fault", async () => {
  const moved = path("base-of-one");
  cpSync(options.base, moved, { recursive: true });
  const study = await prepared("elsewhere", { base: moved });
  const other = await tinyData(path("other"), { ant: 20, bee: 21 });
  const changed = await failure(work(study, { data: other }));
  expect([changed.exitCode, changed.message]).toEqual([
    75,
    "the data changed since the comparison was started",
  ]);
  rmSync(moved, { recursive: true });
  const missing = await failure(work(study));
  expect([missing.exitCode, missing.message]).toEqual([75, `there is no file or folder ${moved}`]);
});

test("a machine without the memory for a training leaves it to others", { tags: ["thorough"] }, async () => {
  const study = await prepared("memory");
  const machine = await openMachine();
  const { platform } = machine;
  const error = await failure(
    workOn(
      {
        ...machine,
        platform: {
          ...platform,
          runInChildProcess: async (child) =>
            platform.runInChildProcess!({ ...child, input: { ...(child.input as object), jobs: 1e6 } }),
        },
      },
      study,
      { jobs: 2 },
    ),
  );
  expect(error.exitCode).toBe(75);
  expect(error.message).toMatch(/^this machine is too small for a training: .+ memory, there are /);
  expect(error.help).toBe(
    "give fewer --jobs, which share the memory, or start the worker on a larger machine",
  );
  expect((await statusOfStudy(study)).trainings.every(({ state }) => state !== "failed")).toBe(true);
});
