// Every task in one page of a real browser, with one worker: the model of Node predicts and scores as in Node, and the model that the page
// trains in a few steps predicts the same in Node.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { isTaskWith, type Task, tasks } from "../../src/core/results/task.js";
import { evaluate, load, type ResultOf, type TrainOptions } from "../../src/index.js";
import type * as Web from "../../src/web/index.js";
import { type TaskRow, type ToyTask, tasks as toyTasks } from "../characterisation/tasks.js";
import { launchChromium } from "../support/chromium.js";
import { side } from "../support/dense-data.js";
import { sharedToys, type ToyRun, toyRun } from "../support/shared-runs.js";
import { memberOf } from "../tasks/conformance-members.js";
import { expectClose } from "./expect-close.js";
import {
  addFetching,
  dataFiles,
  type FetchingScope,
  filesIn,
  siteFile,
  startSharedSite,
} from "./shared-files.js";
import type { Site } from "./site.js";
import { openTab, ort } from "./tab.js";

let folder: string;
let browser: Browser;
let site: Site;
let page: Page;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-every-task-in-tab-"));
  [browser, site] = await Promise.all([
    // Many short runs: the worker compiles the runtime quickly instead of well.
    launchChromium("--js-flags=--liftoff-only"),
    startSharedSite(),
  ]);
  page = await openTab(browser, site.url);
  await page.evaluate(addFetching);
  await page.evaluate(connectInPage, ort);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the page keeps: one worker, whose runtime is compiled once. */
interface Scope extends FetchingScope {
  connection: Web.Connection;
}

/** Runs in the browser: nothing of this file is there. */
async function connectInPage(ort: string): Promise<void> {
  const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
  const { connect } = await load("/package/dist/browser/engraft.js");
  Object.assign(globalThis, { connection: connect({ ort, threads: 1 }) });
}

/** Returns a value as JSON holds it: the shared result was written as JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const inTab: readonly Task[] = tasks.filter((task) => !isTaskWith(task, { input: "several" }));

describe.each(inTab)("%s", (task) => {
  const { toy, samples, predictOptions } = memberOf(task);
  const row: TaskRow = toyTasks[toy as ToyTask];
  let run: ToyRun;
  let shared: ResultOf;
  let inputs: readonly unknown[];
  let given: readonly unknown[];
  beforeAll(async () => {
    run = await toyRun(toy);
    shared = run.result as ResultOf;
    inputs = (await samples(run.data)).slice(0, 3).map(({ input }) => input);
    given = inputs.map((input) => (typeof input === "string" && existsSync(input) ? siteFile(input) : input));
  });

  /** Returns predictions of a model folder in Node. */
  async function predictedInNode(model: string): Promise<unknown> {
    const opened = await load(model, { threads: 1 });
    const predict = opened.predict as (inputs: readonly unknown[], options?: object) => Promise<unknown>;
    return predict(inputs, predictOptions).finally(() => opened.close());
  }

  test("the model of Node predicts and scores in a tab as in Node", async () => {
    const tab = await page.evaluate(
      async ({ model, data, given, options }) => {
        const { connection, filesOf, inputsOf } = globalThis as unknown as Scope;
        const source = { files: await filesOf(model) };
        const opened = await connection.load(source);
        const predict = opened.predict as (inputs: readonly unknown[], options?: object) => Promise<unknown>;
        const predicted = await predict(await inputsOf(given), options);
        await opened.close();
        const { scored, test } = await connection.evaluate(source, await filesOf(data));
        return { task: opened.task, predicted, scored, test: test as unknown };
      },
      { model: filesIn(shared.model), data: dataFiles(run.data), given, options: predictOptions },
    );
    expect(tab.task).toBe(task);
    expectClose(tab.predicted, await predictedInNode(shared.model), "predicted");
    if (tab.scored.includes("own test part")) expectClose(plain(tab.test), shared.test, "test");
    else {
      // Without the files of its run, a model of a table does not know its test rows.
      const alone = join(folder, `${task}-alone`);
      cpSync(shared.model, alone, { recursive: true });
      const inNode = await evaluate(alone, run.data, { threads: 1 });
      expect(tab.scored).toBe(inNode.scored);
      // One of these rows has the residual that bounds the intervals: rounding decides on which side it is.
      const metricOf = (test: unknown): unknown => (test as { readonly metric: unknown }).metric;
      expectClose(metricOf(tab.test), metricOf(inNode.test), "metric");
    }
  });

  test("a few steps in a tab move the weights, and the model that they give predicts the same in Node", async () => {
    const base = row.base && filesIn(await sharedToys()(row.base));
    // If the shared run of the task is a fine-tuning, the tab repeats it.
    const repeats = row.shared === "finetune";
    const options: TrainOptions = {
      ...{ strategy: row.strategy ?? "finetune", epochs: 2, option: { keep: "last" } },
      ...{ cache: false, explain: false, baselines: false },
      ...("table" in shared && { target: shared.table?.target.join() }),
      // One batch in each epoch.
      ...(!repeats && { batchSize: 64 }),
      ...(base && row.data.startsWith("shape") && { imageSize: side }),
    };
    const tab = await page.evaluate(
      async ({ base, data, given, options, predictOptions, name }) => {
        const { connection, filesOf, inputsOf } = globalThis as unknown as Scope;
        const events: EngraftEvent[] = [];
        const { files, report, ...result } = await connection.train(await filesOf(data), {
          ...(options as object),
          ...{ name, onEvent: (event) => events.push(event) },
          ...(base && { base: { name: "base", files: await filesOf(base) } }),
        });
        const model = await connection.load({ run: name });
        const predict = model.predict as (inputs: readonly unknown[], options?: object) => Promise<unknown>;
        const predicted = await predict(await inputsOf(given), predictOptions);
        await model.close();
        const base64 = (bytes: Uint8Array): string => {
          let binary = "";
          for (const byte of bytes) binary += String.fromCharCode(byte);
          return btoa(binary);
        };
        return {
          ...{ events, result: result as unknown, predicted },
          files: files.map(({ path, content }) => [path, base64(content)] as const),
        };
      },
      { base, data: dataFiles(run.data), given, options: options as object, predictOptions, name: task },
    );
    const result = tab.result as ResultOf;
    expect(result.task).toBe(task);
    expect(result.split).toEqual(shared.split);
    for (const event of ["start", "data", "trainable", "forecast", "result"])
      expect(tab.events.map((one) => one.event)).toContain(event);
    const epochs = tab.events.filter((one) => one.event === "epoch");
    const losses = epochs.map(({ train_loss }) => train_loss);
    expect(losses).toHaveLength(2);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses[1]).not.toBe(losses[0]);
    if (repeats) {
      const lines = readFileSync(join(run.out, "events.jsonl"), "utf8").trim().split("\n");
      const inNode = lines
        .map((line) => JSON.parse(line) as EngraftEvent)
        .filter((one) => one.event === "epoch");
      const lossesOf = (all: typeof epochs) => all.map((one) => [one.train_loss, one.validation_loss]);
      expectClose(lossesOf(epochs), lossesOf(inNode), "losses");
      expectClose(plain(result.test), shared.test, "test");
    }
    const model = join(folder, task);
    for (const [path, content] of tab.files) {
      mkdirSync(dirname(join(model, path)), { recursive: true });
      writeFileSync(join(model, path), Buffer.from(content, "base64"));
    }
    expect(tab.predicted).toHaveLength(given.length);
    expectClose(tab.predicted, await predictedInNode(model), "predicted");
  });
});
