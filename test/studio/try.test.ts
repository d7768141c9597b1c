// The page Try: predictions without a button, corrections, what is still needed, the number. The library is a stand-in.
// @module-tag thorough
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redAndBlue } from "../web/film.js";
import { expectAccessible, openStudio, setUpStudio, startStudioSite } from "./studio-tab.js";
import {
  addFiles,
  best,
  card,
  createPictures,
  openPictures,
  picturesOf,
  record,
  tryPart,
} from "./try-flow.js";

const folder = join(tmpdir(), `engraft-try-${process.pid}`);
const film = join(folder, "scenes.y4m");
beforeAll(() => {
  mkdirSync(folder);
  writeFileSync(film, redAndBlue(50));
});
afterAll(() => rmSync(folder, { recursive: true }));
const its = setUpStudio(
  () => startStudioSite({ fake: true }),
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${film}`,
  "--use-fake-ui-for-media-stream",
);

test("from nothing to a prediction without a button, a correction, and what was used for training", async () => {
  const { page, faults, close } = await openPictures(its.browser, its.site.url);
  const part = tryPart(page);
  await part.getByText("Class 1 needs 5 more pictures.").waitFor();
  await addFiles(page, "Class 1", await picturesOf("red", 5));
  await addFiles(page, "Class 2", await picturesOf("blue", 2));
  await part.getByText("Class 2 needs 3 more pictures.").waitFor();
  await expectAccessible(page);
  await addFiles(page, "Class 2", await picturesOf("blue", 3, 10));
  await part.getByText("Quick model, 10 pictures").waitFor();
  await part.getByText("accuracy, cross-validated (95 % confidence interval 80.0 to 100.0 %)").waitFor();
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

test("by camera: one recording for each class has no accuracy; Space pauses; a correction is a recording", async () => {
  const { page, faults, close } = await openPictures(its.browser, its.site.url, { permissions: ["camera"] });
  const part = tryPart(page);
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).click();
  await page.locator("video").waitFor();
  await record(page, "Class 1", 5);
  await record(page, "Class 2", 5);
  await part.locator(".try-best").waitFor();
  await part.getByText("No accuracy yet: each class has only one recording.").waitFor();
  await page
    .getByText("Each class has only one recording. Record again, in another place.", { exact: true })
    .waitFor();
  await expectAccessible(page);
  // A key works on the page if no button has the focus.
  await part.getByRole("heading").click();
  await page.keyboard.press("Space");
  await part.getByRole("button", { name: "Continue", pressed: true }).waitFor();
  const isPaused = (): Promise<boolean> =>
    part.getByLabel("Live picture").evaluate((video) => (video as unknown as { paused: boolean }).paused);
  await expect.poll(isPaused).toBe(true);
  await part.getByRole("button", { name: "Class 2" }).click();
  await card(page, "Class 2")
    .getByText(/· 2 recordings$/)
    .waitFor();
  await part.getByText("No accuracy yet: Class 1 has only one recording.").waitFor();
  await part.getByRole("heading").click();
  await page.keyboard.press("Space");
  await part.getByRole("button", { name: "Pause", pressed: false }).waitFor();
  await expect.poll(isPaused).toBe(false);
  await part.getByRole("button", { name: "Stop the camera" }).click();
  await part.getByRole("button", { name: "Use the camera" }).waitFor();
  // A stopped camera takes its answer with it, and Space pauses nothing then.
  await part.locator(".try-best").waitFor({ state: "detached" });
  await part.getByRole("heading").click();
  await page.keyboard.press("Space");
  await part.getByRole("button", { name: "Use the camera" }).click();
  await part.locator(".try-best").waitFor();
  // A picture takes the place of the camera.
  await part.getByLabel("Try a file").setInputFiles((await picturesOf("green", 1))[0]!);
  await part.getByAltText("The picture to try").waitFor();
  await part.locator(".try-best").waitFor();
  expect(await part.getByRole("button", { name: "Pause" }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test("while the quick model learns changes, its number is said to be of the earlier samples; near copies are named", async () => {
  const { page, faults, close } = await openPictures(its.browser, its.site.url);
  await page.evaluate(() => {
    Object.assign(globalThis, {
      fakeNotes: [{ sentence: { code: "score-near-copies", values: { copies: 4 } } }],
    });
  });
  const part = tryPart(page);
  await addFiles(page, "Class 1", await picturesOf("red", 5));
  await addFiles(page, "Class 2", await picturesOf("blue", 5));
  await part.getByText("accuracy, cross-validated").waitFor();
  await part.getByText("4 pictures are nearly the same as others.").waitFor();
  await part.getByText("This result is from the earlier").waitFor({ state: "detached" });
  await page.evaluate(() => {
    Object.assign(globalThis, {
      fakeFit: () => new Promise((end) => Object.assign(globalThis, { endFit: end })),
    });
  });
  await addFiles(page, "Class 2", await picturesOf("blue", 2, 10));
  await part
    .getByText("This result is from the earlier 10 pictures. The quick model is learning the changes …")
    .waitFor();
  await part.getByText("accuracy, cross-validated").waitFor();
  await page.waitForFunction("globalThis.endFit");
  await page.evaluate("globalThis.fakeFit = undefined; globalThis.endFit()");
  await part.getByText("Quick model, 12 pictures").waitFor();
  await part.getByText("This result is from the earlier").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("on a phone, Try is a tab of its own; of many classes, five are shown at first", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, faults, close } = await openPictures(its.browser, its.site.url, phone);
  for (let k = 0; k < 4; k++) await page.getByRole("button", { name: "Add a class" }).tap();
  for (const [k, hue] of (["red", "blue", "green"] as const).entries())
    for (const part of [0, 1])
      await addFiles(page, `Class ${2 * k + part + 1}`, await picturesOf(hue, 5, 20 * part));
  await page.getByRole("link", { name: "Try" }).tap();
  const part = tryPart(page);
  await part.getByText("Quick model, 30 pictures").waitFor();
  expect(await page.getByRole("heading", { name: "Samples" }).isVisible()).toBe(false);
  await part.getByLabel("Try a file").setInputFiles((await picturesOf("blue", 1, 10))[0]!);
  await part.locator(".try-best").waitFor();
  await part.getByRole("listitem").nth(4).waitFor();
  expect(await part.getByRole("listitem").count()).toBe(5);
  await part.getByRole("button", { name: "Show all 6" }).tap();
  expect(await part.getByRole("listitem").count()).toBe(6);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Samples" }).tap();
  await part.waitFor({ state: "hidden" });
  expect(faults).toEqual([]);
  await close();
});

test("a library that cannot be loaded is tried again on request", async () => {
  const { page, close } = await openStudio(its.browser, its.site.url, { serviceWorkers: "block" });
  const part = tryPart(page);
  const library = "**/package/dist/browser/engraft.js*";
  await page.route(library, (route) => route.abort());
  await createPictures(page);
  await addFiles(page, "Class 1", await picturesOf("red", 5));
  await addFiles(page, "Class 2", await picturesOf("blue", 5));
  await part.getByRole("alert").getByText("The quick model stopped").waitFor();
  await expectAccessible(page);
  await page.unroute(library);
  await part.getByRole("button", { name: "Try again" }).click();
  await part.getByText("Quick model, 10 pictures").waitFor();
  // Another project begins without a model.
  await page.getByRole("link", { name: "Engraft studio" }).click();
  await createPictures(page);
  await part.getByText("Class 1 needs 5 more pictures.").waitFor();
  await close();
});

test("a browser without WebAssembly is told, and its samples stay", async () => {
  const { page, close } = await openStudio(its.browser, its.site.url);
  await page.addInitScript("delete globalThis.WebAssembly");
  await page.route("**/package/dist/browser/engraft.js*", (route) => route.abort());
  await page.reload();
  await createPictures(page);
  await addFiles(page, "Class 1", await picturesOf("red", 5));
  await addFiles(page, "Class 2", await picturesOf("blue", 5));
  await tryPart(page).getByRole("alert").getByText("it has no WebAssembly. Use a current browser.").waitFor();
  await card(page, "Class 2").getByText("5 pictures", { exact: true }).waitFor();
  await close();
});
