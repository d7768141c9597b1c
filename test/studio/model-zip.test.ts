// The archive of a Teachable Machine project on the start page: it is the base of a new project, in both homes of the studio.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTfjs } from "../support/imported-bases.js";
import { newestResult } from "./journey-steps.js";
import { serveHome } from "./studio-home.js";
import { expectAccessible, openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";
import { addFiles, card, patternsOf } from "./try-flow.js";

const its = setUpStudio(() => startStudioSite(), "--js-flags=--liftoff-only");
let root: string;
let project: Record<string, Uint8Array>;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "engraft-model-zip-"));
  process.env.ENGRAFT_CACHE = join(root, "cache");
  const folder = writeTfjs(join(root, "project"), ["ant", "bee"]);
  const names = ["model.json", "metadata.json", "weights.bin"];
  project = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ownBase = (page: Page) => page.getByText("The base is tm-mine, from your file.");

/** Drops an archive on the start page. */
const drop = async (page: Page, files: Record<string, Uint8Array>): Promise<void> =>
  page
    .getByLabel("Open a project")
    .last()
    .setInputFiles({
      name: "tm-mine.zip",
      mimeType: "application/zip",
      buffer: Buffer.from(zipSync(files)),
    });

/** Drops the archive, adds pictures to its classes, and trains. @returns the result of the run */
async function trainOnArchive(page: Page): Promise<void> {
  await drop(page, project);
  await page.getByRole("heading", { name: "Samples" }).waitFor();
  await addFiles(page, "ant", await patternsOf("red", 12));
  await addFiles(page, "bee", await patternsOf("blue", 12));
  await card(page, "bee").getByText("12 pictures", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await ownBase(page).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByText(/^Done: /).waitFor();
}

test("in the tab, a run begins with the model of the archive, until the usual base is chosen", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  await trainOnArchive(page);
  const { base } = await newestResult(page);
  expect(base).toMatchObject({ name: "tm-mine", license: "not stated" });
  await page.getByRole("button", { name: "Use the usual base" }).click();
  await ownBase(page).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await ownBase(page).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("behind the server, too", async () => {
  const data = join(root, "home");
  mkdirSync(data);
  const home = await serveHome(data);
  const { page, faults, close } = await openStudio(its.browser, home.url);
  await trainOnArchive(page);
  await page.getByRole("link", { name: "See the result" }).click();
  await page.getByText("Full report").click();
  await page.locator("iframe").contentFrame().getByText("tm-mine.zip").first().waitFor();
  expect(faults).toEqual([]);
  await close();
  await home.close();
});

test("projects of sounds are refused, and nothing is stored", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  await drop(page, { ...project, "metadata.json": strToU8('{"wordLabels":["clap"]}') });
  await page.getByText("is one of sounds").waitFor();
  await page.reload();
  expect(await page.getByText("0 samples").count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});
