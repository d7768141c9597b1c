// The page Use: what it packs can be used elsewhere.
// @module-tag thorough
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync, zipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectData } from "../../src/index.js";
import { hashOf } from "../../src/studio/content-hash.js";
import { newProject, type Project } from "../../src/studio/project.js";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { download, serveFolder, unpack } from "./journey-steps.js";
import { expectAccessible, openStudio, startStudioSite } from "./studio-tab.js";

let folder: string;
const demo = fileURLToPath(new URL("../../assets/demo/train", import.meta.url));
let browser: Browser;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-use-"));
  [browser, site] = await Promise.all([launchChromium(), startStudioSite({ fake: true })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

const names = ["<img src=x onerror=alert(1)>", "a/b, c", "A_b, C", "..", "叶 子"];

/** A project with ten pictures in each class; two pictures of a class have the same name. */
async function packed(): Promise<Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const samples: Project["samples"] = [];
  for (const [i, kind] of readdirSync(demo).sort().entries())
    for (const [j, file] of readdirSync(join(demo, kind)).sort().slice(0, 10).entries()) {
      const content = readFileSync(join(demo, kind, file));
      const hash = await hashOf(new Blob([content]));
      files[`data/${hash.slice(0, 2)}/${hash}`] = content;
      const name = j < 2 ? { name: "../same.jpg" } : {};
      samples.push({
        id: `s-${i}-${j}`,
        class: `c-${i}`,
        hash,
        type: "image/jpeg",
        group: `g-${j % 5}`,
        ...name,
      });
    }
  const classes = names.map((name, i) => ({ id: `c-${i}`, name }));
  const project = { ...newProject("p", "pictures", 'My "leaves": 1/2', "2026-11-28"), classes, samples };
  return zipSync({ ...files, "project.json": new TextEncoder().encode(JSON.stringify(project)) });
}

async function openUse(page: Page, zip?: Uint8Array): Promise<void> {
  const buffer = Buffer.from(zip ?? (await packed()));
  await page
    .getByLabel("Open a project")
    .last()
    .setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer });
  await page.waitForURL(/samples/);
  await page.goto(page.url().replace("samples", "use"));
  // The quick model comes last: its card moves the others.
  await page.getByRole("button", { name: "Download model" }).waitFor();
}

test("the packed data train with the same classes, whatever their names are", async () => {
  const { page, faults, close } = await openStudio(browser, site.url, { acceptDownloads: true });
  await openUse(page);
  await expectAccessible(page);
  const { name, content } = await download(page, "Download data");
  expect(name).toBe("My _leaves__ 1_2.data.zip");
  // A disabled button would have lost it.
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Download data");
  const inspection = await inspectData(unpack(content, join(folder, "data")));
  const { classes = [], groups } = inspection;
  expect(classes.map((one) => one.name)).toEqual([...names].sort());
  // Ten pictures in five groups for each class.
  expect(classes.map(({ train }) => train)).toEqual([6, 6, 6, 6, 6]);
  expect(groups).toBe(5);
  expect(faults).toEqual([]);
  await close();
});

test("a model that is taken away has learnt all samples, also the newest", async () => {
  const { page, faults, close } = await openStudio(browser, site.url, { acceptDownloads: true });
  await openUse(page);
  await page.goto(page.url().replace("use", "samples"));
  await page.evaluate(() => {
    Object.assign(globalThis, {
      fakeFit: () => new Promise((end) => Object.assign(globalThis, { endFit: end })),
    });
  });
  const pictures = readdirSync(join(demo, "crack")).sort().slice(20, 23);
  await page
    .getByLabel(/Add files/)
    .first()
    .setInputFiles(pictures.map((name) => join(demo, "crack", name)));
  await page.getByText("13 pictures").first().waitFor();
  await page.getByRole("link", { name: "Use", exact: true }).first().click();
  const taken = download(page, "Download model");
  await page.getByText("Packing …").waitFor();
  await page.waitForFunction("globalThis.endFit");
  await page.evaluate("globalThis.fakeFit = undefined; globalThis.endFit()");
  const files = unzipSync((await taken).content);
  expect(Object.values(files).map((content) => new TextDecoder().decode(content))).toEqual(["53"]);
  expect(faults).toEqual([]);
  await close();
});

test("the packed web page runs the model from a folder, on a host of its own", async () => {
  const real = await startStudioSite();
  const { page, faults, close } = await openStudio(browser, real.url, { acceptDownloads: true });
  await openUse(page);
  const button = page.getByRole("button", { name: "Download web page" });
  await button.waitFor();
  await expectAccessible(page);
  const { name, content } = await download(page, "Download web page");
  expect(name).toBe("My _leaves__ 1_2.page.zip");
  await close();
  await real.close();
  const host = await serveFolder(unpack(content, join(folder, "page")));
  const tab = await openStudio(browser, host.url);
  await tab.page.getByRole("heading", { name: 'My "leaves": 1/2' }).waitFor();
  const kind = readdirSync(demo).sort()[0]!;
  const picture = join(demo, kind, readdirSync(join(demo, kind)).sort()[0]!);
  await tab.page.getByLabel("Choose a picture").setInputFiles(picture);
  await tab.page.locator("li").nth(4).waitFor();
  const answers = await tab.page.locator("li").allInnerTexts();
  expect(answers.map((text) => text.replace(/\s+\d+ %$/, "")).sort()).toEqual([...names].sort());
  await expectAccessible(tab.page);
  expect([...faults, ...tab.faults]).toEqual([]);
  await tab.close();
  await host.close();
});

test("the packed web page of texts takes a typed text", async () => {
  const real = await startStudioSite();
  const { page, close } = await openStudio(browser, real.url, { acceptDownloads: true });
  const classes = ["good", "bad"].map((name) => ({ id: name, name }));
  const samples = classes.flatMap(({ id }) =>
    Array.from({ length: 5 }, (_, i) => ({ id: `${id}-${i}`, class: id, text: `a ${id} book ${i}` })),
  );
  const project = { ...newProject("p", "texts", "Books", "2026-11-28"), classes, samples };
  await openUse(page, zipSync({ "project.json": new TextEncoder().encode(JSON.stringify(project)) }));
  await page.getByRole("button", { name: "Download web page" }).waitFor();
  const { content } = await download(page, "Download web page");
  await close();
  await real.close();
  const host = await serveFolder(unpack(content, join(folder, "texts")));
  const tab = await openStudio(browser, host.url);
  await tab.page.getByLabel("Type a text").fill("a good book");
  await tab.page.locator("li").first().getByText(/^good/).waitFor();
  expect(tab.faults).toEqual([]);
  await tab.close();
  await host.close();
});
