// Bases that see the centre of a picture: the same pixels as in Transformers.js, and explanations that lie where the model looked.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { openBase } from "../../src/bases/open/open-base.js";
import {
  preprocessingFromOptions,
  readPreprocessing,
  writePreprocessing,
} from "../../src/bases/preprocessing.js";
import { pixelLoader } from "../../src/data/images/load-pixels.js";
import { PixelCache } from "../../src/data/images/pixel-cache.js";
import { decodePixels } from "../../src/data/index.js";
import { exportModel } from "../../src/index.js";
import { nodePlatform as platform } from "../../src/platform/node.js";
import { overlay } from "../../src/report/pages/explained/explained-samples.js";
import { openDense } from "../../src/tasks/dense/dense-run.js";
import { writeTfjs } from "../support/imported-bases.js";

const root = mkdtempSync(join(tmpdir(), "engraft-crop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]): string => join(root, ...names);

const thirds = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
] as const;

/** Writes a picture whose thirds are red, green and blue, side by side or one below the other. */
async function striped(name: string, side: number, upright: boolean): Promise<string> {
  const [width, height] = upright ? [side, 3 * side] : [3 * side, side];
  const colourAt = (i: number) => thirds[Math.floor((upright ? Math.floor(i / width) : i % width) / side)]!;
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => colourAt(Math.floor(i / 3))[i % 3]!);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(at(name));
  return at(name);
}

test.each([false, true])("only the middle third of a long picture is seen (upright: %s)", async (upright) => {
  const file = await striped(`thirds-${upright}.png`, 64, upright);
  const seen = await decodePixels(file, { height: 32, width: 32, shortestEdge: 32 });
  expect([seen.height, seen.width, seen.data.length]).toEqual([32, 32, 32 * 32 * 3]);
  // Lanczos mixes colours three pixels around a border.
  for (let y = 4; y < 28; y++)
    for (let x = 4; x < 28; x++)
      expect([...seen.data.subarray(3 * (32 * y + x), 3 * (32 * y + x) + 3)]).toEqual([0, 255, 0]);
  expect(seen.inside).toEqual(upright ? [0, 1 / 3, 1, 1 / 3] : [1 / 3, 0, 1 / 3, 1]);
  // Without a crop all colours are seen.
  const { data } = await decodePixels(file, { height: 32, width: 32 });
  expect(data[0]).toBeGreaterThan(200);
});

test.each([
  [97, 61, 32, 32, 32],
  [61, 97, 24, 32, 40],
  [50, 50, 28, 28, 37],
  [31, 200, 16, 16, 16],
])("%i × %i pixels are cropped as in Transformers.js", async (width, height, h, w, shortestEdge) => {
  const noise = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7919 + (i >> 3) * 31) % 256);
  const file = at(`${width}x${height}.png`);
  await sharp(noise, { raw: { width, height, channels: 3 } })
    .blur(1)
    .png()
    .toFile(file);
  const { CLIPImageProcessor, RawImage } = await import("@huggingface/transformers");
  const usual = { rescale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1], channels: "rgb" } as const;
  const preprocessing = { height: h, width: w, shortestEdge, ...usual };
  const processor = new CLIPImageProcessor(writePreprocessing(preprocessing) as never);
  const { pixel_values } = await processor(await RawImage.read(file));
  expect(pixel_values.dims).toEqual([1, 3, h, w]);
  const { data } = await decodePixels(file, preprocessing);
  const theirs = Array.from(data, (_, i) =>
    Math.round(255 * pixel_values.data[(i % 3) * h * w + Math.floor(i / 3)]),
  );
  expect([...data]).toEqual(theirs);
});

const json = {
  ...{ size: { shortest_edge: 256 }, do_center_crop: true, crop_size: { height: 224, width: 224 } },
  ...{ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] },
};

test("preprocessor_config.json says the crop, and --image-size keeps its share", () => {
  const known = readPreprocessing(json);
  expect(known).toMatchObject({ height: 224, width: 224, shortestEdge: 256 });
  expect(readPreprocessing(JSON.parse(JSON.stringify(writePreprocessing(known))))).toEqual(known);
  expect(preprocessingFromOptions({ imageSize: 112 }, known)).toMatchObject({
    height: 112,
    shortestEdge: 128,
  });
  for (const whole of [
    { ...json, do_center_crop: false },
    { ...json, size: 256 },
    { ...json, size: { shortest_edge: 100 } },
  ])
    expect(readPreprocessing(whole)).not.toHaveProperty("shortestEdge");
  expect(() => readPreprocessing({ ...json, size: { shortest_edge: -1 } })).toThrow("size.shortest_edge");
});

test("decoded pictures of both kinds are kept apart", async () => {
  const path = await striped("kept.png", 32, false);
  const load = pixelLoader(platform, { decoded: new PixelCache(1e6) });
  const item = { path, sha256: "a" };
  const size = { height: 32, width: 32 };
  const [cropped, whole] = [await load(item, { ...size, shortestEdge: 32 }), await load(item, size)];
  expect([...cropped.data]).not.toEqual([...whole.data]);
});

test("a picture that is too long for a crop is refused with its sides", async () => {
  await sharp({ create: { width: 9000, height: 1, channels: 3, background: "#123456" } })
    .png()
    .toFile(at("line.png"));
  await expect(
    decodePixels(at("line.png"), { height: 224, width: 224, shortestEdge: 224 }),
  ).rejects.toMatchObject({ kind: "DataError", message: expect.stringContaining("9000 × 1") });
});

test("a project of Teachable Machine sees the centre square, and so does its export", async () => {
  const base = writeTfjs(at("project"), ["ant", "bee"]);
  await exportModel(base, { out: at("exported") });
  for (const ref of [base, at("exported")])
    expect((await openBase(ref, {})).preprocessing).toMatchObject({
      height: 32,
      width: 32,
      shortestEdge: 32,
    });
  const file = await striped("long.png", 40, false);
  const { AutoProcessor, RawImage } = await import("@huggingface/transformers");
  const processor = await AutoProcessor.from_pretrained(at("exported"), { local_files_only: true });
  const { pixel_values } = await processor(await RawImage.read(file));
  // Green alone in the middle: x / 127.5 - 1.
  const middle = 32 * 16 + 16;
  expect([0, 1, 2].map((c) => pixel_values.data[1024 * c + middle])).toEqual([-1, 1, -1]);
});

test("boxes and masks see whole pictures, whatever the base sees", async () => {
  cpSync(new URL("../../assets/vision-open", import.meta.url), at("cropping"), { recursive: true });
  writeFileSync(at("cropping", "preprocessor_config.json"), JSON.stringify(json));
  expect((await openBase(at("cropping"), {})).preprocessing.shortestEdge).toBe(256);
  const { opened } = await openDense(at("cropping"), {}, { height: 128, width: 192 }, platform, () => {});
  expect(opened.base.preprocessing).toMatchObject({ height: 128, width: 192 });
  expect(opened.base.preprocessing).not.toHaveProperty("shortestEdge");
});

test("a map lies over the section that was seen", () => {
  const map = { rows: 1, columns: 1, values: [1] };
  const inside = [0.25, 0, 0.5, 1] as const;
  expect(overlay({ ...map, inside }, { signed: true }).text).toContain(
    'style="left:25.00%;top:0.00%;width:50.00%;height:100.00%"',
  );
  expect(overlay(map, { signed: true }).text).not.toContain("style");
});
