import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { expect, test } from "vitest";
import * as boxes from "../../scripts/demo-boxes/render.js";
import * as masks from "../../scripts/demo-masks/render.js";
import { contentOf, openBoxes } from "../../src/data/boxes/open-boxes.js";
import { openMasks } from "../../src/data/masks/open-masks.js";
import { readMask } from "../../src/data/masks/read-mask.js";
import { nodePlatform } from "../../src/platform/node.js";

const folder = (name: string): string => fileURLToPath(new URL(`../../assets/${name}`, import.meta.url));

/** Bytes of all files below a folder. */
const bytesOf = (name: string): number =>
  readdirSync(folder(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(`${entry.parentPath}/${entry.name}`).size, 0);

/** Mean difference between a bundled JPEG and a picture that is saved as the renderer's script does, of 255. */
async function differenceFrom(
  path: string,
  rgb: Uint8Array,
  { width, height, quality }: { width: number; height: number; quality: number },
): Promise<number> {
  const bundled = await sharp(path).raw().toBuffer();
  const again = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer();
  const decoded = await sharp(again).raw().toBuffer();
  expect(decoded.length).toBe(bundled.length);
  return bundled.reduce((sum, v, i) => sum + Math.abs(v - decoded[i]!), 0) / bundled.length;
}

test("the demo set of boxes is read without a warning: three classes, splits as given, empty pictures, at most 700 kB", async () => {
  const { classes, items, layout, skipped, warnings } = await openBoxes(folder("demo-boxes"), {
    cache: false,
  });
  expect([layout, ...classes]).toEqual(["coco", "nut", "screw", "washer"]);
  expect([skipped, warnings]).toEqual([[], []]);
  const test = items.filter(({ part }) => part === "test");
  expect([items.length - test.length, test.length]).toEqual([boxes.counts.train, boxes.counts.test]);
  for (const label of classes.keys())
    expect(test.filter(({ objects }) => objects.some((one) => one.label === label)).length).toBeGreaterThan(
      15,
    );
  expect(items.filter(({ objects }) => objects.length === 0).length).toBeGreaterThan(5);
  expect(bytesOf("demo-boxes")).toBeLessThan(700_000);
});

test("the demo set of masks is read without a warning: background and two classes, splits as given, at most 700 kB", async () => {
  const data = (await openMasks(await contentOf(nodePlatform, folder("demo-masks")), { cache: false }))!;
  expect([data.kind.kind, ...data.classes]).toEqual(["classes", "background", "leaf", "spot"]);
  expect([data.skipped, data.warnings]).toEqual([[], []]);
  const test = data.items.filter(({ part }) => part === "test");
  expect([data.items.length - test.length, test.length]).toEqual([masks.counts.train, masks.counts.test]);
  expect(bytesOf("demo-masks")).toBeLessThan(700_000);
});

test("the renderer makes a bundled picture with its boxes again", { tags: ["thorough"] }, async () => {
  const { items, classes } = await openBoxes(folder("demo-boxes"), { cache: false });
  const index = boxes.counts.train + 5;
  const item = items.find(({ id }) => id.endsWith(`${String(index).padStart(3, "0")}.jpg`))!;
  const { rgb, parts } = boxes.renderPicture(index);
  // 0 with the same sharp and V8; another version may round a sine or a DCT coefficient differently.
  expect(await differenceFrom(item.path, rgb, boxes)).toBeLessThan(1);
  const objects = item.objects.map(({ label, box: [x1, y1, x2, y2], area }) => ({
    ...{ name: classes[label], box: [x1, y1, x2 - x1, y2 - y1], area },
  }));
  expect(objects).toEqual(parts);
  expect(objects.length).toBeGreaterThan(2);
});

test("the renderer makes a bundled picture with its mask again", { tags: ["thorough"] }, async () => {
  const data = (await openMasks(await contentOf(nodePlatform, folder("demo-masks")), { cache: false }))!;
  const index = masks.counts.train + 2;
  const item = data.items.find(({ id }) => id.endsWith(`${String(index).padStart(3, "0")}.jpg`))!;
  const { rgb, mask } = masks.renderPicture(index);
  expect(await differenceFrom(item.path, rgb, masks)).toBeLessThan(1);
  const { data: bundled } = await readMask(nodePlatform, data, item);
  // 0 as above; a rounded sine may move a pixel at an edge.
  expect(mask.filter((v, i) => v !== bundled[i]).length).toBeLessThan(0.001 * mask.length);
  expect(new Set(mask)).toEqual(new Set([0, 1, 2]));
});

test("no bundled picture is there twice", () => {
  const names = ["demo-boxes", "demo-masks"].flatMap((name) =>
    readdirSync(folder(name), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".jpg"))
      .map((file) => `${folder(name)}/${file}`),
  );
  expect(new Set(names.map((path) => readFileSync(path).toString("base64"))).size).toBe(120 + 80);
});
