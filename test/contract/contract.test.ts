// The pipeline trains a task that the product does not have: test/contract/sensor-task.ts defines it.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CustomResultEvent, EngraftEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import { fromOnnx } from "../../src/graph/index.js";
import type { TrainOptions } from "../../src/options/options.js";
import { type Machine, openMachine } from "../../src/run/machine.js";
import { resumeRun } from "../../src/run/resume-run.js";
import { startRun } from "../../src/run/start-run.js";
import { firstOutput } from "../../src/runtime/first-output.js";
import { openSession } from "../../src/runtime/open.js";
import { channels, levels, levelsOf, openSeries, time, trainSensors } from "./sensor-task.js";

const root = mkdtempSync(join(tmpdir(), "engraft-contract-"));
const path = (...parts: string[]): string => join(root, ...parts);
const data = path("series.csv");
let machine: Machine;
/** A run that nobody disturbed, with its events. */
let undisturbed: CustomResultEvent;
const events: EngraftEvent[] = [];

/** The level is how strongly both channels swing; one of twelve answers is off by one. */
function writeSeries(file: string, seed: number): void {
  const lines = Array.from({ length: 240 }, (_, i) => {
    const draw = draws(seed, "series", i);
    const phase = 6 * draw.uniform();
    const values = Array.from(
      { length: channels * time },
      (_, t) => ((i % 3) + 0.5) * Math.sin(t + phase) + 0.3 * draw.normal(),
    );
    const level = draw.chance(1 / 12) ? 1 : i % 3;
    return [levels[level], ...values.map((v) => v.toFixed(3))].join(",");
  });
  writeFileSync(file, `${lines.join("\n")}\n`);
}

const begin = (out: string, options: TrainOptions = {}): Promise<CustomResultEvent> =>
  startRun(machine, data, { threads: 1, out: path(out), ...options }, trainSensors);

const goOn = (run: string, more: Pick<TrainOptions, "onEvent"> = {}): Promise<CustomResultEvent> =>
  resumeRun<CustomResultEvent>(machine.platform, path(run), {
    check: () => undefined,
    resultIn: ({ result }) =>
      result?.event === "result" && result.task === "custom-sensor-levels" ? result : undefined,
    execute: (folder) =>
      trainSensors(machine, folder, {
        ...folder.manifest.options,
        threads: folder.manifest.threads,
        ...more,
      }),
  });

const modelOf = (run: string): Buffer => readFileSync(path(run, "model/model.onnx"));
const accuracyOf = ({ test }: CustomResultEvent): number =>
  test.scores.values.reduce((sum, right) => sum + right, 0) / test.n;
/** Results without times, memory and places. */
const lasting = ({ test, validation, baselines, verdict, epochs, best_epoch, by_seed }: CustomResultEvent) =>
  JSON.parse(
    JSON.stringify({ test, validation, baselines, verdict, epochs, best_epoch, by_seed }, (key, value) =>
      key === "seconds" || key === "words" ? undefined : value,
    ),
  );

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  machine = await openMachine();
  writeSeries(data, 1);
  undisturbed = await begin("undisturbed", { baselines: true, seeds: 2, onEvent: (e) => events.push(e) });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a task of at most 150 lines, besides its imports, is trained, and learns", () => {
  const lines = readFileSync(new URL("sensor-task.ts", import.meta.url), "utf8")
    .split("\n")
    .slice(0, -1);
  expect(lines.filter((line) => !line.startsWith("import ")).length).toBeLessThanOrEqual(150);
  expect(undisturbed.test.n).toBe(60);
  expect(accuracyOf(undisturbed)).toBeGreaterThan(0.7);
  const kinds = new Set(events.map(({ event }) => event));
  expect([...kinds]).toEqual(
    expect.arrayContaining(["start", "trainable", "forecast", "epoch", "seed", "result"]),
  );
});

test("a verdict compares the network with the baseline, over all seeds", () => {
  const { verdict, by_seed, baselines } = undisturbed;
  expect(Object.keys(baselines ?? {})).toEqual(["majority"]);
  expect(verdict).toMatchObject({
    against: "always the most frequent class",
    seeds: 2,
    transfer: "inconclusive",
  });
  expect(verdict?.gain).toBeGreaterThan(0.2);
  expect(by_seed?.runs.map(({ seed }) => seed)).toEqual([0, 1]);
});

test("a run that is stopped, and one that is killed, end with the bits of one that nobody disturbed", async () => {
  const stop = new AbortController();
  let copied = false;
  const stopped = begin("stopped", {
    ...{ baselines: true, seeds: 2, checkpointSeconds: 0, signal: stop.signal },
    onEvent: (event) => {
      // What lies on the disk at a checkpoint is what a killed process leaves.
      if (event.event === "checkpoint" && !copied) {
        cpSync(path("stopped"), path("killed"), { recursive: true });
        copied = true;
      }
      if (event.event === "epoch" && event.epoch === 4) stop.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ kind: "Interrupted" });
  for (const run of ["stopped", "killed"]) {
    const again: EngraftEvent[] = [];
    const result = await goOn(run, { onEvent: (e) => again.push(e) });
    expect(modelOf(run).equals(modelOf("undisturbed")), run).toBe(true);
    expect(lasting(result), run).toEqual(lasting(undisturbed));
  }
  const done = await goOn("killed");
  expect(lasting(done)).toEqual(lasting(undisturbed));
});

test("the saved model answers as the run scored it", async () => {
  const { items } = await openSeries(machine.platform, data);
  const held = items.filter(({ part }) => part === "test");
  const lines = readFileSync(data, "utf8").trim().split("\n");
  const values = held.flatMap(({ id }) => lines[Number(id.slice(5)) - 1]!.split(",").slice(1).map(Number));
  const runtime = await machine.openRuntime(1);
  try {
    const { graph } = fromOnnx(modelOf("undisturbed"));
    const session = await openSession(runtime, graph, { label: "the saved model" });
    const dims = [held.length, channels, time];
    const scores = await firstOutput(session, { dtype: "float32", dims, data: Float32Array.from(values) });
    await session.dispose();
    const right = levelsOf(scores).map((level, i) => Number(level === held[i]!.label));
    expect(right).toEqual(undisturbed.test.scores.values);
  } finally {
    await runtime.close();
  }
});

test("a run that starts from another one's weights is compared with training from scratch, and --safe chooses", async () => {
  const initFrom = path("undisturbed/model/model.onnx");
  const result = await begin("safe", { initFrom, safe: true, scratchSteps: 60, epochs: 3 });
  expect(Object.keys(result.baselines ?? {})).toEqual(["majority", "scratch"]);
  expect(result.safe?.words).toMatch(/^Kept: (transfer|from scratch), .* validation series/);
  expect(result.verdict).toMatchObject({ seeds: 1 });
});

test("a budget decides the length of the training", async () => {
  const result = await begin("budget", { budget: 6, epochs: 5000 });
  expect(result.epochs).toBeGreaterThan(0);
  // All epochs would take minutes. A machine with other work on it takes longer than it was measured to.
  expect(result.seconds.total).toBeLessThan(60);
});
