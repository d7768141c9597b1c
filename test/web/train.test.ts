// The built bundle in a real browser: probe and fine-tuning of the bundled base from picture files, and what a tab can
// do to a run.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { demoPictures, type Site, startSite } from "./site.js";
import { openTab, ort, type TabPicture, trainInTab } from "./tab.js";

let browser: Browser;
let open: Site;
let isolated: Site;
beforeAll(async () => {
  [browser, open, isolated] = await Promise.all([
    launchChromium(),
    startSite(),
    startSite({ isolated: true }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([open.close(), isolated.close()]);
});

/** Two classes that are easy to tell apart, since few pictures and steps must do. */
const two = (count: number): readonly TabPicture[] => demoPictures(count, ["none", "stain"]);
const chance = 1 / 5;
/** A fine-tuning of a few steps. */
const short = { ort, strategy: "finetune", epochs: 2, batchSize: 4, augment: "none", threads: 1 } as const;
const warnings = (events: readonly { readonly event: string; readonly code?: string }[]) =>
  events.filter(({ event }) => event === "warning").map(({ code }) => code);

test("a probe learns the demo pictures with threads, on a page that is cross-origin isolated", {
  tags: ["thorough"],
}, async () => {
  const page = await openTab(browser, isolated.url);
  const { run, events, error } = await trainInTab(page, {
    pictures: demoPictures(20),
    options: { ort, strategy: "probe", name: "defects", threads: 2 },
  });
  expect(error).toBeUndefined();
  expect(run!.classes).toEqual(["crack", "groove", "none", "pit", "stain"]);
  expect(run!.test.n).toBe(15);
  // Whole interval above chance.
  expect(run!.test.accuracy_ci95[0]).toBeGreaterThan(chance);
  expect(Object.keys(run!.files).sort()).toEqual([
    "LICENSE",
    "README.md",
    "config.json",
    "engraft.json",
    "onnx/model.onnx",
    "preprocessor_config.json",
  ]);
  expect(events.find((e) => e.event === "start")).toMatchObject({ threads: 2 });
  expect(warnings(events)).toEqual([]);
  // The model answers, from this browser's storage.
  const answer = await page.evaluate(async (url) => {
    const load = new Function("path", "return import(path)") as (
      path: string,
    ) => Promise<typeof import("../../src/web/index.js")>;
    const library = await load("/package/dist/browser/engraft.js");
    const model = await library.load({ run: "defects" }, { ort: "/ort/ort.wasm.min.mjs" });
    if (model.task !== "image-classification") throw new Error(model.task);
    const answers = await model.predict(await (await fetch(url)).blob(), { top: 2 });
    model.close();
    return { answers, runs: (await library.listRuns()).map(({ name, status }) => [name, status]) };
  }, demoPictures(1)[0]!.url);
  expect(answer.runs).toEqual([["defects", "done"]]);
  expect(answer.answers).toHaveLength(2);
  expect(answer.answers[0]!.score).toBeGreaterThanOrEqual(answer.answers[1]!.score);
  await page.close();
});

interface Writable {
  createWritable(): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>;
}
interface Folder {
  values(): AsyncIterable<(Folder | Writable) & { readonly name: string; readonly kind: string }>;
}

/** Returns the report of the run "recordings". */
const reportOf = (page: Page, options: { readonly lang?: "zh" }): Promise<string> =>
  page.evaluate(async (given) => {
    const load = new Function("path", "return import(path)") as (
      path: string,
    ) => Promise<typeof import("../../src/web/index.js")>;
    return (await load("/package/dist/browser/engraft.js")).report("recordings", given);
  }, options);

test("one recording for each class trains in a tab, without a score", { tags: ["thorough"] }, async () => {
  const page = await openTab(browser, open.url);
  const { run, error, events } = await trainInTab(page, {
    pictures: two(6).map((one) => ({ ...one, group: `recording of ${one.label}` })),
    options: { ort, threads: 1, name: "recordings" },
  });
  expect(error).toBeUndefined();
  expect(run!.test).toMatchObject({ n: 0, accuracy: Number.NaN });
  expect(run!.no_score?.message).toContain("each class has one group (recording)");
  expect(warnings(events)).toContain("no_score");
  // Chinese is loaded on demand, by the worker alone.
  const fetched: string[] = [];
  page.context().on("request", (request) => fetched.push(request.url()));
  const isChinese = (url: string) => url.includes("chinese-sentences");
  const english = await reportOf(page, {});
  expect(fetched.filter(isChinese)).toEqual([]);
  expect(english).toContain("each class has one group (recording)");
  const chinese = await reportOf(page, { lang: "zh" });
  expect(fetched.filter(isChinese)).toHaveLength(1);
  for (const words of ["每个类别只有一个组（一次录制）", "训练设置", "准确率", "张训练图片"])
    expect(chinese).toContain(words);
  expect(chinese).not.toMatch(/undefined|function|\[object/);
  await page.close();
});

test("fine-tuning is resumed after the tab was closed, to the same model", {
  tags: ["thorough"],
}, async () => {
  const context = await browser.newContext();
  const first = await openTab(context, open.url);
  const options = { ...short, checkpointSeconds: 0 };
  const cut = { pictures: two(14), options: { ...options, name: "closed" } };
  trainInTab(first, cut).catch(() => undefined);
  // Closed after the first epoch's checkpoint: nothing of the page lives on.
  await first.waitForFunction(
    () =>
      (globalThis as unknown as { seen?: { event: string }[] }).seen?.some((e) => e.event === "checkpoint"),
    undefined,
    { polling: 50 },
  );
  await first.close();

  const second = await openTab(context, open.url);
  const resumed = await trainInTab(second, { resume: "closed", pictures: cut.pictures, options: { ort } });
  expect(resumed.error).toBeUndefined();
  expect(resumed.events.find((e) => e.event === "start")).toMatchObject({ threads: 1 });
  const whole = await trainInTab(second, { pictures: two(14), options: { ...options, name: "whole" } });
  expect(whole.error).toBeUndefined();
  expect(resumed.onnx).toBe(whole.onnx);
  const losses = (events: typeof whole.events) =>
    events.flatMap((e) => (e.event === "epoch" ? [e.validation_loss] : []));
  expect(losses(resumed.events)).toEqual(losses(whole.events));
  expect(losses(whole.events)).toHaveLength(2);
  // What the first run computed of the same pictures was kept: the second reads its features.
  expect(whole.events.some((e) => e.event === "progress" && e.phase === "features")).toBe(false);
  // Two classes: above chance.
  expect(whole.run!.test.accuracy).toBeGreaterThan(0.5);
  // A page that is not isolated has one thread, which was asked for: nothing to warn of.
  expect(warnings(whole.events)).toEqual([]);

  // A finished run gives its result again; its name is taken.
  const again = await trainInTab(second, { resume: "closed", pictures: two(4), options: { ort } });
  expect(again.onnx).toBe(whole.onnx);
  const other = await trainInTab(second, { pictures: two(14), options: { ...short, name: "whole" } });
  expect(other.error).toMatchObject({ kind: "RunError", message: '"/runs/whole" already holds a run' });
  await context.close();
});

test("an abort stops the run with its state saved", { tags: ["thorough"] }, async () => {
  const page = await openTab(browser, open.url);
  const stopped = await trainInTab(page, {
    pictures: two(8),
    options: { ...short, name: "stopped" },
    stopAt: "epoch",
  });
  expect(stopped.error).toMatchObject({ kind: "Interrupted", help: "the state is saved" });
  const runs = await page.evaluate(async () => {
    const load = new Function("path", "return import(path)") as (
      path: string,
    ) => Promise<typeof import("../../src/web/index.js")>;
    const { listRuns, readEvents, removeRun } = await load("/package/dist/browser/engraft.js");
    const before = (await listRuns()).map(({ name, status }) => [name, status]);
    const events = (await readEvents("stopped")).map(({ event }) => event);
    // The tab's storage as the library divides it.
    const find = async (folder: Folder): Promise<Writable | undefined> => {
      for await (const one of folder.values()) {
        if (one.name === "run.json") return one as Writable;
        const found = one.kind === "directory" ? await find(one as Folder) : undefined;
        if (found) return found;
      }
      return undefined;
    };
    const { navigator } = globalThis as unknown as {
      navigator: { storage: { getDirectory(): Promise<Folder> } };
    };
    const manifest = await (await find(await navigator.storage.getDirectory()))!.createWritable();
    await manifest.write("{");
    await manifest.close();
    const [damaged] = await listRuns();
    await removeRun("stopped");
    return { before, events, damaged, after: await listRuns() };
  });
  expect(runs).toMatchObject({ before: [["stopped", "running"]], damaged: { status: "damaged" }, after: [] });
  expect(runs.events).toContain("data");
  await page.close();
});

test("unreadable files are listed and left out; one thread and missing storage give warnings", {
  tags: ["thorough"],
}, async () => {
  // A private window of some browsers has no file system. It is asked for after the worker's module was loaded.
  const worker = `import "${open.url}package/dist/browser/start.js";
    Object.defineProperty(navigator.storage, "getDirectory", { value: () => Promise.reject(new Error("private")) });`;
  const page = await openTab(
    browser,
    open.url,
    `const Plain = Worker;
    const source = new Blob([${JSON.stringify(worker)}], { type: "text/javascript" });
    globalThis.Worker = class extends Plain {
      constructor() {
        super(URL.createObjectURL(source), { type: "module" });
      }
    };`,
  );
  const bad: TabPicture[] = [
    { name: "text.jpg", bytes: [...new TextEncoder().encode("no picture at all")], label: "none" },
    { name: "cut.png", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13], label: "none" },
  ];
  const { run, events, error } = await trainInTab(page, {
    pictures: [...two(12), ...bad],
    options: { ort: `${open.url}ort/ort.wasm.min.mjs`, strategy: "probe", threads: 2 },
  });
  expect(error).toBeUndefined();
  expect(run!.test.n).toBeGreaterThan(0);
  const data = events.find((e) => e.event === "data")!;
  expect(data).toMatchObject({
    skipped: [
      { item: "none/text.jpg", reason: "it is not a picture of a known format" },
      { item: "none/cut.png" },
    ],
  });
  expect(JSON.stringify(data)).toContain("it ends too early or is damaged");
  expect(warnings(events)).toEqual(["storage", "threads"]);
  expect(events.some((e) => e.event === "checkpoint")).toBe(false);
  await page.close();
});

test("what cannot fit into memory is refused before it is allocated, and the tab lives", async () => {
  const page = await openTab(browser, open.url);
  const tooMuch = await trainInTab(page, {
    pictures: two(12),
    options: { ...short, batchSize: 4096, imageSize: 4096 },
  });
  expect(tooMuch.error).toMatchObject({ kind: "OptionError" });
  expect(tooMuch.error!.message).toMatch(/needs at least [\d.]+ GB of memory, there are [\d.]+ GB$/);
  expect(tooMuch.error!.help).toContain("use a smaller base");
  expect(await page.evaluate(() => 1 + 1)).toBe(2);
  await page.close();
});

test("without training options, a tab plans as Node does, with its reasons", {
  tags: ["thorough"],
}, async () => {
  const page = await openTab(browser, isolated.url);
  const { events, error } = await trainInTab(page, {
    pictures: demoPictures(10),
    options: { ort, threads: 1, name: "planned" },
  });
  expect(error).toBeUndefined();
  expect(events.find((e) => e.event === "trainable")).toMatchObject({
    strategy: "probe",
    reasons: [expect.stringContaining("are fewer than 40"), expect.stringContaining("a linear probe")],
  });
  await page.close();
});

test("mistakes are errors with what to do, and none hangs", async () => {
  const page = await openTab(browser, open.url);
  const fails = async (options: object, pictures = two(6)) =>
    (await trainInTab(page, { pictures, options: options as typeof short })).error;
  expect(await fails({})).toMatchObject({
    kind: "OptionError",
    message: "nothing says where onnxruntime-web is",
  });
  expect(await fails({ ort: "/ort/none.mjs" })).toMatchObject({ kind: "NetworkError" });
  expect(await fails({ ort, base: "/nothing/" })).toMatchObject({
    message: `there is no model at ${open.url}nothing/`,
  });
  expect(await fails({ ort, epochs: 0 })).toMatchObject({ kind: "OptionError" });
  expect(await fails({ ort, name: "a/b" })).toMatchObject({ message: '"a/b" is no name for a run' });
  expect(await fails({ ort }, [])).toMatchObject({
    kind: "DataError",
    message: '"rows.jsonl" is empty',
    help: expect.stringContaining("write one object a line"),
  });
  expect(await fails({ ort, base: "vision-mino" })).toMatchObject({
    kind: "OptionError",
    message: 'there is no base called "vision-mino"',
  });
  const one = await fails({ ort }, demoPictures(8, ["none"]));
  expect(one).toMatchObject({ kind: "DataError" });
  await page.close();
});
