// A live session in a tab: one worker for trainings, models and sessions, and the predictions of Node.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSession, type SessionSample } from "../../src/index.js";
import type { Answer } from "../../src/inference/answer.js";
import type * as Web from "../../src/web/index.js";
import { launchChromium } from "../support/chromium.js";
import { clip } from "../support/sound-data.js";
import { wavOf } from "../support/sound-files.js";
import { demoPictures, type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-tab-session-"));
let browser: Browser;
let site: Site;
let page: Page;

/** Counts the workers that a page starts, and keeps the module where the functions of tests find it. */
const before = `
  const { Worker } = globalThis;
  globalThis.workers = 0;
  globalThis.Worker = class extends Worker { constructor(...how) { super(...how); globalThis.workers++; } };
  globalThis.engraft = () => import("/package/dist/browser/engraft.js");
  globalThis.refusal = (call) => Promise.resolve().then(call).then(
    () => undefined,
    ({ kind, message, help }) => ({ kind, message, help }),
  );`;
interface Scope {
  readonly workers: number;
  engraft(): Promise<typeof Web>;
  refusal(call: () => unknown): Promise<{ kind: string; message: string; help: string } | undefined>;
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = join(folder, "cache");
  [browser, site] = await Promise.all([launchChromium("--js-flags=--liftoff-only"), startSite()]);
  page = await openTab(browser, site.url, before);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

/** Texts of two classes by six readers. */
const reviews = ["book", "film", "play", "song", "game", "trip"].flatMap((thing, i) => [
  { id: `${i} good`, input: `I loved this ${thing}, a great one`, label: "good", group: `${i}` },
  { id: `${i} bad`, input: `a dull ${thing}, a waste of time`, label: "bad", group: `${i}` },
]);
const unseen = ["a great evening", "a waste of paper"];

/** Expects the same classes in the same order, with equal probabilities. */
function expectSame(tab: readonly Answer[], node: readonly Answer[]): void {
  expect(tab.map(({ label }) => label)).toEqual(node.map(({ label }) => label));
  // Wasm and native kernels round differently.
  for (const [i, { score }] of tab.entries()) expect(Math.abs(score - node[i]!.score)).toBeLessThan(1e-4);
}

test("a session in a tab scores and predicts as in Node, and its saved model predicts the same", async () => {
  const session = await openSession("text-mini", { threads: 1 });
  await session.add(reviews);
  const fit = await session.fit();
  const answers = await session.predict(unseen);
  await session.close();
  const tab = await page.evaluate(
    async ({ ort, reviews, unseen }) => {
      const { load, listRuns, openSession, removeRun } = await (globalThis as unknown as Scope).engraft();
      const session = await openSession("text-mini", { ort });
      const { task, base } = session;
      // Without waiting: a fit has the samples of earlier calls.
      const adding = [session.add(reviews.slice(0, 8)), session.add(reviews.slice(8))];
      const fit = await session.fit();
      const added = await Promise.all(adding);
      const answers = await session.predict(unseen);
      const single = await session.predict(unseen[0]!);
      const files = await session.save("reviews");
      await session.close();
      const model = await load({ run: "reviews" }, { ort });
      const loaded = model.task === "text-classification" ? await model.predict(unseen) : [];
      model.close();
      const ofFiles = await load({ files }, { ort });
      const same = ofFiles.task === "text-classification" ? await ofFiles.predict(unseen) : [];
      ofFiles.close();
      const listed = await listRuns();
      await removeRun("reviews");
      const paths = files.map(({ path }) => path);
      return { task, base, added, fit, answers, single, paths, loaded, same, listed, left: await listRuns() };
    },
    { ort, reviews, unseen },
  );
  expect([tab.task, tab.base]).toEqual(["text-classification", "text-mini"]);
  expect(tab.added).toEqual([
    { added: 8, copies: [], contradictions: [] },
    { added: 4, copies: [], contradictions: [] },
  ]);
  expect({ ...tab.fit, predictions: [], seconds: 0 }).toEqual({ ...fit, predictions: [], seconds: 0 });
  for (const [i, { id, answers }] of tab.fit.predictions.entries()) {
    expect(id).toBe(fit.predictions[i]!.id);
    expectSame(answers, fit.predictions[i]!.answers);
  }
  for (const [i, own] of answers.entries()) {
    expectSame(tab.answers[i]!, own);
    expectSame(tab.loaded[i]!, own);
    expectSame(tab.same[i]!, own);
  }
  expectSame(tab.single, answers[0]!);
  expect(tab.paths).toContain("onnx/model.onnx");
  expect(tab.listed).toEqual([
    { name: "reviews", status: "done", strategy: "probe", started: expect.stringMatching(/^20\d\d-/) },
  ]);
  expect(tab.left).toEqual([]);
});

test("one worker trains, loads several models and has several sessions; closing one leaves the others", {
  tags: ["thorough"],
}, async () => {
  const found = await page.evaluate(
    async ({ ort, reviews, unseen }) => {
      const scope = globalThis as unknown as Scope;
      const { connect } = await scope.engraft();
      const begin = scope.workers;
      const connection = connect({ ort });
      const rows = reviews.map(({ input, label }) => ({ text: input, label }));
      const [training, first] = await Promise.all([
        connection.train(rows, {
          base: "text-mini",
          strategy: "probe",
          name: "trained",
          task: "text-classification",
        }),
        // A session opens and predicts while the run trains.
        connection.openSession("text-mini"),
      ]);
      const second = await connection.openSession({ run: "trained" });
      const events: string[] = [];
      const heard = await connection.openSession("text-mini", { onEvent: ({ event }) => events.push(event) });
      await heard.add(reviews.map((one) => ({ ...one, input: `${one.input}, indeed` })));
      await heard.close();
      await Promise.all([first.add(reviews), second.add(reviews)]);
      const fits = await Promise.all([first.fit(), second.fit()]);
      await first.save("saved");
      const models = await Promise.all([
        connection.load({ run: "trained" }),
        connection.load({ run: "saved" }),
      ]);
      const labels = async (one: { predict(texts: readonly string[]): Promise<unknown> }) =>
        ((await one.predict(unseen)) as Answer[][]).map(([best]) => best!.label);
      const [trained, saved] = models as unknown as {
        predict(texts: readonly string[]): Promise<unknown>;
        close(): void;
      }[];
      const both = [await labels(trained!), await labels(saved!)];
      await trained!.close();
      const after = [
        await scope.refusal(() => labels(trained!)),
        await labels(saved!),
        await labels(first),
        await labels(second),
      ];
      await first.close();
      await first.close();
      const closed = await scope.refusal(() => first.fit());
      const runs = (await connection.listRuns()).map(({ name }) => name).sort();
      const workers = scope.workers - begin;
      connection.close();
      const over = await scope.refusal(() => connection.listRuns());
      const notes = fits.map(({ notes }) => notes.map(({ code }) => code));
      return { both, after, closed, over, runs, workers, events, notes, files: training.files.length };
    },
    { ort, reviews, unseen },
  );
  const right = ["good", "bad"];
  expect(found.workers).toBe(1);
  expect(found.both[1]).toEqual(right);
  expect(found.after).toEqual([
    { kind: "OptionError", message: "predict was called after close", help: "open a new one" },
    right,
    right,
    right,
  ]);
  expect(found.closed).toMatchObject({ kind: "OptionError", message: "fit was called after close" });
  expect(found.over).toMatchObject({ kind: "OptionError", message: "the worker was closed" });
  expect(found.runs).toEqual(["saved", "trained"]);
  expect(found.files).toBeGreaterThan(3);
  // Events of later calls arrive too.
  expect(found.events).toContain("progress");
  // The base of the second session has learnt from the same samples.
  expect(found.notes[1]).toContain("base-learnt-samples");
});

test("pictures are blobs, bytes, bitmaps or pixels, and a bitmap stays usable", {
  tags: ["thorough"],
}, async () => {
  const found = await page.evaluate(
    async ({ ort, pictures }) => {
      const scope = globalThis as unknown as Scope & {
        createImageBitmap(file: Blob): Promise<Web.PagePixels & { close(): void }>;
        OffscreenCanvas: new (
          width: number,
          height: number,
        ) => {
          getContext(kind: "2d"): {
            drawImage(image: object, x: number, y: number): void;
            getImageData(x: number, y: number, width: number, height: number): Web.PagePixels;
          };
        };
      };
      const { openSession } = await scope.engraft();
      const session = await openSession("vision-open", { ort });
      const blobs = await Promise.all(pictures.map(async ({ url }) => (await fetch(url)).blob()));
      const bitmaps = await Promise.all(blobs.map((blob) => scope.createImageBitmap(blob)));
      const samples = pictures.map(({ name, label }, i) => {
        return { id: `${label} ${name}`, label, input: i % 2 === 0 ? blobs[i]! : bitmaps[i]! };
      });
      const { added } = await session.add(samples);
      await session.fit();
      const [blob, bitmap] = [blobs[0]!, bitmaps[0]!];
      const drawing = new scope.OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      drawing.drawImage(bitmap, 0, 0);
      const pixels = drawing.getImageData(0, 0, bitmap.width, bitmap.height);
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const answers = await session.predict([blob, bytes, bitmap, pixels]);
      const sizes = [bitmap.width > 0, bytes.length > 0];
      bitmap.close();
      const errors = [
        await scope.refusal(() => session.predict(bitmap)),
        await scope.refusal(() => session.predict("cup.jpg")),
        await scope.refusal(() => session.add([{ id: "none", input: null as never, label: "pit" }])),
        await scope.refusal(() => session.add(undefined as never)),
        await scope.refusal(() => session.save(undefined as never)),
        await scope.refusal(() => openSession(undefined as never, { ort })),
        await scope.refusal(() => openSession("vision-open", {})),
      ];
      await session.close();
      await session.close();
      return { added, answers, sizes, errors };
    },
    { ort, pictures: demoPictures(6, ["crack", "pit"]) },
  );
  expect(found.added).toBe(12);
  const [first, ...others] = found.answers as [Answer[], ...Answer[][]];
  for (const own of others)
    for (const [i, { label, score }] of own.entries())
      expect([label, score]).toEqual([first[i]!.label, expect.closeTo(first[i]!.score, 6)]);
  expect(found.sizes).toEqual([true, true]);
  expect(found.errors).toEqual([
    expect.objectContaining({
      kind: "OptionError",
      help: expect.stringContaining("bitmaps that are not closed"),
    }),
    expect.objectContaining({ kind: "FileError" }),
    {
      kind: "DataError",
      message: 'the input of "none" is object',
      help: "give the path of a picture or the bytes of its file; in a tab a Blob, an ImageBitmap or ImageData",
    },
    expect.objectContaining({
      kind: "OptionError",
      message: "add got undefined",
    }),
    expect.objectContaining({ kind: "OptionError", message: "undefined is no name for a run" }),
    expect.objectContaining({ kind: "OptionError", message: "undefined names no model" }),
    expect.objectContaining({ kind: "OptionError", message: "nothing says where onnxruntime-web is" }),
  ]);
});

test("sounds are blobs, or samples at the rate of the base; an aborted session stops", {
  tags: ["thorough"],
}, async () => {
  const samples = Array.from({ length: 6 }, (_, i): SessionSample => {
    return { id: `${i}`, input: clip(i % 2 === 0, i), label: i % 2 === 0 ? "up" : "down" };
  });
  const session = await openSession("audio-mini", { threads: 1 });
  await session.add(samples);
  await session.fit();
  const [expected] = await session.predict([clip(true, 30)]);
  await session.close();
  const given = samples.map(({ input, ...one }) => ({ ...one, input: [...(input as Float32Array)] }));
  const found = await page.evaluate(
    async ({ ort, given, wav }) => {
      const scope = globalThis as unknown as Scope;
      const { openSession } = await scope.engraft();
      const stop = new AbortController();
      const session = await openSession("audio-mini", { ort, signal: stop.signal });
      await session.add(given.map(({ input, ...one }) => ({ ...one, input: Float32Array.from(input) })));
      await session.fit();
      const [answers] = await session.predict([new Blob([Uint8Array.from(wav)])]);
      stop.abort();
      const aborted = await scope.refusal(() => session.fit());
      await session.close();
      return { answers, aborted };
    },
    { ort, given, wav: [...wavOf([clip(true, 30)])] },
  );
  expectSame(found.answers!, expected!);
  expect(found.aborted?.kind).toBe("Interrupted");
});
