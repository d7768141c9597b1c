// Result: the number first, the confusion matrix, wrong predictions, relabelling, the report.
// @module-tag thorough
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { expectAccessible, openStudio, startStudioSite } from "./studio-tab.js";

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium(), startStudioSite({ fake: true, prepared: true })]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const open = (path: string) => openStudio(browser, site.url + path);

test("without samples and runs the page says why there is no number", async () => {
  const { page, faults, close } = await open("#/p/result");
  await page
    .getByText("There is no score yet. Add at least five samples to each of two classes, or train.")
    .waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await close();
});

test("the quick model's number, its confusion by keyboard, and a wrong label corrected", async () => {
  const { page, faults, close } = await open("?quick#/p/result");
  await page.getByText("91.7 %").waitFor();
  await page.getByText("accuracy, cross-validated (95 % confidence interval 75.0 to 99.0 %)").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "6 × good predicted as good" }).focus();
  await page.keyboard.press("ArrowUp");
  const focused = await page.evaluate("document.activeElement.ariaLabel");
  expect(focused).toBe("1 × bad predicted as good");
  await page.keyboard.press("Enter");
  const list = page.getByRole("listitem");
  await page.getByRole("button", { name: "Close the list" }).click();
  expect(await list.count()).toBe(1);
  await list.getByText("labelled: bad").waitFor();
  await list.getByText("predicted: good").waitFor();
  await list.getByText(/^confidence: 90\.0\s%$/).waitFor();
  await list.getByRole("button", { name: "Change to good" }).click();
  await list.getByText("Moved to good.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await list.getByRole("button", { name: "Change to good" }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a run: its number, the verdict, its mistakes as samples, and its report in a sandbox", async () => {
  const { page, faults, close } = await open("?quick#/p/train");
  await page.getByRole("button", { name: "Was transfer worth it?" }).click();
  await page.getByRole("link", { name: "See the result" }).click();
  await page.getByText("On 4 test samples that were not used for training.").waitFor();
  await page.getByText("The test split has only 4 samples").waitFor();
  await page.getByText("Transfer helped: accuracy is 12.0 points higher").waitFor();
  await page.getByText("features are not cached any more").waitFor();
  // The reason for a missing score is no warning of the result.
  expect(await page.getByText("there are samples without a group").count()).toBe(0);
  await page.getByText("Full report").click();
  const frame = page.locator("iframe");
  await frame
    .contentFrame()
    .getByRole("heading", { name: /Report of p-/ })
    .waitFor();
  expect(await frame.getAttribute("sandbox")).toBe("allow-scripts");
  await page.getByRole("combobox", { name: "Model" }).selectOption("quick");
  await page.getByText("accuracy, cross-validated").waitFor();
  await page.goBack();
  await page.reload();
  await page.getByText("features are not cached any more").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a run on labels that were changed with their predictions in view shows the score with the old labels", async () => {
  const { page, faults, close } = await open("#/p/train");
  const trainAgain = async (): Promise<void> => {
    await page.getByRole("link", { name: "Train", exact: true }).click();
    await page.getByRole("button", { name: "Quick", exact: true }).click();
    await page.getByRole("link", { name: "See the result" }).click();
    await page.getByText("On 4 test samples").waitFor();
  };
  await trainAgain();
  for (const text of ["I hated it", "an awful bore"]) {
    const item = page.getByRole("listitem").filter({ hasText: text });
    await item.getByRole("button", { name: "Change to good" }).click();
    await item.getByText("Moved to good.").waitFor();
  }
  expect(await page.getByText("with the prediction in view").count()).toBe(0);
  await trainAgain();
  await page.getByText("You changed 2 of 4 labels after you saw the prediction.").waitFor();
  await page.getByText("75.0 %", { exact: true }).first().waitFor();
  const note = page.getByText(/^With the old labels: Too few samples .* 4 of about \d+\.$/);
  await note.waitFor();
  // The note stands wherever the score does.
  await page.getByRole("link", { name: "Train", exact: true }).click();
  await page.getByText(/^Done: 75\.0\s% accuracy/).waitFor();
  await note.waitFor();
  await page.getByRole("link", { name: "All runs" }).click();
  await page.getByText(/^Done: 75\.0\s% accuracy/).waitFor();
  await note.waitFor();
  expect(await note.count()).toBe(1);
  expect(faults).toEqual([]);
  await close();
});

test("a run without test samples says why, and claims nothing about its predictions", async () => {
  const { page, faults, close } = await open("#/p/train");
  await page.getByRole("button", { name: "Quick", exact: true }).click();
  await page.getByText(/^Done/).waitFor();
  const why = "5 groups (recordings) cannot fill a training, a validation and a test split";
  await page.evaluate(`(() => {
    const runs = JSON.parse(localStorage.fakeRuns);
    const [run] = Object.values(runs);
    const untested = { ...run.result.test, n: 0, confusion: [[0, 0], [0, 0]] };
    run.result = { ...run.result, test: untested, predictions: [], no_score: { message: ${JSON.stringify(why)} } };
    localStorage.fakeRuns = JSON.stringify(runs);
  })()`);
  await page.goto(`${site.url}#/p/result`);
  await page.reload();
  await page.getByText(why).waitFor();
  await page.getByText("Full report").waitFor();
  expect(await page.getByRole("heading", { name: /Worst samples|Confusion/ }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test("the model that is chosen on Try is the one of the other pages", async () => {
  const { page, faults, close } = await open("?quick#/p/train");
  for (const way of ["Quick", "Thorough"]) {
    await page.getByRole("button", { name: way, exact: true }).click();
    await page.getByRole("heading", { name: way === "Quick" ? /· quick$/ : /· thorough$/ }).waitFor();
    await page.getByText(/^Done/).waitFor();
  }
  const model = page.getByRole("combobox", { name: "Model" });
  const choose = async (name: RegExp): Promise<void> => {
    // The words of an option may change while the quick model learns.
    const value = await model.locator("option", { hasText: name }).getAttribute("value");
    await model.selectOption({ value: value! });
  };
  const chosen = () => model.locator("option:checked").innerText();
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  await page.getByRole("link", { name: "See the result" }).click();
  await link("Try").click();
  await expect.poll(chosen).toMatch(/thorough$/);
  await choose(/· quick$/);
  await link("Result").click();
  await expect.poll(chosen).toMatch(/· quick$/);
  await link("Try").click();
  await choose(/^Quick model/);
  await link("Result").click();
  await page.getByText("accuracy, cross-validated").waitFor();
  // Beside Samples, too.
  await link("Samples").click();
  await choose(/· thorough$/);
  await link("Try").click();
  await link("Result").click();
  await expect.poll(chosen).toMatch(/· thorough$/);
  await link("Try").click();
  await page.goBack();
  await page.goBack();
  await expect.poll(chosen).toMatch(/· thorough$/);
  expect(faults).toEqual([]);
  await close();
});
