// Projects of tables: open or paste, choose target and columns, and try a row with one control for each column.
// @module-tag thorough
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openSamples, startSamplesSite } from "./samples-site.js";
import { cutTexts, expectAccessible, setUpStudio } from "./studio-tab.js";

const its = setUpStudio(() => startSamplesSite());

const hostile = "<img src=x onerror=alert(1)>";
const penguins = [
  `bill,island,${hostile},species`,
  ...Array.from(
    { length: 60 },
    (_, i) =>
      `${30 + i / 2},${["Biscoe", "Dream"][i % 2]},${i % 7 === 0 ? "" : i},${i < 30 ? "Adelie" : "Gentoo"}`,
  ),
].join("\n");

const openTable = (width = 1280) =>
  openSamples(its.browser, its.site.url, { kind: "table" }, { viewport: { width, height: 900 } });
const choose = (page: Page, name: string, text: string) =>
  page
    .getByLabel("Choose a file")
    .first()
    .setInputFiles({ name, mimeType: "", buffer: Buffer.from(text) });
const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });

const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.ENGRAFT_SCREENSHOT;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};

test("a table shows what is predicted and what each column is for; both can be changed and undone", async () => {
  const { page, faults, close } = await openTable();
  await expectAccessible(page);
  await choose(page, "penguins.csv", penguins);
  await page.getByText("Rows with a class").waitFor();
  await page.getByText("60 samples: 36 to learn from, 12 to choose the model, 12 to test it").waitFor();
  await row(page, hostile).getByText("9", { exact: true }).waitFor();
  await expectAccessible(page);
  await shot(page, "table");
  await page.getByLabel(`Use of ${hostile}`).selectOption("left out");
  await row(page, hostile)
    .locator("select")
    .evaluate((select) => (select as unknown as { value: string }).value);
  await page.getByLabel("Use of bill").selectOption("category");
  await expect.poll(() => page.getByLabel("Use of bill").inputValue()).toBe("categories");
  await expect.poll(() => page.getByLabel(`Use of ${hostile}`).inputValue()).toBe("ignore");
  await page.getByLabel("Predict", { exact: true }).selectOption("island");
  await row(page, "island").getByText("predicted").waitFor();
  for (const _ of [1, 2, 3]) await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => page.getByLabel("Use of bill").inputValue()).toBe("");
  await row(page, "species").getByText("predicted").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("rows are pasted from a spreadsheet; another table replaces them", async () => {
  const { page, faults, close } = await openTable(390);
  await page.getByLabel("Or paste rows from a spreadsheet here").evaluate((box) => {
    const { DataTransfer, ClipboardEvent } = globalThis as unknown as {
      DataTransfer: new () => { setData(type: string, text: string): void };
      ClipboardEvent: new (name: string, how: object) => object;
    };
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "size,price\n1,10\n2,20\n3,30");
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true });
    (box as unknown as { dispatchEvent(event: object): void }).dispatchEvent(paste);
  });
  await page.getByRole("heading", { name: "pasted.csv" }).waitFor();
  await page.getByText("price: from 10 to 30").waitFor();
  await page.getByText("3 rows left out: the class is -1").waitFor();
  await shot(page, "table-390");
  await page.getByLabel("Predict", { exact: true }).selectOption("size");
  await choose(page, "penguins.csv", penguins);
  await page.getByRole("heading", { name: "penguins.csv" }).waitFor();
  await row(page, "species").getByText("predicted").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a table that cannot be used says why, and stays", async () => {
  const { page, faults, close } = await openTable();
  await choose(page, "one.csv", "only\n1\n2");
  const notice = page.getByRole("alert");
  await notice.getByText("the table has one column").waitFor();
  expect(await notice.textContent()).toContain("separate values by commas");
  await page.getByRole("heading", { name: "one.csv" }).waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Train", exact: true }).click();
  await page.getByRole("heading", { name: "Train" }).waitFor();
  await notice.getByText("the table has one column").waitFor();
  expect(await page.getByText("Loading …").count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

/** Adds runs, the test split of which has the second and the third line. */
const addRuns = (page: Page, ...names: readonly string[]): Promise<void> =>
  page.evaluate((all) => {
    const predictions = [2, 3].map((line) => ({ item: `line ${line}`, true: "a", predicted: "a", score: 1 }));
    const run = (name: string, i: number) => ({
      ...{ name, status: "done", started: `2026-01-0${i + 1}T00:00:00Z`, strategy: name },
      result: { event: "result", seconds: { total: 1 }, strategy: { name }, predictions },
    });
    const { localStorage } = globalThis as unknown as { localStorage: Record<string, string> };
    localStorage.fakeRuns = JSON.stringify(Object.fromEntries(all.map((name, i) => [name, run(name, i)])));
  }, names);

test("Try says which rows the model knows, and which are test rows", async () => {
  const { page, faults, close } = await openTable();
  await addRuns(page, "seeded-1");
  await page.reload();
  await choose(page, "penguins.csv", penguins);
  const part = page.getByRole("region", { name: "Try" });
  await part.getByText("Row 1.").waitFor();
  await part.getByText("This row is in the test split. It was not used for training.").waitFor();
  for (const _ of [1, 2]) await part.getByRole("button", { name: "Next row" }).click();
  await part.getByText("Row 3.").waitFor();
  // The name of the run does not tell that the table is still the same.
  const isKnown = part.getByText("This row is in the project. The model may have been trained on it.");
  await isKnown.waitFor();
  await part.getByLabel("bill, as a number").fill("31.25");
  await isKnown.waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("on a phone, the long name of a run and of a column do not widen the pages", async () => {
  const { page, faults, close } = await openTable(390);
  await addRuns(page, "seeded-with-a-very-long-strategy-name");
  await page.reload();
  await choose(page, "penguins.csv", penguins.replace("bill", "length of the bill in millimetres"));
  await page.getByText("Rows with a class").waitFor();
  const isInside =
    "document.querySelector('.table-page select[aria-label^=Use]').getBoundingClientRect().right <= 390";
  expect(await page.evaluate(isInside)).toBe(true);
  for (const name of ["Use", "Result"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, exact: true }).waitFor();
    await page.getByRole("combobox").first().waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    expect(await cutTexts(page)).toEqual([]);
  }
  expect(faults).toEqual([]);
  await close();
});

test("a list of texts that was opened as a table has a box to try its model", async () => {
  const { page, faults, close } = await openTable();
  await addRuns(page, "seeded-1");
  await page.reload();
  await choose(page, "reviews.csv", "text,label\ngood book,good\nbad book,bad\nfine book,good");
  await page.getByLabel("Type a text").fill("a fine book");
  await page.locator(".try-best", { hasText: "string" }).waitFor();
  expect(await page.getByText("was used for training").count()).toBe(0);
  await page.getByLabel("Type a text").fill("good book");
  await page.getByText("This row is in the test split").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a project without samples keeps the run that its address named, until the user chooses another", async () => {
  const { page, faults, close } = await openTable();
  await addRuns(page, "seeded-old", "seeded-new");
  await page.goto(`${page.url().replace(/#.*/, "")}#/seeded/result/seeded-old`);
  await page.reload();
  const model = page.getByRole("combobox", { name: "Model" });
  const goTo = async (name: string) => {
    await page.getByRole("link", { name, exact: true }).click();
    await page.waitForURL(new RegExp(`/${name.toLowerCase()}`));
  };
  await expect.poll(() => model.inputValue()).toBe("seeded-old");
  await goTo("Samples");
  await expect.poll(() => model.inputValue()).toBe("seeded-old");
  await goTo("Try");
  await expect.poll(() => model.inputValue()).toBe("seeded-old");
  await model.selectOption("seeded-new");
  await goTo("Samples");
  // The links follow the address.
  await page.locator('a[href$="/result/seeded-new"]').first().waitFor({ state: "attached" });
  await goTo("Result");
  await expect.poll(() => model.inputValue()).toBe("seeded-new");
  expect(faults).toEqual([]);
  await close();
});
