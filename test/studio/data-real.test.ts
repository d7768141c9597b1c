// Texts from a list and a table, with the library itself: from the start page to a prediction of the trained model.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { openStudio, startStudioSite } from "./studio-tab.js";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const patience = { timeout: 150_000 };
const demo = fileURLToPath(new URL("../../assets/demo-texts/messages.csv", import.meta.url));
let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium("--js-flags=--liftoff-only"), startStudioSite()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Rows whose area follows from two numbers. */
const sizes = Array.from({ length: 80 }, (_, i) => {
  const [width, height] = [1 + (i % 9) / 2, 1 + Math.floor(i / 9)];
  return JSON.stringify({ width, height, area: width * height });
}).join("\n");

const best = (page: Page) => page.locator(".try-best");

test("texts from a CSV file: two columns are found, and the quick model answers while the user types", async () => {
  const { page, faults, close } = await openStudio(browser, site.url);
  await page.getByRole("button", { name: /^Texts/ }).click();
  await page.getByLabel("Open a list").setInputFiles(demo);
  await page.getByRole("dialog").getByRole("button", { name: "Add 300 texts" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const labels = new Set(
    readFileSync(demo, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").at(-2)),
  );
  for (const label of labels) await page.getByRole("group", { name: label!, exact: true }).waitFor();
  await page.getByLabel("Type a text").fill("The parcel has not arrived at my address yet.", patience);
  await best(page).getByText("delivery").waitFor(patience);
  expect(faults).toEqual([]);
  await close();
});

test("a table: inspected, trained, and tried with one control for each column", async () => {
  const { page, faults, close } = await openStudio(browser, site.url);
  await page.getByRole("button", { name: /^Table/ }).click();
  const rows = Array.from({ length: 120 }, (_, i) => {
    const [bill, island] = [30 + (i % 60) / 3, ["Biscoe", "Dream", "Torgersen"][i % 3]];
    return `${bill.toFixed(2)},${island},${bill < 40 ? "Adelie" : "Gentoo"}`;
  });
  await page
    .getByLabel("Choose a file")
    .first()
    .setInputFiles({
      name: "penguins.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`bill,island,species\n${rows.join("\n")}`),
    });
  await page.getByText("Rows with a class").waitFor(patience);
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByRole("button", { name: "Thorough" }).click(patience);
  await page.getByText(/^Done: /).waitFor(patience);
  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const bill = page.getByLabel("bill, as a number");
  await bill.fill("31");
  await best(page).getByText("Adelie").waitFor(patience);
  await bill.fill("49");
  await best(page).getByText("Gentoo").waitFor(patience);
  const shots = process.env.ENGRAFT_SCREENSHOT;
  if (shots) await page.screenshot({ path: `${shots}/row.png`, fullPage: true });
  expect(await page.getByLabel("island", { exact: true }).locator("option").allTextContents()).toEqual([
    "Biscoe",
    "Dream",
    "Torgersen",
  ]);
  expect(faults).toEqual([]);
  await close();
});

test("files of any task: inspected, trained, and tried with JSON", async () => {
  const { page, faults, close } = await openStudio(browser, site.url);
  await page.getByRole("button", { name: /^Other files/ }).click();
  await page
    .getByLabel("Add files")
    .setInputFiles({ name: "sizes.jsonl", mimeType: "", buffer: Buffer.from(sizes) });
  await page.locator(".inspection").getByText("Rows with a number").waitFor(patience);
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByRole("button", { name: "Thorough" }).click(patience);
  await page.getByText(/^Done: /).waitFor(patience);
  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const json = page.getByLabel("Or an input as text or JSON");
  await json.fill('{"width": 3');
  await page.getByRole("button", { name: "Predict", exact: true }).click();
  await page.getByText("This is not JSON").waitFor();
  await json.fill('{"width": 3.5, "height": 4}');
  await page.getByRole("button", { name: "Predict", exact: true }).click();
  await best(page)
    .getByText(/^area: \d/)
    .waitFor(patience);
  expect(faults).toEqual([]);
  await close();
});
