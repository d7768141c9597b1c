// Every task in a real browser: trained, scored, explained and asked in a tab and in Node, from the same rows and seed.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bundleSize, limit } from "../../scripts/browser-bundle.mjs";
import type { Task } from "../../src/core/results/task.js";
import { type Explanation, evaluate, explain, load, type TrainOptions, train } from "../../src/index.js";
import type * as Web from "../../src/web/index.js";
import { sentData } from "../../src/web/sent-data.js";
import { type Toy, type ToyName, toysIn } from "../characterisation/toys.js";
import { launchChromium } from "../support/chromium.js";
import { side } from "../support/dense-data.js";
import { taggedSentences } from "../support/entity-data.js";
import { labelledTexts } from "../support/label-data.js";
import { reviews } from "../support/text-base.js";
import { type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";

// Wasm has the cores for itself in a browser only where nothing else runs: patience, not a measure.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "engraft-tab-tasks-"));
const toy: Toy = toysIn(join(folder, "toys"));
let browser: Browser;
let site: Site;
beforeAll(async () => {
  // Many short runs: a worker compiles the runtime once and quickly, instead of twice and well.
  const quickly = launchChromium("--js-flags=--liftoff-only");
  [browser, site] = await Promise.all([quickly, startSite({ isolated: true })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

type Row = Readonly<Record<string, unknown>>;
interface TabCase {
  readonly rows: () => Promise<readonly Row[]>;
  /** Missing: the network is made for the data. */
  readonly base?: ToyName;
  /** Inputs of a prediction; a picture is one of the rows. */
  readonly asked: readonly unknown[] | "files";
  /** Default: {@link withBase}'s. */
  readonly strategy?: TrainOptions["strategy"];
  readonly options?: TrainOptions;
  /** True if a last bit may decide whether a box is found: then the main scores are compared, and the tab's with each other. */
  readonly isJumpy?: true;
}

/** A picture of the toys, as a page would have it. */
const picture = async (path: string): Promise<File> =>
  new File([readFileSync(join(await toy("pictures"), path))], path.slice(path.indexOf("/") + 1));
async function pictureRows(columns: (kind: string, i: number) => Row): Promise<readonly Row[]> {
  const rows = ["ant", "bee"].flatMap((kind) =>
    Array.from({ length: 30 }, async (_, i) => ({
      file: await picture(`${kind}/${i}.png`),
      name: `${kind}-${i}.png`,
      ...columns(kind, i),
    })),
  );
  return Promise.all(rows);
}
/**
 * Boxes and masks choose a size for small pictures that takes a long time. Few steps: which box or class wins is a jump, so a last bit
 * soon becomes a point of the score.
 */
const small: TrainOptions = { imageSize: side, epochs: 1, scratchSteps: 3 };
/** The files of a toy, as a page has those of a chosen folder. */
async function folderFiles(name: ToyName): Promise<readonly Row[]> {
  const root = await toy(name);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => extname(path))
    .sort()
    .map((path) => ({
      path: `${name}/${path}`,
      content: new File([readFileSync(join(root, path))], path.split("/").at(-1)!),
    }));
}
/** The pictures and sounds among the rows of a page; not those of masks. */
const filesIn = (rows: readonly Row[]): readonly File[] =>
  rows.flatMap(({ file = undefined, path = "", content }) =>
    file instanceof File ? [file] : isAskedPath(String(path)) ? [content as File] : [],
  );
const isAskedPath = (path: string): boolean => /\.(png|wav)$/.test(path) && !/(^|\/)masks\//.test(path);
/** Rows of a list of the toys; numbers as numbers. */
async function listed(name: ToyName): Promise<readonly Row[]> {
  const [header = "", ...lines] = readFileSync(await toy(name), "utf8")
    .trim()
    .split("\n");
  const value = (text: string): unknown => (Number.isNaN(Number(text)) ? text : Number(text));
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, i) => [header.split(",")[i]!, value(cell)])),
  );
}
const texts = ["the book was good", "the soup was so awful and slow", "this film is very fine"];
const houses = [
  { rooms: 2.5, side: "north" },
  { rooms: 8, side: "south" },
];

/** Cases besides the first one of a task: a second kind of inputs, or of models. */
const others = ["labels of pictures", "token n-grams", "linear model", "trees"] as const;

/** Every task of the product, and {@link others}. A task without a case does not compile. */
const cases: Readonly<Record<Task | (typeof others)[number], TabCase>> = {
  "audio-classification": { rows: () => folderFiles("sounds"), base: "sound-base", asked: "files" },
  "automatic-speech-recognition": { rows: () => folderFiles("speech"), base: "sound-base", asked: "files" },
  "image-classification": {
    rows: () => pictureRows((kind) => ({ label: kind })),
    base: "picture-base",
    asked: "files",
  },
  "image-regression": {
    rows: () => pictureRows((kind, i) => ({ redness: (kind === "ant" ? 50 : 20) + i })),
    base: "picture-base",
    asked: "files",
  },
  "labels of pictures": {
    rows: () => pictureRows((kind, i) => ({ labels: i % 3 ? [kind] : ["ant", "bee"] })),
    base: "picture-base",
    asked: "files",
  },
  "image-segmentation": {
    ...{ rows: () => folderFiles("shape-masks"), base: "strided-base", asked: "files", options: small },
  },
  "multi-label-classification": { rows: async () => labelledTexts(60), base: "text-base", asked: texts },
  "object-detection": {
    ...{ rows: () => folderFiles("shape-boxes"), base: "strided-base", asked: "files", options: small },
    isJumpy: true,
  },
  "tabular-classification": { rows: () => listed("table-classes"), asked: houses },
  "tabular-regression": { rows: () => listed("table-numbers"), asked: houses },
  "linear model": { rows: () => listed("table-numbers"), asked: houses, strategy: "linear" },
  trees: { rows: () => listed("table-classes"), asked: houses, strategy: "trees" },
  "text-classification": { rows: async () => reviews(60), base: "text-base", asked: texts },
  "token n-grams": {
    rows: async () => reviews(60),
    base: "text-base",
    asked: texts,
    strategy: "ngram-probe",
  },
  "token-classification": {
    rows: async () =>
      taggedSentences(60).map((words) => ({
        tokens: words.map(([word]) => word),
        ner_tags: words.map(([, tag]) => tag),
      })),
    base: "text-base",
    asked: texts,
  },
};
type CaseName = keyof typeof cases;

/** Options of a short run with all its additional parts. */
const brief = { epochs: 2, option: { keep: "last" }, seed: 3, threads: 1, seeds: 1, cache: false } as const;
const withBase = { strategy: "finetune", baselines: true, scratchSteps: 24 } as const;

/** What Node says of a case: the files that a page's rows become, in a folder. */
async function inNode(name: string, data: readonly Row[], { base, asked }: TabCase, options: TrainOptions) {
  const { root, files } = await sentData(data);
  const given = join(folder, name);
  for (const [path, blob] of files) {
    mkdirSync(dirname(join(given, path)), { recursive: true });
    writeFileSync(join(given, path), new Uint8Array(await blob.arrayBuffer()));
  }
  const out = join(folder, `${name}-run`);
  const run = await train(join(given, root), { ...options, out, ...(base && { base: await toy(base) }) });
  const shown = files.filter(([path]) => isAskedPath(path)).slice(0, 3);
  const items = asked === "files" ? shown.map(([path]) => join(given, path)) : asked;
  const model = await load(run.model, { threads: 1 });
  const predicted = await (model.predict as (given: unknown) => Promise<unknown>)(items);
  await model.close();
  const scored = await evaluate(run.model, join(given, root), { threads: 1 });
  const explained: Explanation[] = [];
  for await (const one of explain(run.model, items as string[], { threads: 1 })) explained.push(one);
  const made = readdirSync(run.model, { recursive: true, encoding: "utf8" }).filter((path) => extname(path));
  return { run, predicted, scored, explained, paths: [...made, "LICENSE"].sort() };
}

/**
 * Expects the same answers. Numbers may differ by 5e-3: the runtimes of Node and of a tab add float32 in another order. After
 * these few steps that makes 1e-5 in most tasks, and 1.5e-3 in the probabilities of entities.
 */
function expectClose(tab: unknown, node: unknown, place: string): void {
  if (typeof tab === "number" && typeof node === "number") {
    const allowed = 5e-3 * Math.max(1, Math.abs(node));
    expect(Math.abs(tab - node), `${place}: ${tab} and ${node}`).toBeLessThan(allowed);
  } else if (typeof tab !== "object" || typeof node !== "object" || tab === null || node === null)
    expect(tab, place).toEqual(node);
  else {
    expect(Object.keys(tab).sort(), place).toEqual(Object.keys(node).sort());
    for (const [key, value] of Object.entries(node))
      expectClose((tab as Readonly<Record<string, unknown>>)[key], value, `${place}.${key}`);
  }
}

/** Files of the bundle that each training has loaded. */
const loaded = new Map<CaseName, ReadonlySet<string>>();

test.each(Object.keys(cases) as CaseName[])("%s: a tab gives Node's results", async (name) => {
  const { rows, base, asked, strategy, options: own, isJumpy } = cases[name];
  const data = await rows();
  // A solved model has no settings of a training loop. Epochs are for the network from scratch, which is its baseline.
  const { option: _loop, epochs, ...solved } = brief;
  const length = strategy ? { ...solved, strategy, ...(base && { epochs }) } : brief;
  const options = { ...(base && withBase), ...length, ...own };
  const node = await inNode(name, data, cases[name], options);
  if (!others.some((other) => other === name)) expect(node.run.task).toBe(name);

  const context = await browser.newContext();
  const requests = new Set<string>();
  const wrong: string[] = [];
  context.on("request", (request) => requests.add(new URL(request.url()).pathname));
  context.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  const page = await openTab(context, site.url);
  const questions = asked === "files" ? filesIn(data).slice(0, 3) : asked;
  const request = { data, questions, base: base && (await toy(base)), options };
  await trainInTab(page, request);
  loaded.set(name, new Set([...requests].filter((path) => path.includes("/dist/browser/"))));
  const tab = await askInTab(page, request);
  await context.close();

  expect(wrong).toEqual([]);
  const { run } = tab;
  expect(run.task).toBe(node.run.task);
  expect(run.split).toEqual(node.run.split);
  if (isJumpy) {
    expect(Math.abs(run.test.metric.value! - node.run.test.metric.value!)).toBeLessThan(0.05);
    expectClose(tab.scored.test.metric, run.test.metric, "scored");
    expect(tab.predicted).toHaveLength(3);
  } else {
    expectClose(run.test, node.run.test, "test");
    expect(run.verdict?.words).toBe(node.run.verdict?.words);
    expectClose(tab.predicted, node.predicted, "predicted");
    expectClose(tab.scored.test, node.scored.test, "scored");
  }
  expect(Object.keys(run.baselines ?? {})).toEqual(Object.keys(node.run.baselines ?? {}));
  expect(run.verdict?.transfer).toBe(node.run.verdict?.transfer);
  expect(tab.scored.scored).toBe(node.scored.scored);
  if (isJumpy) expect(tab.explained).toHaveLength(3);
  const withoutInput = (all: readonly Explanation[]) => all.map(({ input: _input, ...said }) => said);
  if (!isJumpy) expectClose(withoutInput(tab.explained), withoutInput(node.explained), "explained");
  const places =
    asked === "files"
      ? filesIn(data)
          .slice(0, 3)
          .map(({ name }) => name)
      : node.explained.map(({ input }) => input);
  expect(tab.explained.map(({ input }) => input)).toEqual(places);
  expect(tab.paths).toEqual(node.paths.filter((path) => tab.paths.includes(path) || path !== "LICENSE"));
  expect(tab.kept).toEqual([["here", "done", node.run.task]]);
  for (const event of ["start", "data", "trainable", "forecast", "result"])
    expect(tab.events).toContain(event);
  expect(tab.report).toMatch(/^<!doctype html>/i);
});

/** Most bytes of a file that a task alone loads, and of all: heads for boxes and masks have losses, targets and scores of their own. */
const most = (name: CaseName) =>
  name === "object-detection" || name === "image-segmentation"
    ? { file: 20_000, all: 75_000 }
    : { file: 10_000, all: 26_000 };

/** The training whose code a case is compared with: classes of the same inputs; those of texts and tables with pictures. */
const beside: Readonly<Record<CaseName, CaseName | undefined>> = {
  "audio-classification": "image-classification",
  "automatic-speech-recognition": "audio-classification",
  "image-classification": undefined,
  "image-regression": "image-classification",
  "image-segmentation": "image-classification",
  "labels of pictures": "image-classification",
  "multi-label-classification": "text-classification",
  "object-detection": "image-classification",
  "tabular-classification": "image-classification",
  "tabular-regression": "tabular-classification",
  "linear model": "tabular-regression",
  trees: "tabular-classification",
  "text-classification": "image-classification",
  "token n-grams": "text-classification",
  "token-classification": "text-classification",
};

test("a page loads at most 150 KB always, and some 20 KB for a task, without libraries", async () => {
  const { always, files, libraries } = await bundleSize();
  expect(always).toBeLessThanOrEqual(limit);
  for (const [name, paths] of loaded) {
    const other = beside[name];
    if (other === undefined) continue;
    const own = [...paths]
      .filter((path) => !loaded.get(other)?.has(path))
      .map((path) => path.split("/").at(-1)!);
    const bytes = own.filter((file) => !libraries.includes(file)).map((file) => files[file]!);
    expect(Math.max(0, ...bytes), name).toBeLessThan(most(name).file);
    expect(
      bytes.reduce((sum, n) => sum + n, 0),
      `${name}: ${own.join(", ")}`,
    ).toBeLessThanOrEqual(most(name).all);
  }
});

const somePrices = Array.from({ length: 40 }, (_, i) => ({ rooms: i % 7, price: 3 * i }));
const someTexts = reviews(40);
/** Mistakes: rows, options. */
const mistakes: Readonly<Record<string, readonly [rows: readonly Row[], options: TrainOptions]>> = {
  "an option that the task cannot have": [someTexts, { tta: 4 }],
  "a strategy that the task cannot have": [somePrices, { strategy: "lora" }],
  "a column that is missing": [somePrices, { target: "prize" }],
  "an empty list": [[], {}],
  "rows without labels": [someTexts.map(({ text }) => ({ text })), { task: "text-classification" }],
  "a name of no option": [someTexts, { epoch: 3 } as TrainOptions],
};

test("a wrong option gives the same error in a tab as in Node, before training", async () => {
  const page = await openTab(browser, site.url);
  for (const [i, [what, [rows, options]]] of Object.entries(mistakes).entries()) {
    const { root, files } = await sentData(rows);
    const given = join(folder, `mistake-${i}`);
    mkdirSync(given);
    for (const [path, blob] of files)
      writeFileSync(join(given, path), new Uint8Array(await blob.arrayBuffer()));
    const inNode = await train(join(given, root), { ...options, out: join(given, "run") }).then(
      () => expect.unreachable(what),
      ({ kind, message, help }) => ({ kind, message, help }),
    );
    const inTab = await page.evaluate(
      async ({ rows, options, ort }) => {
        const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
        const { listRuns, train } = await load("/package/dist/browser/engraft.js");
        const error = await train(rows, { ...options, ort }).then(
          () => ({ kind: "none", message: "", help: "" }),
          ({ kind, message, help }) => ({ kind, message, help }),
        );
        return { error, runs: (await listRuns()).length };
      },
      { rows, options: options as object, ort },
    );
    expect(inTab, what).toEqual({ error: inNode, runs: 0 });
  }
  await page.close();
});

interface TabRequest {
  readonly data: readonly Row[];
  readonly questions: readonly unknown[];
  readonly base: string | undefined;
  readonly options: object;
}

/** Trains in a tab, as its page would. */
async function trainInTab(page: Page, { data, questions, base, options }: TabRequest): Promise<void> {
  const files: { path: string; bytes: number[] }[] = [];
  for (const path of base === undefined ? [] : readdirSync(base, { recursive: true, encoding: "utf8" }))
    if (extname(path)) files.push({ path, bytes: [...readFileSync(join(base!, path))] });
  return page.evaluate(trainInPage, {
    ...{ files, ort, options },
    data: await Promise.all(data.map(packed)),
    questions: await Promise.all(questions.map(packed)),
  });
}

/** What the tab's model says: predictions, scores and explanations. */
const askInTab = (page: Page, _request: TabRequest) => page.evaluate(askInPage, ort);

/** A value without blobs: they do not cross into a page. */
async function packed(value: unknown): Promise<unknown> {
  if (value instanceof File)
    return { name: value.name, bytes: [...new Uint8Array(await value.arrayBuffer())] };
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    await Promise.all(Object.entries(value).map(async ([key, inner]) => [key, await packed(inner)])),
  );
}

/** What the page keeps between the two. */
interface Kept {
  readonly engraft: typeof Web;
  readonly rows: object[];
  readonly items: unknown[];
  readonly run: Web.WebTraining;
  readonly events: string[];
}

/** Runs in the browser: nothing of this file is there. */
async function trainInPage({
  files,
  ort,
  options,
  data,
  questions,
}: {
  readonly files: readonly { readonly path: string; readonly bytes: readonly number[] }[];
  readonly ort: string;
  readonly options: object;
  readonly data: readonly unknown[];
  readonly questions: readonly unknown[];
}): Promise<void> {
  const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
  const engraft = await load("/package/dist/browser/engraft.js");
  const unpacked = (value: unknown): unknown => {
    if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
    const { name, bytes } = value as { name?: string; bytes?: number[] };
    if (bytes) return new File([Uint8Array.from(bytes)], name!);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpacked(inner)]));
  };
  const rows = data.map(unpacked) as object[];
  const base = {
    name: "base",
    files: files.map(({ path, bytes }) => ({ path, content: Uint8Array.from(bytes) })),
  };
  const events: string[] = [];
  const run = await engraft.train(rows, {
    ...options,
    ...{ ort, name: "here" },
    ...(files.length > 0 && { base }),
    onEvent: ({ event }) => events.push(event),
  });
  const kept: Kept = { engraft, rows, items: questions.map(unpacked), run, events };
  Object.assign(globalThis, { kept });
}

/** Runs in the browser, after the training. */
async function askInPage(ort: string) {
  const { engraft, rows, items, run, events } = (globalThis as unknown as { kept: Kept }).kept;
  const { files, report: _none, ...result } = run;
  // The files that a user downloads are a model, and so is the run in this browser's storage.
  const model = await engraft.load({ files }, { ort, threads: 1 });
  const predicted = await (model.predict as (given: unknown) => Promise<unknown>)(items);
  model.close();
  const scored = await engraft.evaluate({ run: "here" }, rows, { ort, threads: 1 });
  const explained = [];
  for await (const one of engraft.explain({ run: "here" }, items, { ort, threads: 1 })) explained.push(one);
  const report = await engraft.report("here");
  return {
    ...{ run: result, events, predicted, scored, explained, report },
    paths: files.map(({ path }) => path).sort(),
    kept: (await engraft.listRuns()).map(({ name, status, result }) => [name, status, result?.task]),
  };
}
