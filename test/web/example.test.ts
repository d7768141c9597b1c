// The page that a user can copy, used as a user does: a folder is chosen, a button is pressed.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchChromium } from "../chromium.js";
import { demoPictures, type Site, startSite } from "./site.js";

// Wasm has the cores for itself in a browser only where nothing else runs: patience, not a measure.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-example-"));
let browser: Browser;
let site: Site;
beforeAll(async () => {
  for (const { url, name, label } of demoPictures(12, ["none", "stain"])) {
    mkdirSync(join(folder, "parts", label), { recursive: true });
    cpSync(join(root, url.replace("/package/", "")), join(folder, "parts", label, name));
  }
  [browser, site] = await Promise.all([launchChromium(), startSite({ isolated: true })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the example page trains on a folder and answers about a picture", async () => {
  const page = await browser.newPage();
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  await page.goto(`${site.url}example/index.html`);
  expect(await page.locator("#start").isDisabled()).toBe(true);
  await page.setInputFiles("#folder", join(folder, "parts"));
  expect(await page.locator("#given").textContent()).toBe("24 files chosen");
  await page.click("#start");
  await page.locator("#done").waitFor({ state: "visible", timeout: 200_000 });
  expect(await page.locator("#given").textContent()).toBe("24 pictures of none, stain");
  expect(await page.locator("#accuracy").textContent()).toMatch(/^[\d.]+ % right$/);
  expect(await page.locator("#files a").allTextContents()).toContain("onnx/model.onnx");
  await page.setInputFiles("#question", join(folder, "parts/stain", demoPictures(1, ["stain"])[0]!.name));
  await page.locator("#answers tr").first().waitFor();
  expect(await page.locator("#answers tr").count()).toBe(2);
  const shot = process.env.ENGRAFT_SCREENSHOT;
  if (shot) await page.screenshot({ path: shot, fullPage: true });
  expect(wrong).toEqual([]);
});
