// Pictures by camera with the library itself: from the start page to a model that Node opens, and a project that the other home opens.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { load } from "../../src/index.js";
import type { Answer } from "../../src/inference/answer.js";
import { hashesOf, unpackProject } from "../../src/studio/project-zip.js";
import { redAndBlue } from "../web/film.js";
import { serveHome } from "./studio-home.js";
import { setUpStudio, startStudioSite, watchFaults } from "./studio-tab.js";
import { best, card, openPictures, type PictureFile, picturesOf, record, tryPart } from "./try-flow.js";

const patience = { timeout: 300_000 };
const folder = mkdtempSync(join(tmpdir(), "engraft-pictures-"));
const film = join(folder, "scenes.y4m");
writeFileSync(film, redAndBlue(40));
process.env.ENGRAFT_CACHE = join(folder, "cache");
afterAll(() => rmSync(folder, { recursive: true }));
const its = setUpStudio(
  () => startStudioSite(),
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${film}`,
  "--use-fake-ui-for-media-stream",
  "--js-flags=--liftoff-only",
);

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

/** Chooses a file on the page Try. @returns the probability of each class, as the bars show them: in six digits */
async function shownAnswers(page: Page, file: PictureFile): Promise<Record<string, number>> {
  await tryPart(page).getByLabel("Try a file").setInputFiles(file);
  await tryPart(page).getByAltText("The picture to try").waitFor();
  const bars = tryPart(page).getByRole("listitem");
  await bars.first().waitFor();
  const shares = await bars.evaluateAll((all) =>
    (
      all as unknown as {
        querySelector(of: string): { textContent: string; style: { inlineSize: string } };
      }[]
    ).map((one) => [
      one.querySelector("span").textContent,
      one.querySelector(".bar > span").style.inlineSize,
    ]),
  );
  return Object.fromEntries(shares.map(([label, size]) => [label!, Number.parseFloat(size!) / 100]));
}

async function downloaded(page: Page, button: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download", patience),
    page.getByRole("button", { name: button }).click(),
  ]);
  return readFileSync(await file.path());
}

/** Probabilities that Node gives with the model of a zip. */
async function answersInNode(zip: Uint8Array, name: string, { buffer }: PictureFile) {
  for (const [path, content] of Object.entries(unzipSync(zip))) {
    const at = join(folder, name, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  const model = await load(join(folder, name, "model"), { threads: 1 });
  if (model.task !== "image-classification") throw new Error(model.task);
  const answers = (await model.predict(buffer)) as Answer[];
  await model.close();
  return Object.fromEntries(answers.map(({ label, score }) => [label, score]));
}

/** Same classes, and the same probabilities: both homes run the same operators in float32, in another order of sums. */
function expectSame(answers: Record<string, number>, others: Record<string, number>): void {
  expect(Object.keys(answers)).toEqual(Object.keys(others));
  for (const [label, share] of Object.entries(others)) expect(answers[label]).toBeCloseTo(share, 4);
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
  await page.getByText(/^Done: /).waitFor(patience);
  await page.getByRole("link", { name: "See the result" }).click();
  await page.getByText(/^On \d+ test samples/).waitFor(patience);
  await page.getByRole("link", { name: "Try", exact: true }).first().click();
  const model = page.getByRole("combobox", { name: "Model" });
  await model.selectOption({ index: 1 });
  const tried = (await picturesOf("blue", 1))[0]!;
  const trained = await shownAnswers(page, tried);

  await page.getByRole("link", { name: "Use", exact: true }).first().click();
  expectSame(await answersInNode(await downloaded(page, "Download model"), "run", tried), trained);
  await page.getByRole("combobox", { name: "Which model" }).selectOption("quick");
  expectSame(await answersInNode(await downloaded(page, "Download model"), "quick", other!), quick);
  const zip = await downloaded(page, "Download project");
  expect(faults).toEqual([]);
  await close();
  const { project, content } = await unpackProject(new Blob([new Uint8Array(zip)]));
  expect(project.classes.map(({ name }) => name)).toEqual(Object.values(scenes));
  // Copies of a picture are not counted.
  const hashes = hashesOf(project);
  expect(hashes).toHaveLength(before + 1);
  for (const hash of hashes) await content(hash);
  // It learns the samples anew, in another order.
  expectSame(await quickInOtherHome(zip, hashes.length, other!), quick);
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
  await tryPart(page).getByText(`Quick model, ${count} pictures`).waitFor(patience);
  const answers = await shownAnswers(page, picture);
  expect(faults).toEqual([]);
  await page.context().close();
  await close();
  return answers;
}
