// The page Use: what it packs can be used elsewhere.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync, zipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inspectData } from "../../src/index.js";
import { hashOf } from "../../src/studio/content-hash.js";
import { newProject, type Project } from "../../src/studio/project.js";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { expectAccessible, openStudio, startStudioSite } from "./studio-tab.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "engraft-use-"));
const demo = fileURLToPath(new URL("../../assets/demo/train", import.meta.url));
let browser: Browser;
let site: Site;
beforeAll(async () => {
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

async function downloaded(
  page: Page,
  button: string,
): Promise<{ name: string; files: Record<string, Uint8Array> }> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), files: unzipSync(readFileSync(await file.path())) };
}

/** Writes the files of a zip into a folder. */
function unpack(files: Readonly<Record<string, Uint8Array>>, name: string): string {
  for (const [path, content] of Object.entries(files)) {
    const at = join(folder, name, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  return join(folder, name);
}

async function openUse(page: Page): Promise<void> {
  const buffer = Buffer.from(await packed());
  await page
    .getByLabel("Open a project")
    .last()
    .setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer });
  await page.waitForURL(/samples/);
  await page.goto(page.url().replace("samples", "use"));
  await page.getByRole("heading", { name: "Use" }).waitFor();
}

test("the packed data train with the same classes, whatever their names are", async () => {
  const { page, faults, close } = await openStudio(browser, site.url, { acceptDownloads: true });
  await openUse(page);
  await expectAccessible(page);
  const { name, files } = await downloaded(page, "Download data");
  expect(name).toBe("My _leaves__ 1_2.data.zip");
  const inspection = await inspectData(unpack(files, "data"));
  const { classes, groups } = inspection as unknown as {
    classes: { name: string; train: number }[];
    groups: number;
  };
  expect(classes.map((one) => one.name)).toEqual([...names].sort());
  // Ten pictures in five groups for each class.
  expect(classes.map(({ train }) => train)).toEqual([6, 6, 6, 6, 6]);
  expect(groups).toBe(5);
  expect(faults).toEqual([]);
  await close();
});
