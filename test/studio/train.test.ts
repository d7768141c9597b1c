// Train and Runs: start, stop, resume after a closed tab, options, errors.
// @module-tag thorough
import type { Browser, Page } from "playwright-core";
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

const open = (path = "#/p/train") => openStudio(browser, site.url + path);
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const setEpochs = async (page: Page, epochs: number): Promise<void> => {
  await page.getByText("Options", { exact: true }).first().click();
  const field = page.getByRole("textbox", { name: "epochs" });
  await field.fill(String(epochs));
  await field.press("Enter");
};

/** Options that the library got. */
const sentIn = (page: Page): Promise<object> =>
  page.evaluate(() => {
    const { localStorage } = globalThis as unknown as { localStorage: Record<string, string> };
    const [run] = Object.values(JSON.parse(localStorage.fakeRuns!) as object) as { options: object }[];
    return run!.options;
  });

test("Thorough shows phase, time left, curve and warnings, and ends with the score", async () => {
  const { page, faults, close } = await open();
  await page.getByRole("button", { name: "Quick" }).waitFor();
  await setEpochs(page, 40);
  await press(page, "Thorough");
  await page
    .getByText(/Training · \d+ of 40 · about \d+ s left/)
    .first()
    .waitFor();
  await page.getByText("Takes about 12 s in total.").waitFor();
  expect(await page.getByRole("button", { name: "Thorough" }).isDisabled()).toBe(true);
  await page.getByRole("img", { name: /Validation loss over \d+ epochs: from 1\.200/ }).waitFor();
  await page.getByText("features are not cached any more").waitFor();
  await page
    .getByText(/^Done: [\d.]+\s% accuracy \(95\s% confidence interval [\d.]+ to [\d.]+\s%\)$/)
    .waitFor();
  await page.getByText("Last time it took 2 s.").waitFor();
  expect(await page.getByText("from none of these epochs").count()).toBe(0);
  await page.getByText("All epochs").click();
  await page.getByRole("cell", { name: "All weights" }).first().waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await close();
});

test("the button that starts, stops or resumes a run keeps the focus", async () => {
  const { page, faults, close } = await open();
  await page.getByRole("button", { name: "Quick" }).waitFor();
  await setEpochs(page, 40);
  const focused = (): Promise<string> => page.evaluate("document.activeElement.textContent");
  await page.getByRole("button", { name: "Thorough" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop" }).waitFor();
  expect(await focused()).toBe("Thorough");
  // It starts no second run.
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Stopped. Nothing is lost.").waitFor();
  await expect.poll(focused).toBe("Resume");
  await page.keyboard.press("Enter");
  await page
    .getByText(/^Done: [\d.]+\s% accuracy \(95\s% confidence interval [\d.]+ to [\d.]+\s%\)$/)
    .waitFor();
  expect(await page.evaluate("Object.keys(JSON.parse(localStorage.fakeRuns)).length")).toBe(1);
  expect(faults).toEqual([]);
  await close();
});

test("a stopped run, and one whose tab was closed, are resumed", async () => {
  const { page, faults, close } = await open();
  await page.getByRole("button", { name: "Quick" }).waitFor();
  await setEpochs(page, 100);
  await press(page, "Thorough");
  await page.getByRole("img", { name: /Validation loss/ }).waitFor();
  await press(page, "Stop");
  await page.getByText("Stopped. Nothing is lost.").waitFor();
  const curve = page.getByRole("img", { name: /Validation loss/ });
  const epochsFrom = async (first: string): Promise<number> => {
    const [, epochs, from] = /over (\d+) epochs?: from (.+?) to/.exec(
      (await curve.getAttribute("aria-label"))!,
    )!;
    return from === first ? Number(epochs) : 0;
  };
  const before = await epochsFrom("1.200");
  await press(page, "Resume");
  // The epochs before the stop are there, too.
  await expect.poll(() => epochsFrom("1.200")).toBeGreaterThan(before);
  await page.reload();
  await page.getByText("Stopped. Nothing is lost.").waitFor();
  await expectAccessible(page);
  await press(page, "Resume");
  await page
    .getByText(/^Done: [\d.]+\s% accuracy \(95\s% confidence interval [\d.]+ to [\d.]+\s%\)$/)
    .waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("only changed options are sent", async () => {
  const { page, faults, close } = await open();
  await page.getByText("Options", { exact: true }).first().click();
  await page.getByText("More options").click();
  const optimizer = page.getByRole("combobox", { name: "optimizer" });
  await optimizer.selectOption("sgd");
  await optimizer.selectOption("adamw");
  await page.getByRole("group", { name: "average", exact: true }).getByLabel("swa").check();
  await page.getByRole("group", { name: "safe", exact: true }).getByRole("checkbox").check();
  await expectAccessible(page);
  await press(page, "Thorough");
  await page.getByText(/^Done/).waitFor();
  const options = await sentIn(page);
  // Without the task, classes with the names "1.5" and "2.5" would be numbers.
  expect(options).toMatchObject({
    ...{ average: "swa", safe: true, strategy: "finetune", task: "text-classification" },
  });
  expect(Object.keys(options).sort()).toEqual(["average", "name", "ort", "safe", "strategy", "task"]);
  // The run kept a model that no epoch made.
  await page.getByText("The model is from none of these epochs").waitFor();
  await press(page, "Reset all options");
  await page.getByText("Options", { exact: true }).first().waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a training does not start with a wrong option, and shows it", async () => {
  const { page, close } = await open();
  await page.getByText("Options", { exact: true }).first().click();
  const rate = page.getByRole("textbox", { name: "learning rate" });
  await rate.fill("abc");
  await page.getByText("Options", { exact: true }).first().click();
  await press(page, "Quick");
  await rate.waitFor();
  expect(await page.getByText(/^Done/).count()).toBe(0);
  await rate.fill("");
  await press(page, "Quick");
  await page.getByText(/^Done/).waitFor();
  await close();
});

test("a time is typed as on the command line, and one that is none has a sentence before the training starts", async () => {
  const { page, close } = await open();
  await page.getByText("Options", { exact: true }).first().click();
  const budget = page.getByRole("textbox", { name: "budget" });
  await budget.fill("soon");
  await press(page, "Thorough");
  const problem = () =>
    budget.evaluate((field: { readonly validationMessage: string }) => field.validationMessage);
  expect(await problem()).toBe("Enter a time, such as 90s, 10m or 1h30m.");
  expect(await page.getByText(/^Done/).count()).toBe(0);
  await budget.fill("10m");
  await press(page, "Thorough");
  await page.getByText(/^Done/).waitFor();
  expect(await sentIn(page)).toMatchObject({ budget: 600 });
  expect(await budget.inputValue()).toBe("10m");
  await close();
});

test("a table has its own options, and one without its companion is closed", async () => {
  const { page, faults, close } = await open("?table#/p/train");
  await page.getByRole("button", { name: "Thorough" }).waitFor();
  for (const name of ["Quick", "Was transfer worth it?"])
    expect(await page.getByRole("button", { name }).count()).toBe(0);
  await page.getByText("Trains a model on these data.").waitFor();
  await page.getByText("Options", { exact: true }).first().click();
  await page.getByText("More options").click();
  const gap = page.getByRole("group", { name: "gap", exact: true });
  await gap.getByText("Has no effect without “split by”.").waitFor();
  expect(await gap.getByRole("textbox").isDisabled()).toBe(true);
  const splitBy = page.getByRole("textbox", { name: "split by" });
  await splitBy.fill("date");
  await splitBy.press("Enter");
  await expect.poll(() => gap.getByRole("textbox").isDisabled()).toBe(false);
  expect(faults).toEqual([]);
  await close();
});

test("data that cannot be trained: the sentence with its help, and no run", async () => {
  const { page, faults, close } = await open("?one#/p/train");
  await press(page, "Quick");
  await page.getByText("there is one class only").waitFor();
  await page.getByText("add samples of another class").waitFor();
  await page.goto(`${site.url}?one#/p/runs`);
  await page.getByText("There are no runs yet. Open Train to start one.").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a damaged run says why, and cannot be resumed", async () => {
  const { page, faults, close } = await open();
  await press(page, "Quick");
  await page.getByText(/^Done/).waitFor();
  await page.evaluate(() => {
    const { localStorage } = globalThis as unknown as { localStorage: Record<string, string> };
    const [run] = Object.values(JSON.parse(localStorage.fakeRuns!) as Record<string, { name: string }>);
    const { name } = run!;
    const damaged = {
      name,
      started: "2026-01-31T00:00:00.000Z",
      status: "damaged",
      error: { message: "run.json is no JSON" },
    };
    localStorage.fakeRuns = JSON.stringify({ [name]: damaged });
  });
  await page.reload();
  await page.getByText("Damaged: run.json is no JSON").waitFor();
  expect(await page.getByRole("button", { name: "Resume" }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test("two runs side by side, and one is deleted", async () => {
  const { page, faults, close } = await open();
  await press(page, "Quick");
  await page.getByText(/^Done/).waitFor();
  await press(page, "Was transfer worth it?");
  await page.getByRole("link", { name: "All runs" }).click();
  await page.getByText("Choose two finished runs").waitFor();
  const boxes = page.getByRole("checkbox");
  await expect.poll(() => boxes.count()).toBe(2);
  for (const box of await boxes.all()) await box.check();
  await page.getByRole("table", { name: "Side by side" }).waitFor();
  await page.getByText("Difference: +0.0 points.").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Delete" }).first().click();
  await page.getByRole("dialog").getByText("Its model is deleted, too.").waitFor();
  await press(page, "Delete for good");
  await expect.poll(() => page.getByRole("listitem").count()).toBe(1);
  expect(faults).toEqual([]);
  await close();
});
