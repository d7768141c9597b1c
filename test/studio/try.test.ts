// The page Try: predictions without a button, corrections, what is still needed, the number. The library is a stand-in.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { expectAccessible, startStudioSite } from "./studio-tab.js";
import { addFiles, best, card, openPictures, picturesOf, tryPart } from "./try-flow.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([
    launchChromium("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
    startStudioSite({ fake: true }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

test("from nothing to a prediction without a button, a correction, and what was used for training", async () => {
  const { page, faults, close } = await openPictures(browser, site.url);
  const part = tryPart(page);
  await part.getByText("Class 1 needs 5 more pictures.").waitFor();
  await addFiles(page, "Class 1", await picturesOf("red", 5));
  await addFiles(page, "Class 2", await picturesOf("blue", 2));
  await part.getByText("Class 2 needs 3 more pictures.").waitFor();
  await expectAccessible(page);
  await addFiles(page, "Class 2", await picturesOf("blue", 3, 10));
  await part.getByText("Quick model, 10 pictures").waitFor();
  await part.getByText("accuracy, cross-validated (95 % confidence interval 80 to 100 %)").waitFor();
  // A new picture is predicted, a known one is named.
  await part.getByLabel("Try a file").setInputFiles((await picturesOf("red", 1, 20))[0]!);
  await best(page, "Class 1");
  expect(await part.getByText("This picture was used for training.").count()).toBe(0);
  await part.getByLabel("Try a file").setInputFiles((await picturesOf("blue", 1))[0]!);
  await best(page, "Class 2");
  await part.getByText("This picture was used for training.").waitFor();
  // A correction with a new picture adds it. The model has learnt it afterwards.
  await part.getByLabel("Try a file").setInputFiles((await picturesOf("green", 1))[0]!);
  await part.locator(".try-best").waitFor();
  await part.getByRole("button", { name: "Class 2" }).click();
  await part.getByText("Added to Class 2.").waitFor();
  await part.getByText("Quick model, 11 pictures").waitFor();
  await part.getByText("This picture was used for training.").waitFor();
  // A correction with a sample moves it.
  await part.getByRole("button", { name: "Class 1" }).click();
  await card(page, "Class 1").getByText("6 pictures", { exact: true }).waitFor();
  await card(page, "Class 2").getByText("5 pictures", { exact: true }).waitFor();
  await expectAccessible(page);
  // Without enough samples the model is gone.
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await part.getByText("Class 2 needs 3 more pictures.").waitFor();
  expect(faults).toEqual([]);
  await close();
});
