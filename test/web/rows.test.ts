// Rows in a tab, from training to report. The tab is closed in the middle of the training, and another tab resumes it.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngraftEvent } from "../../src/core/events/events.js";
import type * as Web from "../../src/web/index.js";
import { launchChromium } from "../support/chromium.js";
import { type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium("--js-flags=--liftoff-only"), startSite()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const houses = Array.from({ length: 80 }, (_, i) => {
  const [area, place] = [30 + ((37 * i) % 101), i % 3 === 0 ? "town" : "country"];
  return { area, place, price: 2 * area + (place === "town" ? 90 : 0) };
});
const options = {
  ...{ ort, threads: 1, target: "price", strategy: "full", epochs: 40, checkpointSeconds: 0, cache: false },
  ...{ baselines: false },
} as const satisfies Web.WebTrainOptions;

test("rows are learnt, resumed after the tab was closed, scored, explained, reported and removed", async () => {
  const context = await browser.newContext();
  const first = await openTab(context, site.url);
  const closed = first.evaluate(
    async ({ houses, options }) => {
      const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
      const { train } = await load("/package/dist/browser/engraft.js");
      const onEvent = ({ event }: EngraftEvent): void => {
        if (event === "checkpoint") Object.assign(globalThis, { hasCheckpoint: true });
      };
      await train(houses, { ...options, name: "closed", onEvent });
    },
    { houses, options },
  );
  closed.catch(() => undefined);
  await first.waitForFunction(() => "hasCheckpoint" in globalThis, undefined, { polling: 20 });
  await first.close();

  const page = await openTab(context, site.url);
  const tab = await page.evaluate(
    async ({ houses, options }) => {
      const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
      const engraft = await load("/package/dist/browser/engraft.js");
      const connection = engraft.connect({ ort: options.ort, threads: 1 });
      const before = await connection.listRuns();
      const other = await connection
        .resume("closed", houses.slice(10))
        .catch(({ code, help }: { code: string; help: string }) => ({ code, help }));
      const losses: Record<string, number[]> = { closed: [], whole: [] };
      const watch = (name: string) => (event: EngraftEvent) => {
        if (event.event === "epoch") losses[name]!.push(event.train_loss);
      };
      const resumed = await connection.resume("closed", houses, { onEvent: watch("closed") });
      const { ort: _ort, threads: _threads, ...settings } = options;
      const whole = await connection.train(houses, {
        ...{ ...settings, name: "whole", report: true, onEvent: watch("whole") },
      });
      const taken = await connection
        .train(houses, { ...settings, name: "whole" })
        .catch(({ kind, message }: { kind: string; message: string }) => ({ kind, message }));
      const model = await connection.load({ files: whole.files });
      const rows = [{ area: 80, place: "town" }];
      const predicted = model.task === "tabular-regression" ? await model.predict(rows) : [];
      model.close();
      const { scored, test } = await connection.evaluate({ run: "closed" }, houses);
      const explained = [];
      for await (const one of connection.explain({ run: "closed" }, rows)) explained.push(one);
      const report = await connection.report("closed");
      const chinese = await connection.report("closed", { lang: "zh" });
      const predictions = await connection.readPredictions("closed");
      const events = (await connection.readEvents("closed")).map(({ event }) => event);
      const { columns, task } = await connection.inspectData(houses, { target: "price" });
      await connection.removeRun("whole");
      const after = await connection.listRuns();
      connection.close();
      const onnx = ({ files }: Web.WebTraining): string =>
        (files.find(({ path }) => path === "onnx/model.onnx")!.content as Uint8Array).join(" ");
      const { files, report: pageOfRun, ...result } = whole;
      return {
        ...{
          before,
          other,
          losses,
          taken,
          predicted,
          scored,
          test: test as unknown,
          explained,
          report,
          chinese,
        },
        ...{ predictions, events, columns, task, after, result: result as unknown, pageOfRun },
        isSame: onnx(resumed) === onnx(whole),
        paths: files.map(({ path }) => path).sort(),
      };
    },
    { houses, options },
  );
  await context.close();

  expect(tab.before).toMatchObject([{ name: "closed", status: "running", strategy: "full" }]);
  expect(tab.other).toMatchObject({ code: "other-data", help: expect.stringContaining("removeRun") });
  // The resumed run ends with the losses and the weights of a run that was not closed.
  expect(tab.losses.whole).toHaveLength(options.epochs);
  expect(tab.losses.closed).toEqual(tab.losses.whole);
  expect(tab.isSame).toBe(true);
  expect(tab.taken).toEqual({ kind: "RunError", message: '"/runs/whole" already holds a run' });
  const result = tab.result as Web.ResultOf<"tabular-regression">;
  expect(result.test.r2).toBeGreaterThan(0.5);
  expect(tab.scored).toContain("own test part");
  expect(tab.test).toMatchObject({ n: result.test.n, r2: expect.closeTo(result.test.r2, 6) });
  expect(tab.predicted).toEqual([[expect.objectContaining({ target: "price", value: expect.any(Number) })]]);
  expect(tab.explained[0]!.columns!.map(({ name }) => name).sort()).toEqual(["area", "place"]);
  expect(tab.report).toMatch(/^<!doctype html>/i);
  expect(tab.pageOfRun).toMatch(/^<!doctype html>/i);
  expect(tab.chinese).toContain("训练设置");
  expect(tab.predictions).toHaveLength(result.test.n);
  for (const event of ["data", "checkpoint", "result"]) expect(tab.events).toContain(event);
  expect(tab.task).toBe("tabular-regression");
  expect(tab.columns!.map(({ name, use }) => [name, use])).toContainEqual(["price", "target"]);
  expect(tab.paths).toContain("onnx/model.onnx");
  expect(tab.after).toMatchObject([
    { name: "closed", status: "done", result: { task: "tabular-regression" } },
  ]);
});
