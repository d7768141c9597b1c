// Texts from a list, a table, and a made-up task, with the library itself: from the start page to a prediction of the trained model.
// @module-tag thorough
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { channels, levels, time } from "../contract/sensor-task.js";
import { openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";

const demo = fileURLToPath(new URL("../../assets/demo-texts/messages.csv", import.meta.url));
const its = setUpStudio(() => startStudioSite(), "--js-flags=--liftoff-only");

/** A series of level k swings the more, the higher its level is. */
const swing = (k: number, phase = 0): number[] =>
  Array.from({ length: channels * time }, (_, t) => (k + 0.5) * Math.sin(t + phase));
const series = (count: number): string =>
  Array.from({ length: count }, (_, i) => [levels[i % 3], ...swing(i % 3, i).map((v) => v.toFixed(3))]).join(
    "\n",
  );

const best = (page: Page) => page.locator(".try-best");

test("texts from a CSV file: two columns are found, and the quick model answers while the user types", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
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
  await page.getByLabel("Type a text").fill("The parcel has not arrived at my address yet.");
  await best(page).getByText("delivery").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a table: inspected, trained, and tried with one control for each column", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
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
      buffer: Buffer.from(`bill,island,class\n${rows.join("\n")}`),
    });
  await page.getByText("Rows with a class").waitFor();
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByRole("button", { name: "Thorough" }).click();
  await page.getByText(/^Done: /).waitFor();
  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const used = page.getByText("This row was used for training.");
  const rest = page.getByText("This row is in the test split. It was not used for training.");
  const next = page.getByRole("button", { name: "Next row" });
  // The words follow the row after a pause.
  const pace = { interval: 1000 };
  for (const words of [used, rest])
    await expect
      .poll(async () => {
        if (await words.isVisible()) return true;
        await next.click();
        return false;
      }, pace)
      .toBe(true);
  const bill = page.getByLabel("bill, as a number");
  await bill.fill("31");
  await best(page).getByText("Adelie").waitFor();
  await used.or(rest).waitFor({ state: "detached" });
  await bill.fill("49");
  await best(page).getByText("Gentoo").waitFor();
  const shots = process.env.ENGRAFT_SCREENSHOT;
  if (shots) await page.screenshot({ path: `${shots}/row.png`, fullPage: true });
  // The island of the shown row comes first.
  const islands = await page.getByLabel("island", { exact: true }).locator("option").allTextContents();
  expect(islands.sort()).toEqual(["Biscoe", "Dream", "Torgersen"]);
  expect(faults).toEqual([]);
  await close();
});

test("a made-up task without a page of its own: its files, a training, its result, and an input as JSON", async () => {
  const own = await startStudioSite({ tasks: true });
  const { page, faults, close } = await openStudio(its.browser, own.url);
  await page.getByRole("button", { name: /^Other files/ }).click();
  await page
    .getByLabel("Add files")
    .setInputFiles({ name: "series.csv", mimeType: "", buffer: Buffer.from(series(240)) });
  await page.locator(".inspection").getByText("custom-sensor-levels").waitFor();
  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByRole("button", { name: "Thorough" }).click();
  await page.getByText(/^Done: /).waitFor();
  await page.getByRole("link", { name: "See the result" }).click();
  await page.getByText("On 60 test samples that were not used for training.").waitFor();
  await page.getByText("Full report").click();
  await page.locator("iframe").contentFrame().getByRole("heading", { name: "Series by level" }).waitFor();
  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const json = page.getByLabel("Or an input as text or JSON");
  const predict = async (text: string): Promise<void> => {
    await json.fill(text);
    await page.getByRole("button", { name: "Predict", exact: true }).click();
  };
  await predict('{"values": 3');
  await page.getByText("This is not JSON").waitFor();
  await predict('{"values": [3]}');
  await page.getByText("give { values }: 12 of each of 2 channels").waitFor();
  for (const [k, level] of levels.entries()) {
    await predict(JSON.stringify({ values: swing(k) }));
    // The first of the bars: three levels may be too near for a sure answer.
    await page.locator(".try-answers li").first().getByText(level, { exact: true }).waitFor();
  }
  expect(faults).toEqual([]);
  await close();
  await own.close();
});
