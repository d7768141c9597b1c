// The exported studio in Firefox, with the library itself: pictures by camera, texts from a list, a training whose tab is closed.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { load } from "../../src/index.js";
import { exportStudio } from "../../src/studio/export-node.js";
import { launchFirefox } from "../support/firefox.js";
import { type Site, startSite } from "../web/site.js";
import { watchFaults } from "./studio-tab.js";
import { card, createPictures, picturesOf, record, tryPart } from "./try-flow.js";

const patience = { timeout: 300_000 };
let folder: string;
let downloads: string;
/** Lines of the demo's list: text, label, split. */
const messages = readFileSync(new URL("../../assets/demo-texts/messages.csv", import.meta.url), "utf8")
  .trim()
  .split("\n");
let browser: Browser;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-firefox-"));
  downloads = join(folder, "downloads");
  mkdirSync(downloads);
  const exported = join(folder, "site");
  await exportStudio(exported);
  const files = { "/": readFileSync(join(exported, "index.html"), "utf8") };
  [browser, site] = await Promise.all([launchFirefox(downloads), startSite({ folder: exported, files })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

/** Opens the studio, and waits until its service worker has loaded it once more, with isolation. */
async function openIsolated(context: BrowserContext): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  const faults = watchFaults(page, site.url);
  const loads: (() => void)[] = [];
  page.on("load", () => loads.shift()?.());
  const twice = new Promise<void>((resolve) => loads.push(() => undefined, resolve));
  await page.goto(site.url);
  await twice;
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  return { page, faults };
}

/** Downloads the model of the page Use, and unpacks it. @returns its folder */
async function downloadModel(page: Page, project: string): Promise<string> {
  await page.getByRole("link", { name: "Use", exact: true }).first().click();
  await page.getByRole("button", { name: "Download model" }).click(patience);
  const zip = join(downloads, `${project}.model.zip`);
  // Until it is complete, Firefox writes to a second file, and this one is empty.
  await vi.waitFor(() => expect(statSync(zip).size).toBeGreaterThan(0), { timeout: 300_000, interval: 200 });
  for (const [path, content] of Object.entries(unzipSync(readFileSync(zip)))) {
    const at = join(folder, project, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  return join(folder, project, "model");
}

/** Returns the prediction of a model folder as the page Try shows it: "Class 1 87 %". */
async function answersInNode(model: string, input: string | Uint8Array): Promise<string[]> {
  const loaded = await load(model);
  const answers = await (loaded as { predict(input: unknown): Promise<Answer[]> }).predict(input);
  await loaded.close();
  return answers.map(({ label, score }) => `${label} ${(100 * score).toFixed(0)} %`);
}
interface Answer {
  readonly label: string;
  readonly score: number;
}

/** Waits until the page Try shows a prediction. */
async function expectAnswers(page: Page, answers: readonly string[]): Promise<void> {
  const bars = tryPart(page).locator(".try-answers li");
  const shown = async (): Promise<string[]> =>
    (await bars.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "));
  await vi.waitFor(async () => expect(await shown()).toEqual(answers), { timeout: 300_000, interval: 200 });
}

test("pictures by camera, from an empty page to a model that predicts the same in Node", async () => {
  const context = await browser.newContext();
  const { page, faults } = await openIsolated(context);
  await createPictures(page);
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).click();
  await page.locator("video").waitFor();
  // The fake camera changes its colour.
  for (const name of ["Class 1", "Class 2", "Class 1", "Class 2"]) {
    await record(page, name, 6);
    await page.waitForTimeout(2000);
  }
  await tryPart(page).locator(".try-best").waitFor(patience);
  const model = await downloadModel(page, "Pictures");
  await page.getByRole("link", { name: "Samples", exact: true }).first().click();
  const [picture] = await picturesOf("blue", 1);
  await tryPart(page).getByLabel("Try a file").setInputFiles(picture!);
  await expectAnswers(page, await answersInNode(model, picture!.buffer));
  expect(faults).toEqual([]);
  await context.close();
});

/** Adds the texts of a list with two columns that the page finds. */
async function addTexts(page: Page, csv: string, count: number): Promise<void> {
  await page.getByRole("button", { name: /^Texts/ }).click();
  await page
    .getByLabel("Open a list")
    .setInputFiles({ name: "messages.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page
    .getByRole("dialog")
    .getByRole("button", { name: `Add ${count} texts` })
    .click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

test("texts from a CSV file: the quick model answers while the user types", async () => {
  const context = await browser.newContext();
  const { page, faults } = await openIsolated(context);
  await addTexts(page, messages.join("\n"), 300);
  await page.getByLabel("Type a text").fill("The parcel has not arrived at my address yet.", patience);
  await tryPart(page).locator(".try-best", { hasText: "delivery" }).waitFor(patience);
  expect(faults).toEqual([]);
  await context.close();
});

test("a thorough training whose tab is closed in the run, and resumed", async () => {
  const context = await browser.newContext();
  const { page, faults } = await openIsolated(context);
  const some = messages.filter((line) => /,(delivery|refund),/.test(line)).filter((_, i) => i % 4 === 0);
  await addTexts(page, [messages[0], ...some].join("\n"), some.length);
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByText("Options", { exact: true }).click();
  await page.getByText("More options").click();
  for (const [name, value] of [
    ["epochs", "2"],
    ["batch size", "2"],
    ["checkpoint seconds", "0"],
  ] as const) {
    const field = page.getByRole("textbox", { name, exact: true });
    // As a user types: Firefox fires no change event after `fill`.
    await field.selectText();
    await field.pressSequentially(value);
    await field.press("Enter");
  }
  await page.getByRole("button", { name: "Thorough" }).click();
  await page.getByRole("img", { name: /Validation loss over/ }).waitFor(patience);
  const address = page.url();
  await page.close();

  const second = await context.newPage();
  const more = watchFaults(second, site.url);
  await second.goto(address);
  await second.getByText("Stopped. Nothing is lost.").waitFor(patience);
  await second.getByRole("button", { name: "Resume" }).click();
  await second.getByText(/^Done: /).waitFor(patience);
  await second.getByRole("link", { name: "See the result" }).click();
  await second.getByText(/^On \d+ test samples/).waitFor();
  expect([...faults, ...more]).toEqual([]);
  await context.close();
});

test("a private window has no storage: the page says that it keeps nothing, and works", async () => {
  const hidden = await launchFirefox(downloads, { "browser.privatebrowsing.autostart": true });
  onTestFinished(() => hidden.close());
  const { page, faults } = await openIsolated(await hidden.newContext());
  await page.getByText("This browser does not keep your work.").waitFor();
  await page.getByRole("button", { name: "Messages to a shop" }).click();
  await page.getByText("Quick model, 180 texts").waitFor(patience);
  expect(faults).toEqual([]);
});
