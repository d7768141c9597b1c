// Projects of files: every task without a page of its own, with a made-up task, too.
// @module-tag thorough
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { openSamples, startSamplesSite } from "./samples-site.js";
import { expectAccessible } from "./studio-tab.js";

let work: string;
let browser: Browser;
let site: Site;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "engraft-files-"));
  for (const label of ["crack", "pit"]) {
    mkdirSync(join(work, "flaws", label), { recursive: true });
    for (let i = 0; i < 150; i++) writeFileSync(join(work, "flaws", label, `${i}.jpg`), `${label} ${i}`);
  }
  writeFileSync(join(work, "flaws", "notes.txt"), "notes");
  writeFileSync(join(work, "flaws", "crack", ".DS_Store"), "x");
  [browser, site] = await Promise.all([launchChromium(), startSamplesSite()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(work, { recursive: true });
});

const openFiles = (width = 1280) =>
  openSamples(browser, site.url, { kind: "files" }, { viewport: { width, height: 900 } });
const names = (page: Page) => page.locator(".file-list li span");

const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.ENGRAFT_SCREENSHOT;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};

test("a folder of 301 files keeps its paths; the list draws the files in view; the task can be set", async () => {
  const { page, faults, close } = await openFiles();
  await page.getByText("Objects with boxes").waitFor();
  await expectAccessible(page);
  await shot(page, "files-empty");
  await page.getByLabel("Add a folder").setInputFiles(join(work, "flaws"));
  await page.getByRole("heading", { name: "301 files" }).waitFor();
  await page.locator(".chips li", { hasText: "crack 150" }).waitFor();
  await page.getByText("1 left out").click();
  await page.getByText("flaws/notes.txt: its format cannot be read").waitFor();
  expect(await names(page).count()).toBeLessThan(40);
  await page.locator(".file-list").evaluate((list) => {
    (list as unknown as { scrollTop: number }).scrollTop = 1e6;
  });
  await page.getByTitle("flaws/pit/149.jpg").waitFor();
  await expectAccessible(page);
  await shot(page, "files");
  await page.getByLabel("Task").selectOption("Pictures with numbers");
  await page.locator(".inspection").getByText("Pictures with numbers").waitFor();
  // The training gets the task. The stand-in knows no pictures of files, and refuses them.
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByRole("button", { name: "Thorough" }).click();
  await page.getByText("there is one class only").waitFor();
  expect(JSON.parse(await page.evaluate("localStorage.trainedWith"))).toMatchObject({
    task: "image-regression",
  });
  await page.getByRole("link", { name: "Samples", exact: true }).first().click();
  await page.locator(".file-list").evaluate((list) => {
    (list as unknown as { scrollTop: number }).scrollTop = 1e6;
  });
  await page.getByRole("button", { name: "Remove flaws/pit/149.jpg" }).click();
  await page.getByRole("heading", { name: "300 files" }).waitFor();
  for (const _ of [1, 2, 3]) await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "301 files" }).waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("one Tab key leaves a list of 301 files; the arrow keys move in it, and the focus stays when files go", async () => {
  const { page, faults, close } = await openFiles();
  const input = page.getByLabel("Add a folder");
  await input.focus();
  await input.setInputFiles(join(work, "flaws"));
  await page.getByRole("heading", { name: "301 files" }).waitFor();
  expect(await page.evaluate("document.activeElement.type")).toBe("file");
  const focused = (): Promise<string> => page.evaluate("document.activeElement.ariaLabel ?? ''");
  await page.getByRole("button", { name: "Remove all" }).focus();
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Remove flaws/crack/0.jpg");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe("Remove flaws/crack/2.jpg");
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.closest('.file-list')")).toBeNull();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "300 files" }).waitFor();
  expect(await focused()).toBe("Remove flaws/crack/3.jpg");
  await page.keyboard.press("End");
  expect(await focused()).toBe("Remove flaws/pit/149.jpg");
  await page.getByTitle("flaws/pit/140.jpg").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "299 files" }).waitFor();
  expect(await focused()).toBe("Remove flaws/pit/148.jpg");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove all" }).click();
  await page.getByTitle("flaws/pit/140.jpg").waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.localName")).toBe("h1");
  expect(faults).toEqual([]);
  await close();
});

test("a made-up task needs no code of the studio: its files, its name, and its counts", async () => {
  const { page, faults, close } = await openFiles(390);
  await page
    .getByLabel("Add files")
    .setInputFiles({ name: "series.csv", mimeType: "text/csv", buffer: Buffer.from("low,1,2,3") });
  await page.getByText("custom-sensor-levels").waitFor();
  await page.getByText("120 samples: 72 to learn from, 24 to choose the model, 24 to test it").waitFor();
  await expectAccessible(page);
  await shot(page, "files-390");
  expect(faults).toEqual([]);
  await close();
});
