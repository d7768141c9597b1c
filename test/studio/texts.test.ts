// Projects of texts: a box on each class card, a list that makes the classes, and predictions while the user types.
// @module-tag thorough
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openSamples, startSamplesSite } from "./samples-site.js";
import { expectAccessible, setUpStudio } from "./studio-tab.js";

const its = setUpStudio(() => startSamplesSite());

const openTexts = () => openSamples(its.browser, its.site.url, { kind: "texts" });
const card = (page: Page, name: string) => page.getByRole("group", { name, exact: true });

/** Chooses a list with the button above the class cards. */
const chooseList = (page: Page, name: string, content: string) =>
  page.getByLabel("Open a list").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });

const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.ENGRAFT_SCREENSHOT;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};

test("texts of two classes are typed, then a new text is predicted as the user types", async () => {
  const { page, faults, close } = await openTexts();
  const add = async (name: string, lines: string): Promise<void> => {
    await card(page, name).getByLabel("One text on each line").fill(lines);
    await card(page, name).getByRole("button", { name: "Add 5 texts" }).click();
    await card(page, name).getByText("5 texts", { exact: true }).waitFor();
  };
  await add("Class 1", "aaa b\naab\n\n  abb \naaaa\naac");
  await add("Class 2", "zzz y\nzzy\nzyy\nzzzz\nzzx");
  await expectAccessible(page);
  await shot(page, "texts");
  await page.getByLabel("Type a text").fill("zzzzz");
  await page.locator(".try").getByText("Class 2").first().waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await card(page, "Class 2").getByText("0 texts", { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a text file gives a sample for each line; a list is refused there, with what to do", async () => {
  const { page, faults, close } = await openTexts();
  const files = card(page, "Class 1").getByLabel("Add files");
  const file = (name: string, text: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await files.setInputFiles([
    file("kind.txt", "good\r\nfine\r\n"),
    file("list.csv", "a,b"),
    file("empty.txt", " \n"),
  ]);
  await card(page, "Class 1").getByText("2 texts", { exact: true }).waitFor();
  await page
    .getByText("list.csv: “list.csv” is a list. A list has its own classes. Use “Open a list” above.")
    .waitFor();
  await page.getByText("empty.txt: “empty.txt” has no text. One text on each line").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a list makes classes and samples at once; the columns are guessed and can be changed; one undo removes all", async () => {
  const { page, faults, close } = await openTexts();
  const hostile = "<img src=x onerror=alert(1)>";
  const rows = Array.from(
    { length: 40 },
    // The stand-in counts letters: other texts have others.
    (_, i) => `${i},"text, number ${i}${"x".repeat(i)}",${i % 4 === 3 ? "" : `kind ${i % 4}`},p${i % 5}`,
  );
  await chooseList(page, "reviews.csv", `${hostile},review,category,person\n${rows.join("\n")}`);
  const dialog = page.getByRole("dialog", { name: "reviews.csv" });
  await dialog.getByRole("columnheader", { name: hostile }).waitFor();
  expect(await dialog.getByRole("row").count()).toBe(21);
  expect(await dialog.getByLabel("Text", { exact: true }).inputValue()).toBe("review");
  expect(await dialog.getByLabel("Class", { exact: true }).inputValue()).toBe("category");
  expect(await dialog.getByLabel("Group").inputValue()).toBe("person");
  await expectAccessible(page);
  await shot(page, "list");
  await dialog.getByText("30 texts in 3 classes. 10 rows will be left out").waitFor();
  await dialog.getByLabel("Class", { exact: true }).selectOption("review");
  await dialog.getByText("Choose one column for the texts and another one for the classes.").waitFor();
  expect(await dialog.getByRole("button", { name: /^Add/ }).isDisabled()).toBe(true);
  await dialog.getByLabel("Class", { exact: true }).selectOption("category");
  await dialog.getByRole("button", { name: "Add 30 texts" }).click();
  await card(page, "kind 2").getByText("10 texts · 5 recordings").waitFor();
  await page.getByTitle("text, number 2xx", { exact: true }).waitFor();
  expect(await card(page, "Class 1").count()).toBe(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await card(page, "kind 2").waitFor({ state: "detached" });
  await card(page, "Class 1").waitFor();
  expect(faults).toEqual([]);
  await close();
});

test.each([
  ["one.csv", "text|label\nfine|b", "“one.csv” has one column.", "separate them by commas or tabs"],
  [
    "bare.csv",
    "good,1.5\nbad,2\ngood,1\ngood,3",
    "looks like data, not like names of columns",
    "add a line of names above it",
  ],
  ["empty.csv", "", '"empty.csv" is empty', "add a header line, such as text,label"],
  ["head.csv", "text,label\n", "“head.csv” has no rows.", "Add rows below the line"],
  ["broken.json", "[{", '"broken.json" is not JSON', "write a list of objects"],
  [
    "odd.csv",
    "text,label\na,b,c",
    '"odd.csv", line 2 has another number of values',
    "quote values that contain the separator",
  ],
])("the list %s is refused with a sentence, and the samples stay", async (name, content, what, help) => {
  const { page, faults, close } = await openTexts();
  await card(page, "Class 1").getByLabel("One text on each line").fill("stays");
  await card(page, "Class 1").getByRole("button", { name: "Add 1 text" }).click();
  await chooseList(page, name, content);
  const notice = page.locator(".notice.error");
  await notice.getByText(what).waitFor();
  expect(await notice.textContent()).toContain(help);
  await card(page, "Class 1").getByText("1 text", { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a list of 1,500 texts makes its 300 classes", async () => {
  const { page, faults, close } = await openTexts();
  const rows = Array.from({ length: 1500 }, (_, i) => `{"text":"text ${i}","label":"class ${i % 300}"}`);
  await chooseList(page, "many.jsonl", rows.join("\n"));
  await page.getByRole("dialog").getByRole("button", { name: "Add 1500 texts" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await card(page, "class 299").getByText("5 texts", { exact: true }).waitFor();
  expect(await page.getByRole("group", { name: /^class \d+$/ }).count()).toBe(300);
  expect(faults).toEqual([]);
  await close();
});
