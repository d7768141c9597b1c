// The trainings of `npm test`: how they are counted, and that the rows stay within the limit.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { faultsOfDurations, mostUntagged } from "../../scripts/durations.mjs";
import { inFolder } from "../support/pictures.js";
import { mostTrainings, trainingsBeyondRows, trainingsByFile, trainingTests } from "../support/trainings.js";

const root = join(import.meta.dirname, "../..");

test("the rows are of test files, have a reason, and together stay within the limit", () => {
  const rows = Object.entries(trainingTests);
  for (const [file, [most, because]] of rows) {
    expect(file === "shared" || existsSync(join(root, file)), file).toBe(true);
    expect(most, file).toBeGreaterThan(0);
    expect(because.length, file).toBeGreaterThan(10);
  }
  expect(rows.reduce((sum, [, [most]]) => sum + most, 0)).toBeLessThanOrEqual(mostTrainings);
});

test("a file without a row may not train, and a run that two processes note counts once", () => {
  const file = "test/tasks/unknown.test.ts";
  const noted = [
    { file, test: "trains", run: "/runs/a" },
    { file, test: "resumes", run: "/runs/a" },
    { file, run: "/runs/b" },
  ];
  expect(trainingsByFile(noted).get(file)?.size).toBe(2);
  expect(trainingsBeyondRows(noted)).toEqual([
    `${file}: 2 trainings, at most 0`,
    "  trains: /runs/a",
    "  a hook: /runs/b",
  ]);
});

test("a process notes a run with events that gets a checkpoint or a model, and nothing else", () =>
  inFolder(async (folder) => {
    const log = join(folder, "trainings.jsonl");
    writeFileSync(log, "");
    const program = `
      import { mkdirSync, writeFileSync } from "node:fs";
      import { rename } from "node:fs/promises";
      const write = async (run, file) => {
        writeFileSync(file, "");
        await rename(file, \`\${run}/\${file}\`);
      };
      for (const run of ["refused", "begun", "resumed", "solved"]) {
        for (const part of ["state", "model"]) mkdirSync(\`\${run}/\${part}\`, { recursive: true });
        await write(run, "run.json");
        if (run !== "refused") await write(run, "events.jsonl");
      }
      const move = async (path) => { writeFileSync("part", ""); await rename("part", path); };
      await move("refused/state/finetune.safetensors");
      await move("begun/state/seconds.json");
      await move("resumed/state/finetune.safetensors");
      await move("resumed/state/finetune.safetensors");
      await move("solved/model/config.json");`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ENGRAFT_TEST_TRAININGS: log, ENGRAFT_TEST_NAME: "one" },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const noted = readFileSync(log, "utf8").trim().split("\n");
    expect(noted.map((line) => JSON.parse(line))).toEqual([
      { file: process.env.ENGRAFT_TEST_FILE, test: "one", run: "resumed" },
      { file: process.env.ENGRAFT_TEST_FILE, test: "one", run: "solved" },
    ]);
  }));

test("recorded seconds: a file without a row and too many seconds without the tag are named", () => {
  const seconds = { "src/a.test.ts": { untagged: mostUntagged + 1, thorough: 5000 } };
  expect(faultsOfDurations(seconds, ["src/a.test.ts", "test/b.test.ts"])).toEqual([
    "test/b.test.ts has no row: run it with --record",
    expect.stringMatching(/^the tests without the tag thorough take 1001 worker-seconds, at most 1000/),
  ]);
  expect(faultsOfDurations({ "src/a.test.ts": { untagged: 1, thorough: 5000 } }, ["src/a.test.ts"])).toEqual(
    [],
  );
});
