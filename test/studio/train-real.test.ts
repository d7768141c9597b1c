// Training in a tab with the library itself: a quick run, and a thorough one whose tab is closed.
// @module-tag thorough
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { newestResult, writtenScore } from "./journey-steps.js";
import { expectAccessible, startStudioSite, watchFaults } from "./studio-tab.js";

test("Quick in the tab; then Thorough, closed in the run and resumed", async () => {
  const [browser, site] = await Promise.all([
    launchChromium("--js-flags=--liftoff-only"),
    startStudioSite({ prepared: true }),
  ]);
  const context = await browser.newContext({ locale: "en-US" });
  const openTab = async (): Promise<Page> => {
    const page = await context.newPage();
    faults.push(watchFaults(page, site.url));
    await page.goto(`${site.url}#/p/train`);
    return page;
  };
  const faults: string[][] = [];
  const first = await openTab();
  await first.getByRole("button", { name: "Quick" }).click();
  await first.getByText(/^Done: /).waitFor();
  const result = await newestResult(first);
  const { test: scores } = result;
  const score = await writtenScore(result);
  await first.getByText(`Done: ${score}`).waitFor();
  await first.getByRole("link", { name: "See the result" }).click();
  await first.getByText(score, { exact: true }).first().waitFor();
  await first.getByText(`On ${scores.n} test samples`).waitFor();
  await first.getByText("Full report").click();
  await first.locator("iframe").contentFrame().getByRole("heading").first().waitFor();
  await expectAccessible(first);

  await first.goto(`${site.url}#/p/train`);
  await first.getByText("Options", { exact: true }).click();
  await first.getByText("More options").click();
  for (const [name, value] of [
    ["epochs", "2"],
    ["batch size", "2"],
    ["checkpoint seconds", "0"],
  ] as const) {
    const field = first.getByRole("textbox", { name });
    await field.fill(value);
    await field.press("Enter");
  }
  await first.getByRole("button", { name: "Thorough" }).click();
  await first.getByRole("img", { name: /Validation loss over/ }).waitFor();
  await first.close();

  const second = await openTab();
  await second.getByText("Stopped. Nothing is lost.").waitFor();
  await second.getByRole("button", { name: "Resume" }).click();
  await second.getByText(/^Done: /).waitFor();
  expect((await newestResult(second)).epochs).toBeGreaterThan(0);
  await second.goto(`${site.url}#/p/use`);
  const [download] = await Promise.all([
    second.waitForEvent("download"),
    second.getByRole("button", { name: "Download model" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("Reviews.model.zip");
  expect(faults.flat()).toEqual([]);
  await browser.close();
  await site.close();
});
