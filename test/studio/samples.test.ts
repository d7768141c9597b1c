// The page Samples: classes, recordings, files, selection, undo. The library is a stand-in, the camera is Chromium's.
// @module-tag thorough
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.js";
import type { Site } from "../web/site.js";
import { openSamples, startSamplesSite } from "./samples-site.js";
import { expectAccessible } from "./studio-tab.js";

const demo = fileURLToPath(new URL("../../assets/demo/train", import.meta.url));
let work: string;
/** A folder with the folders "crack" and "pit", with three pictures each. */
let flaws: string;
let browser: Browser;
let site: Site;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "engraft-samples-"));
  flaws = join(work, "flaws");
  for (const label of ["crack", "pit"]) {
    mkdirSync(join(flaws, label), { recursive: true });
    for (const name of ["000.jpg", "001.jpg", "002.jpg"])
      cpSync(join(demo, label, name), join(flaws, label, `${label}-${name}`));
  }
  writeFileSync(join(flaws, "crack", ".DS_Store"), "x");
  [browser, site] = await Promise.all([
    launchChromium("--use-fake-device-for-media-stream"),
    startSamplesSite(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(work, { recursive: true });
});

const paths = (label: string): string[] =>
  ["000.jpg", "001.jpg", "002.jpg"].map((name) => join(flaws, label, `${label}-${name}`));
const card = (page: Page, name: string): Locator => page.getByRole("group", { name, exact: true });
const tiles = (page: Page, name: string): Locator => card(page, name).getByRole("option");
const count = (page: Page, name: string, text: string): Promise<void> =>
  card(page, name).getByText(text, { exact: true }).waitFor();
const undo = (page: Page): Promise<void> => page.getByRole("button", { name: "Undo" }).click();
const selectedPlaces = (page: Page): Promise<(string | null)[]> =>
  page
    .locator('.tile[aria-selected="true"]')
    .evaluateAll((all) => all.map((one) => (one as unknown as Element).getAttribute("aria-posinset")));
interface Element {
  getAttribute(name: string): string | null;
}

/** Drops files or folders of this machine, as a file manager does. */
async function drop(page: Page, target: Locator, files: readonly string[]): Promise<void> {
  const { x, y, width, height } = (await target.boundingBox())!;
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", {
      ...{ type, x: x + width / 2, y: y + height / 2 },
      data: { items: [], files: [...files], dragOperationsMask: 1 },
    });
}

test("two classes are recorded by camera: each hold is a recording, and one step of undo", async () => {
  const { page, faults, close } = await openSamples(browser, site.url, {}, { permissions: ["camera"] });
  await count(page, "Class 1", "0 pictures");
  await expectAccessible(page);
  // The first press opens the camera.
  const record = (name: string): Locator =>
    card(page, name).getByRole("button", { name: /Hold to record|Recording/ });
  await record("Class 1").click();
  await page.getByLabel("What the camera sees").waitFor();
  for (const name of ["Class 1", "Class 1", "Class 2"]) {
    const before = await tiles(page, name).count();
    await record(name).hover();
    await page.mouse.down();
    await tiles(page, name)
      .nth(before + 2)
      .waitFor();
    await page.mouse.up();
    await card(page, name).getByRole("button", { name: "Hold to record" }).waitFor();
  }
  await card(page, "Class 1")
    .getByText(/^\d+ pictures · 2 recordings$/)
    .waitFor();
  await card(page, "Class 2")
    .getByText(/^\d+ pictures · 1 recording$/)
    .waitFor();
  await expectAccessible(page);
  await undo(page);
  await count(page, "Class 2", "0 pictures");
  await undo(page);
  await card(page, "Class 1")
    .getByText(/^\d+ pictures · 1 recording$/)
    .waitFor();
  // The camera stops when another page is opened, and when the tab is hidden.
  const states = () => page.evaluate("tracks.map(({ readyState }) => readyState)");
  const keepTrack = () =>
    page.evaluate(
      "(globalThis.tracks ??= []).push(...document.querySelector('video').srcObject.getTracks())",
    );
  await keepTrack();
  expect(await states()).toEqual(["live"]);
  await page.getByRole("link", { name: "Train" }).first().click();
  await page.getByRole("link", { name: "Samples" }).first().click();
  await record("Class 1").waitFor();
  expect(await states()).toEqual(["ended"]);
  await record("Class 1").click();
  await page.getByLabel("What the camera sees").waitFor();
  await keepTrack();
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  expect(await states()).toEqual(["ended", "ended"]);
  expect(faults).toEqual([]);
  await close();
});

test("a refused camera says what to do, and files still work", async () => {
  const { page, faults, close } = await openSamples(browser, site.url, {}, { permissions: [] });
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).click();
  const alert = card(page, "Class 1").getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(/permission to use the camera was refused.*allow the camera/);
  await expectAccessible(page);
  await card(page, "Class 1").getByLabel("Add files").setInputFiles(paths("crack"));
  await count(page, "Class 1", "3 pictures");
  expect(faults).toEqual([]);
  await close();
});

test("files, folders, drop and paste become samples; bad files are listed with the reason", async () => {
  const { page, faults, close } = await openSamples(browser, site.url);
  // A folder of class folders takes the place of the empty classes, as one step.
  await page.getByLabel("Add a folder of class folders").setInputFiles(flaws);
  await count(page, "crack", "3 pictures");
  await count(page, "pit", "3 pictures");
  expect(await page.getByRole("group", { name: /^Class/ }).count()).toBe(0);
  await undo(page);
  await count(page, "Class 2", "0 pictures");
  await drop(page, page.getByRole("heading", { name: "Samples" }), [flaws]);
  await count(page, "crack", "3 pictures");
  await count(page, "pit", "3 pictures");
  // Beside the cards, files have no class.
  await drop(page, page.getByRole("heading", { name: "Samples" }), paths("crack"));
  await page.getByText("These files belong to no class.").waitFor();
  await drop(page, card(page, "pit"), paths("pit").slice(0, 2));
  await count(page, "pit", "5 pictures");
  await card(page, "crack").getByLabel("Name of class 1").focus();
  await page.evaluate(
    (bytes) => {
      const scope = globalThis as unknown as {
        DataTransfer: new () => { items: { add(file: File): void } };
        ClipboardEvent: new (type: string, init: object) => Event;
        dispatchEvent(event: Event): void;
      };
      const clipboardData = new scope.DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/jpeg" }));
      scope.dispatchEvent(new scope.ClipboardEvent("paste", { clipboardData }));
    },
    Array.from(readFileSync(paths("crack")[0]!)),
  );
  await count(page, "crack", "4 pictures");
  const jpeg = readFileSync(paths("crack")[0]!);
  const mimeType = "image/jpeg";
  /** Header of a PNG of 9,000 × 9,000 pixels. */
  const huge = Buffer.from(
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x23\x28\0\0\x23\x28\b\x02\0\0\0crc.\0\0\0\0IENDcrc.",
    "latin1",
  );
  await card(page, "crack")
    .getByLabel("Add files")
    .setInputFiles([
      { name: "empty.jpg", mimeType, buffer: Buffer.alloc(0) },
      { name: "half.jpg", mimeType, buffer: jpeg.subarray(0, jpeg.length / 2) },
      { name: "notes.jpg", mimeType, buffer: Buffer.from("no picture") },
      { name: "scan.tif", mimeType: "image/tiff", buffer: Buffer.from("II*\0rest") },
      {
        name: "phone.heic",
        mimeType: "image/heic",
        buffer: Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
      },
      { name: "huge.png", mimeType: "image/png", buffer: huge },
      { name: "good.jpg", mimeType, buffer: jpeg },
    ]);
  await count(page, "crack", "5 pictures");
  const damaged = "It is not a picture, or it is damaged. Save it again as JPEG or PNG.";
  await page.getByText("6 files were not added").click();
  expect(await page.locator(".skipped li").allTextContents()).toEqual([
    "empty.jpg: The file is empty.",
    `half.jpg: ${damaged}`,
    `notes.jpg: ${damaged}`,
    "scan.tif: Browsers cannot read TIFF. Save the picture as JPEG or PNG.",
    "phone.heic: This browser cannot read HEIC. Save the picture as JPEG.",
    "huge.png: The picture has 81 megapixels. At most 50 are possible. Save it in a smaller size.",
  ]);
  const film = join(work, "film.jpg");
  writeFileSync(film, "");
  truncateSync(film, 2e9 + 1);
  await card(page, "crack").getByLabel("Add files").setInputFiles(film);
  await page.getByText("film.jpg: The file is larger than 2 GB.").waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
  await close();
});

test("pictures of files are in recordings by their times, which can be divided and joined", async () => {
  const { page, faults, close } = await openSamples(browser, site.url);
  // Two pictures 3 s apart, and one an hour later.
  const files = paths("crack").map((path, k) => {
    const copy = join(work, `IMG_000${k}.jpg`);
    cpSync(path, copy);
    const time = 1.7e9 + [0, 3, 3600][k]!;
    utimesSync(copy, time, time);
    return copy;
  });
  await card(page, "Class 1").getByLabel("Add files").setInputFiles(files);
  await count(page, "Class 1", "3 pictures · 2 recordings, by time");
  await card(page, "Class 1").locator("summary").click();
  await card(page, "Class 1").getByRole("button", { name: "No recordings" }).click();
  await count(page, "Class 1", "3 pictures");
  await undo(page);
  await count(page, "Class 1", "3 pictures · 2 recordings, by time");
  await tiles(page, "Class 1").nth(0).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.getByRole("button", { name: "One recording" }).click();
  await count(page, "Class 1", "3 pictures · 1 recording");
  await page.getByRole("button", { name: "No recording" }).click();
  await count(page, "Class 1", "3 pictures");
  await expectAccessible(page);
  // Frames in a class folder would be one recording: the page asks.
  const frames = readFileSync(paths("pit")[0]!);
  await card(page, "Class 2")
    .getByLabel("Add files")
    .setInputFiles(
      [1, 2, 3].map((k) => ({ name: `frame_${k}.jpg`, mimeType: "image/jpeg", buffer: frames })),
    );
  await page.getByText("The pictures of Class 2 may be one recording.").waitFor();
  await count(page, "Class 2", "3 pictures");
  expect(faults).toEqual([]);
  await close();
});

test("files that are added to two classes at once are one step of undo for each", async () => {
  const { page, faults, close } = await openSamples(browser, site.url);
  const buffer = readFileSync(paths("crack")[0]!);
  const files = Array.from({ length: 40 }, (_, i) => ({ name: `${i}.jpg`, mimeType: "image/jpeg", buffer }));
  const add = (name: string) => card(page, name).getByLabel("Add files").setInputFiles(files);
  await Promise.all([add("Class 1"), add("Class 2")]);
  await count(page, "Class 1", "40 pictures");
  await count(page, "Class 2", "40 pictures");
  await undo(page);
  await undo(page);
  await count(page, "Class 1", "0 pictures");
  await count(page, "Class 2", "0 pictures");
  expect(faults).toEqual([]);
  await close();
});

test("classes are added, renamed, merged and removed; names are text", async () => {
  const { page, faults, close } = await openSamples(browser, site.url, {
    classes: ["cat", "dog"],
    samples: 4,
  });
  const evil = "<img src=x onerror=alert(1)>";
  const name = page.getByLabel("Name of class 1");
  await name.fill(evil);
  await name.press("Enter");
  await card(page, evil).waitFor();
  await page.getByRole("button", { name: "Add a class" }).click();
  await card(page, "Class 3").waitFor();
  // A taken name is refused, also in another spelling, which a training would refuse.
  await page.getByLabel("Name of class 3").fill("Dog");
  await page.getByLabel("Name of class 3").press("Enter");
  await page.getByText("There is already a class dog.").waitFor();
  await card(page, "Class 3").waitFor();
  await card(page, evil).locator("summary").click();
  await card(page, evil).getByLabel("Merge into …").selectOption("dog");
  await count(page, "dog", "8 pictures");
  await page.getByText(`${evil} was merged. Undo brings it back.`).waitFor();
  await undo(page);
  await count(page, evil, "4 pictures");
  await card(page, "dog").locator("summary").click();
  await expectAccessible(page);
  const menu = card(page, "dog").getByRole("button", { name: "Remove class" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await menu.waitFor();
  await card(page, "dog").getByRole("button", { name: "Remove class" }).click();
  await page.getByText("dog was removed with its samples. Undo brings them back.").waitFor();
  expect(await card(page, "dog").count()).toBe(0);
  await undo(page);
  await count(page, "dog", "4 pictures");
  expect(faults).toEqual([]);
  await close();
});

test("with the keyboard alone: record, select, move, remove, undo 50 steps, redo", async () => {
  const { page, faults, close } = await openSamples(
    browser,
    site.url,
    { classes: ["cat", "dog"], samples: 60 },
    { permissions: ["camera"] },
  );
  await tiles(page, "cat").first().waitFor();
  await page.getByLabel("Name of class 1").focus();
  await page.keyboard.press("Tab"); // the menu
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Hold to record");
  await page.keyboard.press("Space");
  await card(page, "cat")
    .getByText(/6[2-9] pictures · 1 recording/)
    .waitFor();
  await page.keyboard.press("r");
  await card(page, "cat").getByRole("button", { name: "Hold to record" }).waitFor();
  await page.keyboard.press("Control+z");
  await count(page, "cat", "60 pictures");
  // To the tiles: one is in the order of the Tab key.
  await tiles(page, "cat").first().focus();
  // A dialog keeps the keys of the page off.
  await page.keyboard.press("Space");
  await page.keyboard.press("?");
  await page.keyboard.press("Delete");
  await page.keyboard.press("t");
  await page.keyboard.press("Escape");
  await count(page, "cat", "60 pictures");
  await page.locator(".tile:focus").waitFor();
  await page.keyboard.press("Space");
  for (let n = 0; n < 25; n++) {
    await page.keyboard.press("Delete");
    await page.keyboard.press("Space");
    await page.keyboard.press("2");
    await page.keyboard.press("Space");
  }
  await page.keyboard.press("Delete");
  await count(page, "cat", "10 pictures");
  await count(page, "dog", "85 pictures");
  for (let n = 0; n < 50; n++) await page.keyboard.press("Control+z");
  await count(page, "cat", "60 pictures");
  await count(page, "dog", "60 pictures");
  for (let n = 0; n < 50; n++) await page.keyboard.press("Control+y");
  await count(page, "cat", "10 pictures");
  await count(page, "dog", "85 pictures");
  expect(faults).toEqual([]);
  await close();
});

test("tiles are selected by click, range and arrows; the address can select samples", async () => {
  const { page, faults, close } = await openSamples(
    browser,
    site.url,
    { classes: ["cat", "dog"], samples: 200 },
    { detail: "sample-1-20,sample-1-150" },
  );
  // The newest is first: sample 150 is at place 50.
  await page.getByRole("group", { name: "2 selected" }).waitFor();
  await tiles(page, "dog").nth(1).waitFor();
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("picture-1-20.jpg");
  expect(await tiles(page, "dog").and(page.getByLabel("picture-1-20.jpg")).isVisible()).toBe(true);
  await page.getByRole("button", { name: "Deselect" }).click();
  await tiles(page, "cat").nth(2).click();
  await tiles(page, "cat")
    .nth(4)
    .click({ modifiers: ["Shift"] });
  expect(await selectedPlaces(page)).toEqual(["3", "4", "5"]);
  await tiles(page, "cat")
    .nth(3)
    .click({ modifiers: ["ControlOrMeta"] });
  expect(await selectedPlaces(page)).toEqual(["3", "5"]);
  await tiles(page, "cat").nth(0).click();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  expect(await selectedPlaces(page)).toEqual(["2", "3", "4"]);
  await page.keyboard.press("End");
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("picture-0-0.jpg");
  await page.keyboard.press("Control+a");
  await page.getByRole("group", { name: "200 selected" }).waitFor();
  await page.keyboard.press("2");
  await count(page, "dog", "400 pictures");
  await count(page, "cat", "0 pictures");
  expect(faults).toEqual([]);
  await close();
});
