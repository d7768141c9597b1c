// The bar of findings above the class cards: copies, labels that look wrong.
// @module-tag thorough
import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newProject } from "../../src/studio/project.js";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { expectAccessible, openStudio, startStudioSite } from "./studio-tab.js";
import { addFiles, card, openPictures, picturesOf, tryPart } from "./try-flow.js";

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

const check = (page: Page) => page.getByRole("region", { name: "Check" });

test("copies are named and removed; without findings the bar is gone", async () => {
  const { page, faults, close } = await openPictures(browser, site.url);
  const red = await picturesOf("red", 3);
  await addFiles(page, "Class 1", [...red, ...red.slice(0, 2)]);
  await check(page).getByText("2 pictures are copies.", { exact: true }).waitFor();
  await expectAccessible(page);
  await check(page).getByRole("button", { name: "Remove" }).click();
  await card(page, "Class 1").getByText("3 pictures", { exact: true }).waitFor();
  await check(page).waitFor({ state: "detached" });
  // Undo brings the copies back, and the bar with them.
  await page.getByRole("button", { name: "Undo" }).click();
  await check(page).getByText("2 pictures are copies.", { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("a card counts recordings as the quick model does: without copies", async () => {
  const { page, close } = await openStudio(browser, site.url);
  const files: Record<string, Uint8Array> = {};
  const hashes: string[] = [];
  for (const { buffer } of await picturesOf("red", 3)) {
    hashes.push(createHash("sha256").update(buffer).digest("hex"));
    files[`data/${hashes.at(-1)!.slice(0, 2)}/${hashes.at(-1)}`] = buffer;
  }
  const samples = [
    ["one", 0],
    ["one", 1],
    ["two", 2],
    ["only copies", 0],
    ["only copies", 2],
  ].map(([group, i], n) => ({
    id: `s${n}`,
    class: "a",
    group,
    hash: hashes[i as number],
    type: "image/png",
  }));
  const project = {
    ...newProject("p", "pictures", "P", "2026-11-28"),
    classes: [{ id: "a", name: "A" }],
    samples,
  };
  const zip = zipSync({ ...files, "project.json": new TextEncoder().encode(JSON.stringify(project)) });
  await page
    .getByLabel("Open a project")
    .last()
    .setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer: Buffer.from(zip) });
  await check(page).getByText("2 pictures are copies.", { exact: true }).waitFor();
  await card(page, "A").getByText("5 pictures · 2 recordings", { exact: true }).waitFor();
  await close();
});

test("labels that look wrong are put right or kept by key", async () => {
  const { page, faults, close } = await openPictures(browser, site.url);
  // Two blue pictures are among the red ones, and a red one among the blue.
  await addFiles(page, "Class 1", [...(await picturesOf("red", 8)), ...(await picturesOf("blue", 2, 20))]);
  await addFiles(page, "Class 2", [...(await picturesOf("blue", 8)), ...(await picturesOf("red", 1, 20))]);
  await check(page).getByText("3 labels may be wrong.", { exact: true }).waitFor();
  await check(page).getByRole("button", { name: "Look at them" }).click();
  const dialog = page.getByRole("dialog", { name: "Is this label right?" });
  await dialog.getByText("1 of 3").waitFor();
  await expectAccessible(page);
  for (const [place, key] of [
    ["1 of 3", "Enter"],
    ["2 of 3", "Enter"],
    ["3 of 3", "k"],
  ] as const) {
    await dialog.getByText(place).waitFor();
    await page.keyboard.press(key);
  }
  await dialog.waitFor({ state: "hidden" });
  await check(page).waitFor({ state: "detached" });
  // The kept one stays quiet after another fit.
  await addFiles(page, "Class 2", await picturesOf("blue", 1, 30));
  await tryPart(page).getByText("Quick model, 20 pictures").waitFor();
  expect(await check(page).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});
