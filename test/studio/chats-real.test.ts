// A decoder that learns to answer chats, with the library itself: its files, its base, a training, its result, and questions.
// @module-tag thorough
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { sharedToys } from "../support/shared-runs.js";
import { expectChinese } from "./chinese-page.js";
import { cutTexts, expectAccessible, openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-studio-chats-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a site with a decoder. A browser prints requests for missing files on its console, so it has all of them. */
async function startSite() {
  const base = join(folder, "decoder");
  cpSync(await sharedToys()("chat-decoder"), base, { recursive: true });
  for (const name of ["README.md", "LICENSE"]) writeFileSync(join(base, name), "");
  writeFileSync(join(base, "generation_config.json"), "{}");
  return startStudioSite({ more: { decoder: base } });
}
const its = setUpStudio(startSite, "--js-flags=--liftoff-only");

/** Chats about three of six words, answered with the last one: enough of them for a number. */
function chats(): string {
  const words = ["great", "bad", "good", "book", "the", "film"];
  const texts = words.flatMap((a) => words.flatMap((b) => words.map((c) => [`${a} ${b} ${c}`, c])));
  const message = (role: string, content: string) => ({ role, content });
  return texts
    .map(([text, last]) => ({ messages: [message("user", text!), message("assistant", last!)] }))
    .map((chat) => JSON.stringify(chat))
    .join("\n");
}

const ownWords = "Other files chats jsonl user assistant great bad good book the film decoder";
const widths = [1280, 390] as const;
/** Looks at a page in both languages and at both widths. @param chinese a text that comes with the last Chinese words of the page */
async function look(page: Page, name: string, chinese: string): Promise<void> {
  const shots = process.env.ENGRAFT_SCREENSHOT;
  const turn = (to: string) => page.getByRole("button", { name: to, exact: true }).first().click();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
    expect.soft(await cutTexts(page), name).toEqual([]);
    if (shots) await page.screenshot({ path: `${shots}/${name}-en-${width}.png`, fullPage: true });
  }
  await turn("中文");
  await page.getByText(chinese).first().waitFor({ state: "attached" });
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await expectChinese(page, `${name}-zh`, ownWords);
  }
  await turn("English");
  await page.setViewportSize({ width: widths[0], height: 900 });
}

test("chats: found, trained on a decoder that the user names, and asked in a text or in messages", async () => {
  const { page, faults, close } = await openStudio(its.browser, its.site.url);
  await page.getByRole("button", { name: /^Other files/ }).click();
  await page
    .getByLabel("Add files")
    .setInputFiles({ name: "chats.jsonl", mimeType: "", buffer: Buffer.from(chats()) });
  await page.locator(".inspection").getByText("Texts and answers").waitFor();
  await page.locator(".inspection").getByText("216 samples: ").waitFor();
  await look(page, "chats-files", "全部删除");

  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  const train = page.getByRole("button", { name: "Thorough" });
  await train.waitFor();
  expect(await train.isDisabled()).toBe(true);
  await page.getByRole("textbox", { name: "Base model" }).fill("/decoder/");
  await page.getByRole("textbox", { name: "Base model" }).press("Tab");
  await page.locator("details.options > summary").click();
  // A decoder with drawn weights needs a high rate.
  for (const [name, value] of [
    ["learning rate", "0.01"],
    ["epochs", "20"],
  ] as const) {
    await page.getByRole("textbox", { name, exact: true }).fill(value);
    await page.getByRole("textbox", { name, exact: true }).press("Tab");
  }
  await look(page, "chats-train", "学习率");
  await train.click();
  await page.getByText(/^Done: /).waitFor();

  await page.getByRole("link", { name: "See the result" }).click();
  await page.locator(".score .number").waitFor();
  await page.getByText("token accuracy").first().waitFor();
  await page.locator("details.scores summary").click();
  await look(page, "chats-result", "词元正确率");
  await page.getByText("Full report").click();
  await page.locator("iframe").contentFrame().getByRole("heading").first().waitFor();

  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const json = page.locator(".json-source textarea");
  const predict = async (text: string): Promise<void> => {
    await json.fill(text);
    await page.getByRole("button", { name: "Predict", exact: true }).click();
  };
  await predict("great book film");
  await page.locator(".try-text").waitFor();
  await look(page, "chats-try", "选择文件");
  await predict(JSON.stringify([{ role: "user", content: "bad film the" }]));
  await page.locator(".try-text").waitFor();
  expect(faults).toEqual([]);
  await close();
});
