// Every page on a phone of 390 px, in both languages: no page is wider, and no select, button or card cuts a text.
// @module-tag thorough
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { hashOf } from "../../src/studio/content-hash.js";
import { newProject } from "../../src/studio/project.js";
import { cutTexts, openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";

const its = setUpStudio(() => startStudioSite({ fake: true }));
const width = 390;
const openIn = (locale: string) =>
  openStudio(its.browser, its.site.url, { locale, viewport: { width, height: 844 }, isMobile: true });

async function expectWhole(page: Page, name: string): Promise<void> {
  const folder = process.env.ENGRAFT_SCREENSHOT;
  if (folder) await page.screenshot({ path: `${folder}/phone-${name}.png`, fullPage: true });
  expect.soft(await cutTexts(page), name).toEqual([]);
  expect.soft(await page.evaluate("document.documentElement.scrollWidth"), name).toBe(width);
}

const show = async (page: Page, name: string): Promise<void> => {
  await page.goto(page.url().replace(/(#\/[^/]+\/)\w+.*/, `$1${name}`));
  await page.getByRole("heading").first().waitFor();
};

const demo = fileURLToPath(new URL("../../assets/demo/train", import.meta.url));
const names = ["cracks that go through the whole surface of a board", "Unbeschädigtesoberflächenstück", "c"];

/** A project with long names of classes. */
async function packed(): Promise<Buffer> {
  const files: Record<string, Uint8Array> = {};
  const samples = [];
  for (const [i, kind] of readdirSync(demo).sort().slice(0, 3).entries())
    for (const file of readdirSync(join(demo, kind)).sort().slice(0, 6)) {
      const content = readFileSync(join(demo, kind, file));
      const hash = await hashOf(new Blob([content]));
      files[`data/${hash.slice(0, 2)}/${hash}`] = content;
      samples.push({ id: `${kind}-${file.slice(0, 3)}`, class: `c-${i}`, hash, type: "image/jpeg" });
    }
  const classes = names.map((name, i) => ({ id: `c-${i}`, name }));
  const project = { ...newProject("p", "pictures", "Boards", "2026-11-28"), classes, samples };
  return Buffer.from(
    zipSync({ ...files, "project.json": new TextEncoder().encode(JSON.stringify(project)) }),
  );
}

/** Adds a run of the open project. */
const addRun = (page: Page, name: string): Promise<void> =>
  page.evaluate((name) => {
    const predictions = [{ item: "1.jpg", true: "c", predicted: "c", score: 1 }];
    const { localStorage, location } = globalThis as unknown as {
      localStorage: Record<string, string>;
      location: { hash: string };
    };
    const run = `${location.hash.split("/")[1]}-1`;
    const result = { event: "result", seconds: { total: 1 }, strategy: { name }, predictions };
    const entry = { name: run, status: "done", started: "2026-01-01T00:00:00Z", strategy: name, result };
    localStorage.fakeRuns = JSON.stringify({ [run]: entry });
  }, name);

test.each(["en-US", "zh-CN"])("pictures with long names, in %s", async (locale) => {
  const { page, close } = await openIn(locale);
  await page.locator(".kinds button").first().waitFor();
  await expectWhole(page, `${locale}-start`);
  const zip = { name: "x.zip", mimeType: "application/zip", buffer: await packed() };
  await page.locator("input[type=file]:not([multiple])").last().setInputFiles(zip);
  await page.waitForURL(/samples/);
  await page.locator("[role=option]").first().click();
  await page.locator("fieldset.selection").waitFor();
  await expectWhole(page, `${locale}-samples`);
  await show(page, "use");
  // The quick model.
  await page.locator("select").waitFor();
  await expectWhole(page, `${locale}-use-quick`);
  await addRun(page, "seeded-with-a-very-long-strategy-name_and_no_end");
  await page.reload();
  for (const name of ["try", "train", "result", "use"]) {
    await show(page, name);
    if (name !== "train") await page.locator("select").first().waitFor();
    else for (const details of await page.locator("main details > summary").all()) await details.click();
    await expectWhole(page, `${locale}-${name}`);
  }
  await close();
});

const houses = `number_of_rooms_in_the_whole_house,kind,price\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 2 ? "good" : "bad"},${100 * i + (i % 7)}`).join("\n")}\n`;

test.each([
  ...["en-US", "zh-CN"].flatMap((locale) =>
    ["sounds", "texts", "table", "files"].map((kind, i) => [locale, kind, i + 1] as const),
  ),
])("in %s, a new project of %s", async (locale, kind, place) => {
  const { page, close } = await openIn(locale);
  await page.locator(".kinds button").nth(place).click();
  await page.waitForURL(/samples/);
  await page.getByRole("heading").first().waitFor({ state: "attached" });
  await expectWhole(page, `${locale}-${kind}-new`);
  if (kind === "table" || kind === "files") {
    const file = { name: "houses.csv", mimeType: "", buffer: Buffer.from(houses) };
    await page.locator("input[type=file]").first().setInputFiles(file);
    await page.locator("select").first().waitFor({ state: "attached" });
    await expectWhole(page, `${locale}-${kind}-filled`);
  }
  for (const name of ["try", "train", "result", "use"]) {
    await show(page, name);
    await expectWhole(page, `${locale}-${kind}-${name}`);
  }
  await close();
});
