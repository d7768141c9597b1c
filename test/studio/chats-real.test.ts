// A decoder that learns to answer chats, with the library itself: its files, its base, a training, its result, and questions.
// @module-tag thorough
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  cpSync(await sharedToys()("decoder-base"), base, { recursive: true });
  for (const name of ["README.md", "LICENSE"]) writeFileSync(join(base, name), "");
  writeFileSync(join(base, "generation_config.json"), "{}");
  return startStudioSite({ more: { decoder: base } });
}
const its = setUpStudio(startSite, "--js-flags=--liftoff-only");

const ownWords = `chats user role content great bad good book the it is film decoder s base engraft`;
const widths = [1280, 390] as const;
/** Looks at a page in both languages and at both widths. */
async function look(page: Page, name: string): Promise<void> {
  const shots = process.env.ENGRAFT_SCREENSHOT;
  const turn = (to: string) => page.getByRole("button", { name: to, exact: true }).first().click();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
    expect.soft(await cutTexts(page), name).toEqual([]);
    if (shots) await page.screenshot({ path: `${shots}/${name}-en-${width}.png`, fullPage: true });
  }
  await turn("中文");
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
  const chats = readFileSync(await sharedToys()("chats"));
  await page.getByLabel("Add files").setInputFiles({ name: "chats.jsonl", mimeType: "", buffer: chats });
  await page.locator(".inspection").getByText("Texts and answers").waitFor();
  await page.locator(".inspection").getByText("64 samples: ").waitFor();
  await look(page, "chats-files");

  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  const train = page.getByRole("button", { name: "Thorough" });
  await train.waitFor();
  expect(await train.isDisabled()).toBe(true);
  await page.getByRole("textbox", { name: "Base model" }).fill("/decoder/");
  await page.getByRole("textbox", { name: "Base model" }).press("Tab");
  await page.getByText("Options", { exact: false }).first().click();
  await look(page, "chats-train");
  await train.click();
  await page.getByText(/^Done: /).waitFor();

  await page.getByRole("link", { name: "See the result" }).click();
  await page.locator(".score .number").waitFor();
  await page.getByText("token accuracy").first().waitFor();
  await page.locator("details.scores summary").click();
  await look(page, "chats-result");
  await page.getByText("Full report").click();
  await page.locator("iframe").contentFrame().getByText("What both models write").first().waitFor();

  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const json = page.getByLabel("Or an input as text or JSON");
  const predict = async (text: string): Promise<void> => {
    await json.fill(text);
    await page.getByRole("button", { name: "Predict", exact: true }).click();
  };
  await predict("great book");
  await page.locator(".try-answers p").first().waitFor();
  await look(page, "chats-try");
  await predict(JSON.stringify([{ role: "user", content: "the film" }]));
  await page.locator(".try-answers p").first().waitFor();
  expect(faults).toEqual([]);
  await close();
});
