// A training in a tab, and what its model says.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Page } from "playwright-core";
import type * as Web from "../../src/web/index.js";
import { ort } from "./tab.js";
import type { Row } from "./task-cases.js";

/** What a page is given. */
export interface TabRequest {
  readonly data: readonly Row[];
  readonly questions: readonly unknown[];
  readonly base: string | undefined;
  readonly options: object;
  /** The options that say how data are read. */
  readonly about: object;
}

/** Trains in a tab, as its page would. */
export async function trainInTab(page: Page, { data, questions, base, options }: TabRequest): Promise<void> {
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
export const askInTab = (page: Page, { about }: TabRequest) => page.evaluate(askInPage, { ort, about });

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
async function askInPage({ ort, about }: { readonly ort: string; readonly about: object }) {
  const { engraft, rows, items, run, events } = (globalThis as unknown as { kept: Kept }).kept;
  const { files, report: _none, ...result } = run;
  // The files that a user downloads are a model, and so is the run in this browser's storage.
  const model = await engraft.load({ files }, { ort, threads: 1 });
  const predicted = await (model.predict as (given: unknown) => Promise<unknown>)(items);
  model.close();
  const scored = await engraft.evaluate({ run: "here" }, rows, { ort, threads: 1 });
  const inspected = await engraft.inspectData(rows, about);
  const explained = [];
  for await (const one of engraft.explain({ run: "here" }, items, { ort, threads: 1 })) explained.push(one);
  const report = await engraft.report("here");
  return {
    ...{ run: result, events, predicted, scored, inspected, explained, report },
    paths: files.map(({ path }) => path).sort(),
    kept: (await engraft.listRuns()).map(({ name, status, result }) => [name, status, result?.task]),
  };
}
