// A camera that plays two coloured scenes: pictures are taken, a model learns them, and a file that it has predicted is right.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../src/inference/answer.js";
import type * as Web from "../../src/web/index.js";
import { launchChromium } from "../support/chromium.js";
import { redAndBlue } from "./film.js";
import { type Site, startSite } from "./site.js";
import { openTab, ort } from "./tab.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-camera-"));
const file = join(folder, "scenes.y4m");
const [width, height] = [64, 48];
let browser: Browser;
let site: Site;

const flags = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${file}`];
beforeAll(async () => {
  writeFileSync(file, redAndBlue(10));
  [browser, site] = await Promise.all([
    launchChromium(...flags, "--use-fake-ui-for-media-stream", "--js-flags=--liftoff-only"),
    startSite({ isolated: true }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

/** Runs in the browser: nothing of this file is there. */
async function takeTrainPredict({ ort, each }: { ort: string; each: number }) {
  const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
  const { load: loadModel, openCamera, train } = await load("/package/dist/browser/engraft.js");
  interface Drawn {
    readonly width: number;
    readonly height: number;
    close(): void;
  }
  const scope = globalThis as unknown as {
    OffscreenCanvas: new (
      width: number,
      height: number,
    ) => {
      getContext(kind: "2d"): {
        drawImage(image: Drawn, x: number, y: number): void;
        getImageData(
          x: number,
          y: number,
          width: number,
          height: number,
        ): { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number };
      };
    };
    createImageBitmap(file: Blob): Promise<Drawn>;
  };
  /** The scene by its mean colour; undefined while it changes. */
  const sceneOf = (image: Drawn): "red" | "blue" | undefined => {
    const drawing = new scope.OffscreenCanvas(image.width, image.height).getContext("2d");
    drawing.drawImage(image, 0, 0);
    const { data } = drawing.getImageData(0, 0, image.width, image.height);
    image.close();
    const mean = (channel: number): number =>
      data.filter((_, i) => i % 4 === channel).reduce((sum, v) => sum + v, 0) / (data.length / 4);
    const [red, blue] = [mean(0), mean(2)];
    return red > blue + 90 ? "red" : blue > red + 90 ? "blue" : undefined;
  };
  const camera = await openCamera<Drawn>({ facing: "front" });
  const size = [camera.width, camera.height];
  const rows: { file: File; label: "red" | "blue" }[] = [];
  const count = (label: string): number => rows.filter((row) => row.label === label).length;
  const kinds = new Set<string>();
  while (Math.min(count("red"), count("blue")) < each) {
    const file = await camera.picture(`${rows.length}.jpg`);
    kinds.add(`${file.type} ${file.name === `${rows.length}.jpg`}`);
    const label = sceneOf(await scope.createImageBitmap(file));
    // The camera repeats its film: at most one picture of a frame.
    const isNew = rows.every((row) => row.file.size !== file.size);
    if (isNew && label && count(label) < each) rows.push({ file, label });
    await new Promise((done) => setTimeout(done, 30));
  }
  const frame = await camera.frame();
  const frameSize = [frame.width, frame.height];
  await train(rows, { ort, strategy: "probe", name: "scenes" });
  const model = await loadModel({ run: "scenes" }, { ort });
  if (model.task !== "image-classification") throw new Error(model.task);
  const answers: string[] = [];
  for (const { file, label } of [rows[0]!, rows.at(-1)!, rows.find((row) => row.label !== rows[0]!.label)!]) {
    const [best] = await model.predict(file);
    answers.push(`${label} ${best!.label}`);
    // The same picture as a bitmap and as pixels.
    const bitmap = await scope.createImageBitmap(file);
    const drawing = new scope.OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    drawing.drawImage(bitmap, 0, 0);
    const pixels = drawing.getImageData(0, 0, bitmap.width, bitmap.height);
    const [[first], [second]] = (await model.predict([bitmap, pixels])) as [Answer[], Answer[]];
    if (first!.label !== best!.label || Math.abs(first!.score - best!.score) > 1e-6)
      answers.push("bitmap differs");
    if (second!.label !== best!.label || Math.abs(second!.score - best!.score) > 1e-6)
      answers.push("pixels differ");
  }
  camera.close();
  const closed = await camera.frame().catch((error: Error) => error.message);
  model.close();
  return { size, frameSize, kinds: [...kinds], answers, closed };
}

test("takes a picture and a frame, until it is closed", async () => {
  const page = await openTab(browser, site.url);
  const found = await page.evaluate(async () => {
    const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
    const { openCamera } = await load("/package/dist/browser/engraft.js");
    const camera = await openCamera<{ readonly width: number; readonly height: number }>({ facing: "front" });
    const { name, type, size } = await camera.picture("scene.jpg");
    const { width, height } = await camera.frame();
    const sizes = [camera.width, camera.height, width, height];
    camera.close();
    const closed = await camera.picture().catch((error: Error) => error.message);
    return { name, type, isEmpty: size === 0, sizes, closed };
  });
  await page.close();
  expect(found).toEqual({
    ...{ name: "scene.jpg", type: "image/jpeg", isEmpty: false, sizes: [width, height, width, height] },
    closed: "the camera was closed",
  });
});

test("takes pictures, trains on them, and predicts their scene", { tags: ["thorough"] }, async () => {
  const page = await openTab(browser, site.url);
  const { answers, ...found } = await page.evaluate(takeTrainPredict, { ort, each: 6 });
  await page.close();
  expect(found).toEqual({
    size: [width, height],
    frameSize: [width, height],
    kinds: ["image/jpeg true"],
    closed: "the camera was closed",
  });
  for (const answer of answers) expect(answer.split(" ")[1]).toBe(answer.split(" ")[0]);
});

/** Opens a camera in a page, which fails. */
const refusal = (page: Page, options: Web.CameraOptions = {}) =>
  page.evaluate(async (options) => {
    const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
    const { openCamera } = await load("/package/dist/browser/engraft.js");
    return openCamera(options).then(
      () => undefined,
      ({ kind, message, help }) => ({ kind, message, help }),
    );
  }, options);

test("says what to do if permission is refused, or the option is wrong", async () => {
  const denying = await launchChromium(...flags, "--use-fake-ui-for-media-stream=deny");
  const page = await openTab(denying, site.url);
  expect(await refusal(page)).toEqual({
    kind: "DataError",
    message: "permission to use the camera was refused",
    help: 'allow the camera for this site beside the browser\'s address bar, then try again; a page inside a frame also needs allow="camera"',
  });
  expect(await refusal(page, { facing: "back" as never })).toEqual({
    kind: "OptionError",
    message: 'facing is "back"',
    help: 'give "rear" or "front"',
  });
  await denying.close();
});

test("a camera that stops by itself says so", async () => {
  const page = await openTab(browser, site.url);
  const failed = await page.evaluate(async () => {
    const load = new Function("path", "return import(path)") as (path: string) => Promise<typeof Web>;
    const { openCamera } = await load("/package/dist/browser/engraft.js");
    const camera = await openCamera<unknown, { getTracks(): EventTarget[] }>();
    camera.stream.getTracks()[0]!.dispatchEvent(new Event("ended"));
    return camera.picture().catch(({ message, help }: Error & { help: string }) => ({ message, help }));
  });
  expect(failed).toEqual({
    message: "the camera stopped",
    help: "it was unplugged, or its permission was withdrawn: open it again",
  });
  await page.close();
});

test("a page without https has no camera", async () => {
  const page = await openTab(browser, site.url, "delete Navigator.prototype.mediaDevices");
  expect(await refusal(page)).toMatchObject({ message: "this page has no access to cameras" });
  await page.close();
});
