// The task of sensor-task.ts in a real browser: a worker of the page's own knows it.
// @module-tag thorough
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trainOn } from "../../src/api/train.js";
import { withTasks } from "../../src/api/with-tasks.js";
import type { CustomResultEvent } from "../../src/core/events/events.js";
import { draws } from "../../src/core/random.js";
import { openMachine } from "../../src/run/machine.js";
import type * as Web from "../../src/web/index.js";
import { launchChromium } from "../support/chromium.js";
import { startSite } from "../web/site.js";
import { openTab, ort } from "../web/tab.js";
import { channels, levels, sensors, time } from "./sensor-task.js";
import { sensorWorker } from "./sensor-worker.js";

/** The level is how strongly both channels swing. */
const series = Array.from({ length: 120 }, (_, i) => {
  const draw = draws(7, "series", i);
  const phase = 6 * draw.uniform();
  const values = Array.from({ length: channels * time }, (_, t) => ((i % 3) + 0.5) * Math.sin(t + phase));
  return [levels[i % 3], ...values.map((v) => v.toFixed(3))].join(",");
}).join("\n");

test("a tab trains a task of the page's own, predicts and explains with it, as Node does", async () => {
  const folder = mkdtempSync(join(tmpdir(), "engraft-own-task-"));
  const data = join(folder, "series.csv");
  writeFileSync(data, series);
  const options = { epochs: 4, seed: 1, threads: 1 };
  const machine = withTasks(await openMachine(), sensors);
  const node = (await trainOn(machine, data, { ...options, out: join(folder, "run") })) as CustomResultEvent;
  rmSync(folder, { recursive: true });

  const [browser, site] = await Promise.all([
    launchChromium(),
    startSite({ files: { "/worker.js": await sensorWorker() } }),
  ]);
  const page = await openTab(browser, site.url);
  const asked = { values: series.split("\n")[0]!.split(",").slice(1).map(Number) };
  const tab = await page.evaluate(
    async ({ content, options, ort, asked }) => {
      const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
      const engraft = await load("/package/dist/browser/engraft.js");
      const scope = globalThis as unknown as { Worker: new (url: string, how: object) => Web.WorkerLike };
      const setup = { ort, worker: () => new scope.Worker("/worker.js", { type: "module" }) };
      const run = await engraft.train({ path: "series.csv", content }, { ...options, ...setup, name: "own" });
      const model = (await engraft.load({ run: "own" }, setup)) as unknown as {
        predict(inputs: readonly object[]): Promise<unknown[]>;
        close(): void;
      };
      const predicted = await model.predict([asked]);
      model.close();
      const explained = [];
      for await (const one of engraft.explain({ run: "own" }, [asked], setup)) explained.push(one.method);
      return { run: run as unknown, predicted, explained };
    },
    { content: series, options, ort, asked },
  );
  await browser.close();
  await site.close();
  const run = tab.run as CustomResultEvent;
  expect(run.task).toBe(sensors.name);
  expect(run.test.scores).toEqual(node.test.scores);
  // Float32 in another order: 1e-5 after so few steps.
  expect(run.validation.loss).toBeCloseTo(node.validation.loss, 3);
  expect(tab.predicted).toHaveLength(1);
  expect(tab.explained).toHaveLength(1);
});
