// The report of a run that is not done, or whose folder is damaged.

import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { EngraftEvent, EpochEvent, ProgressEvent } from "../../src/core/events/events.js";
import { epochValidation } from "../../src/core/results/metric.js";
import { type EngraftError, report } from "../../src/index.js";
import { engraft } from "../support/fixtures.js";
import { exampleReport } from "../support/report-data.js";

const root = mkdtempSync(join(tmpdir(), "engraft-follow-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const example = exampleReport();

/** A run folder as another process keeps it: nothing but its files. */
function runFolder(name: string, events: readonly EngraftEvent[] = []) {
  const path = join(root, name);
  mkdirSync(path);
  const manifest = (fields: object) =>
    writeFileSync(
      join(path, "run.json"),
      JSON.stringify({
        format: 2,
        status: "running",
        command: "engraft train flowers",
        data: join(root, "flowers"),
        options: {},
        started: "2026-01-31T10:00:00.000Z",
        versions: { node: "22.0.0" },
        machine: "a machine",
        threads: 2,
        ...fields,
      }),
    );
  manifest({});
  const say = (...all: readonly (EngraftEvent | string)[]) =>
    appendFileSync(
      join(path, "events.jsonl"),
      all.map((e) => `${typeof e === "string" ? e : JSON.stringify(e)}\n`).join(""),
    );
  say(...events);
  return { path, manifest, say };
}

const epoch = (n: number, stage = "finetune"): EpochEvent => ({
  event: "epoch",
  stage,
  epoch: n,
  of: 5,
  train_loss: 1 / n,
  ...epochValidation("accuracy", { score: 1 - 0.5 / n, loss: 1.2 / n }),
  rate: 0.001,
  seconds: 2,
  best: true,
});
const step = (done: number): ProgressEvent => ({
  event: "progress",
  phase: "training",
  done,
  total: 50,
  unit: "steps",
  seconds_left: 50 - done,
  stage: "finetune",
  per_second: 42,
  items: "pictures",
  loss: 2 / done,
  terms: { classification: 1.5 / done, "starting point": 0.5 / done },
  rate: 0.0005,
  rss_mb: 512,
});
const steps = [5, 10, 15, 20].map(step);

const refusal = (path: string): Promise<string> =>
  report(path).then(
    () => "nothing was wrong",
    (error: EngraftError) => error.format().replaceAll(root, "ROOT"),
  );

test("what is no run is named: nothing there, a file, an empty folder, a damaged manifest or result", async () => {
  const help = "\n  help: give the folder that the run printed (runs/…)";
  expect(await refusal(join(root, "gone"))).toBe(`RunError: there is no run folder at "ROOT/gone"${help}`);
  writeFileSync(join(root, "file"), "");
  expect(await refusal(join(root, "file"))).toBe(`RunError: "ROOT/file" is a file, a run is a folder${help}`);
  mkdirSync(join(root, "empty"));
  expect(await refusal(join(root, "empty"))).toBe(
    `RunError: "ROOT/empty" is not a run folder: it has no run.json${help}`,
  );
  const run = runFolder("damaged", steps);
  run.manifest({ status: "done" });
  expect(await refusal(run.path)).toBe(
    "RunError: the run's result is damaged: run.json says that it is done, and has no result\n  at ROOT/damaged/run.json\n  help: resume the run from a copy that is whole, or train again",
  );
  run.manifest({ status: "done", result: { ...example.result, test: { worst: [] } } });
  expect(await refusal(run.path)).toMatch(/^RunError: the run's result is damaged: /);
  run.manifest({ format: 9 });
  await expect(report(run.path)).rejects.toMatchObject({ details: { newer: "format 9 of run.json" } });
});

test("broken lines of a record are skipped and counted; a run without events has a report too", async () => {
  const run = runFolder("broken", [epoch(1)]);
  run.say('{"event":"epo', "null", '{"event":"epoch","stage":5}', epoch(2), ...steps, {
    event: "error",
    kind: "Interrupted",
    message: "stopped",
    exit: 130,
  });
  const told = await report(run.path);
  expect(told).toMatchObject({ status: "stopped", events: 7, broken: 3 });
  const page = readFileSync(told.report, "utf8").replaceAll("\u00a0", " ");
  expect(page).toContain("3 lines of events.jsonl cannot be read and are left out");
  expect(page).toContain("Resume it with: engraft train --resume ./broken");
  expect(page).toContain('id="plot-step-rate"');
  expect(await report(runFolder("silent").path)).toMatchObject({ events: 0, broken: 0 });
});

test("the command says the same, in words and as JSON", async () => {
  const run = runFolder("command", [
    epoch(1),
    { event: "error", kind: "Interrupted", message: "", exit: 130 },
  ]);
  const how = { cache: join(root, "cache") };
  const ran = await engraft(["report", run.path, "--json"], how);
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.events).toEqual([
    {
      event: "result",
      run: run.path,
      report: join(run.path, "report.html"),
      status: "stopped",
      events: 2,
      broken: 0,
    },
  ]);
  expect((await engraft(["report", join(root, "gone")], how)).code).toBe(2);
});
