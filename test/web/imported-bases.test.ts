// Bases that are not ONNX in a page of a real browser: two steps of a fine-tuning, and the model that they give predicts the same in Node.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngraftEvent, load } from "../../src/index.js";
import type * as Web from "../../src/web/index.js";
import { launchChromium } from "../support/chromium.js";
import { tinyData } from "../support/fixtures.js";
import { writeEncoder, writeTfjs } from "../support/imported-bases.js";
import { reviews } from "../support/text-base.js";
import { expectClose } from "./expect-close.js";
import { type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";

let root: string;
let browser: Browser;
let site: Site;
let page: Page;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "engraft-imported-in-tab-"));
  [browser, site] = await Promise.all([launchChromium(), startSite()]);
  page = await openTab(browser, site.url);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(root, { recursive: true, force: true });
});

interface Sent {
  readonly path: string;
  readonly bytes: number[];
}

/** Returns the files of a folder as a page can be given them. */
const sent = (folder: string): Sent[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ path: path.slice(folder.length + 1), bytes: [...readFileSync(path)] }));

/** Trains two steps in the page, and predicts there. @returns also the folder of its model, unpacked here */
async function trainedInTab(
  name: string,
  request: { readonly base: Sent[]; readonly data: Sent[] | string; readonly input: Sent | string },
) {
  const tab = await page.evaluate(
    async ({ ort, name, base, data, input }) => {
      const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
      const engraft = await load("/package/dist/browser/engraft.js");
      const files = (all: Sent[]) =>
        all.map(({ path, bytes }) => ({ path, content: Uint8Array.from(bytes) }));
      const events: EngraftEvent[] = [];
      const result = await engraft.train(
        (typeof data === "string" ? data : files(data)) as Parameters<typeof engraft.train>[0],
        {
          ...{ ort, threads: 1, name, strategy: "full", epochs: 2, batchSize: 64, seed: 0 },
          ...{ baselines: false, explain: false, option: { keep: "last" } },
          base: { name, files: files(base) },
          onEvent: (event) => events.push(event),
        } as Parameters<typeof engraft.train>[1],
      );
      const model = await engraft.load({ run: name }, { ort, threads: 1 });
      const given = typeof input === "string" ? input : new Blob([Uint8Array.from(input.bytes)]);
      const predict = model.predict as (inputs: readonly unknown[]) => Promise<unknown>;
      const predicted = await predict([given]);
      await model.close();
      const inText = (content: Uint8Array | string): number[] =>
        typeof content === "string" ? [...new TextEncoder().encode(content)] : [...content];
      return {
        predicted,
        base: result.base as unknown,
        losses: events.flatMap((one) => (one.event === "epoch" ? [one.train_loss] : [])),
        files: result.files.map(({ path, content }) => ({ path, bytes: inText(content) })),
      };
    },
    { ort, name, ...request },
  );
  const folder = join(root, `${name}-model`);
  for (const { path, bytes } of tab.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), Uint8Array.from(bytes));
  }
  return { ...tab, folder };
}

/** Predicts with a model folder here. */
async function predictedHere(folder: string, input: string): Promise<unknown> {
  const model = await load(folder);
  const predict = model.predict as (inputs: readonly unknown[]) => Promise<unknown>;
  return predict([input]);
}

test("the archive of a Teachable Machine project, as it was downloaded", async () => {
  const folder = writeTfjs(join(root, "tfjs"), ["ant", "bee"]);
  const archive = zipSync(
    Object.fromEntries(sent(folder).map(({ path, bytes }) => [path, Uint8Array.from(bytes)])),
  );
  const data = await tinyData(join(root, "pictures"), { ant: 14, bee: 14 });
  const pictures = sent(data);
  const tab = await trainedInTab("project", {
    base: [{ path: "project.zip", bytes: [...archive] }],
    data: pictures.map(({ path, bytes }) => ({ path: `pictures/${path}`, bytes })),
    input: pictures[0]!,
  });
  expect(tab.base).toMatchObject({ name: "project", license: "not stated" });
  expect(tab.losses).toHaveLength(2);
  expect(tab.losses[1]).not.toBe(tab.losses[0]);
  expectClose(tab.predicted, await predictedHere(tab.folder, join(data, pictures[0]!.path)), "predicted");
});

test("an encoder in safetensors", async () => {
  const rows = reviews(60);
  const tab = await trainedInTab("encoder", {
    base: sent(writeEncoder(join(root, "encoder"))),
    data: ["text,label", ...rows.map(({ text, label }) => `${text},${label}`)].join("\n"),
    input: rows[0]!.text,
  });
  expect(tab.base).toMatchObject({ name: "encoder", format: "safetensors of Transformers" });
  expect(tab.losses).toHaveLength(2);
  expect(tab.losses[1]).not.toBe(tab.losses[0]);
  expectClose(tab.predicted, await predictedHere(tab.folder, rows[0]!.text), "predicted");
});
