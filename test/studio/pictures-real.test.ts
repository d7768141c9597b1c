// Pictures by camera with the library itself: from the start page to a model that Node opens, and a project that the other home opens.
// @module-tag thorough
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashesOf, unpackProject } from "../../src/studio/project-zip.js";
import { launchChromium } from "../support/chromium.js";
import { redAndBlue } from "../web/film.js";
import type { Site } from "../web/site.js";
import { answersInNode, download, expectSameAnswers, shownAnswers } from "./journey-steps.js";
import { serveHome } from "./studio-home.js";
import { startStudioSite, watchFaults } from "./studio-tab.js";
import { best, card, openPictures, type PictureFile, picturesOf, record, tryPart } from "./try-flow.js";

let folder: string;
const its = {} as { browser: Browser; site: Site };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-pictures-"));
  process.env.ENGRAFT_CACHE = join(folder, "cache");
  const film = join(folder, "scenes.y4m");
  writeFileSync(film, redAndBlue(40));
  [its.browser, its.site] = await Promise.all([
    launchChromium(
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
      "--use-fake-ui-for-media-stream",
      "--js-flags=--liftoff-only",
    ),
    startStudioSite(),
  ]);
});
afterAll(async () => {
  await its.browser.close();
  await its.site.close();
  rmSync(folder, { recursive: true });
});

const scenes = { red: "Class 1", blue: "Class 2" } as const;

/** Scene that the camera sees. */
const sceneNow = (page: Page): Promise<keyof typeof scenes> =>
  page.evaluate(`
    const drawing = new OffscreenCanvas(1, 1).getContext("2d");
    drawing.drawImage(document.querySelector("video"), 0, 0, 1, 1);
    const [red, , blue] = drawing.getImageData(0, 0, 1, 1).data;
    red > blue ? "red" : "blue";
  `);

/** Makes some recordings of each scene, in its class. A recording in which the scene changed is undone. */
async function recordScenes(page: Page, count: number): Promise<void> {
  const left: Record<string, number> = { red: count, blue: count };
  while (left.red! + left.blue! > 0) {
    const scene = await sceneNow(page);
    if (left[scene] === 0) await page.waitForTimeout(100);
    else {
      await record(page, scenes[scene], 2);
      if ((await sceneNow(page)) === scene) left[scene]!--;
      else await page.getByRole("button", { name: "Undo" }).click();
    }
  }
}

test("pictures of two scenes by camera: live predictions, a correction, a training, its model in Node, its project in the other home", async () => {
  const { page, faults, close } = await openPictures(its.browser, its.site.url, { permissions: ["camera"] });
  const part = tryPart(page);
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).click();
  await page.locator("video").waitFor();
  await recordScenes(page, 4);
  for (const name of Object.values(scenes)) await best(page, name);
  const [green, other] = await picturesOf("green", 2);
  await shownAnswers(page, green!);
  const count = async (): Promise<number> =>
    Number(/\d+/.exec((await part.getByText(/^Quick model, \d+ pictures$/).textContent()) ?? "")?.[0]);
  const before = await count();
  await part.getByRole("button", { name: "Class 1" }).click();
  await part.getByText(`Quick model, ${before + 1} pictures`).waitFor();
  await part.getByText("This picture was used for training.").waitFor();
  const quick = await shownAnswers(page, other!);

  await page.getByRole("link", { name: "Train", exact: true }).first().click();
  await page.getByRole("button", { name: "Quick" }).click();
  await page.getByText(/^Done: /).waitFor();
  await page.getByRole("link", { name: "See the result" }).click();
  await page.getByText(/^On \d+ test samples/).waitFor();
  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const model = page.getByRole("combobox", { name: "Model" });
  await model.selectOption({ index: 1 });
  const tried = (await picturesOf("blue", 1))[0]!;
  const trained = await shownAnswers(page, tried);

  await page.getByRole("link", { name: "Use", exact: true }).first().click();
  expectSameAnswers(
    await answersInNode((await download(page, "Download model")).content, join(folder, "run"), tried),
    trained,
  );
  await page.getByRole("combobox", { name: "Which model" }).selectOption("quick");
  expectSameAnswers(
    await answersInNode((await download(page, "Download model")).content, join(folder, "quick"), other!),
    quick,
  );
  const { content: zip } = await download(page, "Download project");
  expect(faults).toEqual([]);
  await close();
  const { project, content } = await unpackProject(new Blob([new Uint8Array(zip)]));
  expect(project.classes.map(({ name }) => name)).toEqual(Object.values(scenes));
  // Copies of a picture are not counted.
  const hashes = hashesOf(project);
  expect(hashes).toHaveLength(before + 1);
  for (const hash of hashes) await content(hash);
  // It learns the samples anew, in another order.
  expectSameAnswers(await quickInOtherHome(zip, hashes.length, other!), quick);
});

/** Opens a project in the page of `engraft studio`. @returns what its quick model says about a picture */
async function quickInOtherHome(zip: Buffer, count: number, picture: PictureFile) {
  mkdirSync(join(folder, "home"));
  const { url, close } = await serveHome(join(folder, "home"));
  const page = await (await its.browser.newContext({ locale: "en-US" })).newPage();
  const faults = watchFaults(page, url);
  await page.goto(url);
  await page
    .getByLabel("Open a project")
    .last()
    .setInputFiles({ name: "x.engraft.zip", mimeType: "application/zip", buffer: zip });
  await tryPart(page).getByText(`Quick model, ${count} pictures`).waitFor();
  const answers = await shownAnswers(page, picture);
  expect(faults).toEqual([]);
  await page.context().close();
  await close();
  return answers;
}
