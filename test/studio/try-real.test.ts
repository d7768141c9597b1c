// The whole loop with the real library: pictures by a camera that plays two scenes, live predictions, and a correction.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchChromium } from "../support/chromium.js";
import { redAndBlue } from "../web/film.js";
import type { Site } from "../web/site.js";
import { startStudioSite } from "./studio-tab.js";
import { best, card, openPictures, picturesOf, tryPart } from "./try-flow.js";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "engraft-try-"));
const film = join(folder, "scenes.y4m");
let browser: Browser;
let site: Site;
beforeAll(async () => {
  writeFileSync(film, redAndBlue(50));
  [browser, site] = await Promise.all([
    launchChromium(
      ...["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`],
      ...["--use-fake-ui-for-media-stream", "--js-flags=--liftoff-only"],
    ),
    startStudioSite(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

/** Used parts of a page: this program has no types of the DOM. */
interface Scope {
  readonly document: { querySelector(selector: string): unknown };
  readonly OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: "2d"): {
      drawImage(image: unknown, x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): { readonly data: readonly number[] };
    };
  };
}

/** Waits until a scene begins. */
async function sceneBegins(page: Page, scene: "red" | "blue"): Promise<void> {
  for (const isIt of [false, true])
    await page.waitForFunction(
      ([scene, isIt]) => {
        const { document, OffscreenCanvas } = globalThis as unknown as Scope;
        const drawing = new OffscreenCanvas(1, 1).getContext("2d");
        drawing.drawImage(document.querySelector("video"), 0, 0, 1, 1);
        const [red, , blue] = drawing.getImageData(0, 0, 1, 1).data;
        return (scene === "red" ? red! > blue! : blue! > red!) === isIt;
      },
      [scene, isIt] as const,
    );
}

/** Holds the record button of a class until it has that many more pictures. */
async function record(page: Page, name: string, count: number): Promise<void> {
  const tiles = card(page, name).getByRole("option");
  const before = await tiles.count();
  await card(page, name).getByRole("button", { name: "Hold to record" }).hover();
  await page.mouse.down();
  await tiles.nth(before + count - 1).waitFor();
  await page.mouse.up();
}

test("pictures of two scenes by camera become live predictions, and a correction is learnt", async () => {
  const { page, faults, close } = await openPictures(browser, site.url, { permissions: ["camera"] });
  const part = tryPart(page);
  await card(page, "Class 1").getByRole("button", { name: "Hold to record" }).click();
  await page.locator("video").waitFor();
  for (const scene of ["red", "blue", "red", "blue"] as const) {
    await sceneBegins(page, scene);
    await record(page, scene === "red" ? "Class 1" : "Class 2", 8);
  }
  for (const [scene, name] of [
    ["red", "Class 1"],
    ["blue", "Class 2"],
  ] as const) {
    await sceneBegins(page, scene);
    await best(page, name);
  }
  await part.getByText("Too few recordings to know the accuracy").waitFor();
  // A key works on the page if no button has the focus.
  await part.getByRole("heading").click();
  await page.keyboard.press("Space");
  await part.getByRole("button", { name: "Continue", pressed: true }).waitFor();
  await part.getByLabel("Try a file").setInputFiles((await picturesOf("green", 1))[0]!);
  const count = async (): Promise<number> =>
    Number(/\d+/.exec((await part.getByText(/^Quick model, \d+ pictures$/).textContent()) ?? "")?.[0]);
  const before = await count();
  await part.getByRole("button", { name: "Class 1" }).click();
  await part.getByText(`Quick model, ${before + 1} pictures`).waitFor();
  await part.getByText("This picture was used for training.").waitFor();
  expect(faults).toEqual([]);
  await close();
});
