import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { boxTree } from "../../../test/support/box-trees.js";
import { nodePlatform } from "../../platform/node.js";
import type { BoxItem } from "../boxes/box-dataset.js";
import { readFolderContent } from "../boxes/folder-content.js";
import { openBoxes } from "../boxes/open-boxes.js";
import { placesOf } from "../boxes/places.js";
import { decodePixels } from "../images/decode.js";
import { PixelCache } from "../images/pixel-cache.js";
import { openMasks } from "../masks/open-masks.js";
import { assignPlaces } from "./assign-places.js";
import { type BoxBatch, boxBatches } from "./box-batches.js";
import { boxTargets } from "./box-targets.js";
import { type MaskBatch, maskBatches } from "./mask-batches.js";
import { decodeSize } from "./sample-batches.js";

const size = { width: 64, height: 64 };
const places = placesOf(
  [
    { stride: 8, height: 8, width: 8 },
    { stride: 16, height: 4, width: 4 },
  ],
  size,
);
const options = { size, places, classes: 2, batchSize: 2, seed: 1 };

async function collect<B>(batches: AsyncGenerator<B>): Promise<B[]> {
  const all: B[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** Three pictures of 96 × 80 pixels, the last without an object. */
async function boxItems(): Promise<readonly BoxItem[]> {
  const annotations = [
    { id: 1, image_id: 0, category_id: 1, bbox: [10, 10, 40, 40] },
    { id: 2, image_id: 1, category_id: 2, bbox: [30, 20, 50, 50] },
    { id: 3, image_id: 1, category_id: 1, bbox: [0, 0, 20, 20], iscrowd: 1 },
  ];
  const root = await boxTree({
    "labels.json": JSON.stringify({
      images: ["a.png", "b.png", "c.png"].map((file_name, id) => ({ id, file_name, width: 96, height: 80 })),
      ...{
        annotations,
        categories: [
          { id: 1, name: "cat" },
          { id: 2, name: "dog" },
        ],
      },
    }),
    "a.png": { size: [96, 80] },
    "b.png": { size: [96, 80] },
    "c.png": { size: [96, 80] },
  });
  return (await openBoxes(root, { cache: false, emptyParts: true })).items;
}

describe("boxBatches", () => {
  test("without augmentation: the pixels of validation, and the places of each picture", async () => {
    const items = await boxItems();
    const [first, last, ...more] = await collect(boxBatches(items, options));
    expect(more).toEqual([]);
    expect([first!.indices, last!.indices]).toEqual([[0, 1], [2]]);
    expect(first!.pixels.length).toBe(2 * 64 * 64 * 3);
    const { data } = await decodePixels(items[1]!.path, size);
    expect(first!.pixels.subarray(64 * 64 * 3)).toEqual(data);
    const { labels, boxes, weights } = assignPlaces(boxTargets(items[1]!, size), places, { classes: 2 });
    expect(first!.labels.subarray(80)).toEqual(labels);
    expect(first!.boxes.subarray(320)).toEqual(boxes);
    expect(first!.weights.subarray(80)).toEqual(weights);
    // The crowd is at the upper left: the place (4, 4) counts for nothing.
    expect(weights[0]).toBe(0);
    expect(new Set(last!.labels)).toEqual(new Set([2]));
  });

  test("a batch does not depend on timing, on the cache, or on where an epoch is resumed", async () => {
    const items = await boxItems();
    const decoded = new PixelCache(1e6);
    const settings = {
      ...options,
      augmentation: "strong",
      mosaic: 0.5,
      epoch: 3,
      order: [2, 0, 1, 0],
    } as const;
    const plain = await collect(boxBatches(items, settings));
    expect(await collect(boxBatches(items, { ...settings, decoded, prefetch: 1 }))).toEqual(plain);
    expect(await collect(boxBatches(items, { ...settings, decoded }))).toEqual(plain);
    expect(await collect(boxBatches(items, { ...settings, order: [1, 0] }))).toEqual(plain.slice(1));
    expect(await collect(boxBatches(items, { ...settings, epoch: 4 }))).not.toEqual(plain);
    expect(decoded.bytes).toBe(3 * 96 * 80 * 3);
  });

  test("at the end of a training there is no mosaic", async () => {
    const items = await boxItems();
    const run = (more: object): Promise<BoxBatch[]> =>
      collect(boxBatches(items, { ...options, augmentation: "light", ...more }));
    expect(await run({ mosaic: 1 })).not.toEqual(await run({}));
    expect(await run({ mosaic: 1, final: true })).toEqual(await run({}));
  });

  test("a batch size of 0 is refused", async () => {
    await expect(collect(boxBatches([], { ...options, batchSize: 0 }))).rejects.toThrow("batchSize is 0");
  });
});

describe("maskBatches", () => {
  const folder = async () => {
    const root = await boxTree({ "images/a.png": { size: [96, 80] }, "images/b.png": { size: [96, 80] } });
    mkdirSync(join(root, "masks"));
    for (const [name, edge] of [
      ["a", 48],
      ["b", 24],
    ] as const) {
      const values = Uint8Array.from({ length: 96 * 80 }, (_, i) => (i % 96 < edge ? 255 : 0));
      const raw = { width: 96, height: 80, channels: 1 as const };
      await sharp(values, { raw })
        .toColourspace("b-w")
        .toFile(join(root, `masks/${name}.png`));
    }
    return (await openMasks(await readFolderContent(nodePlatform, root), {
      cache: false,
      emptyParts: true,
    }))!;
  };

  test("without augmentation: labels and shares of the stretched masks", async () => {
    const data = await folder();
    const [batch] = await collect(maskBatches(data, data.items, { size, batchSize: 2, block: 4 }));
    const { pixels, labels, shares, weights } = batch as Required<MaskBatch>;
    expect(pixels.length).toBe(2 * 64 * 64 * 3);
    // 48 and 24 of 96 columns are 32 and 16 of 64.
    expect([...labels.subarray(0, 64)]).toEqual([...new Array(32).fill(1), ...new Array(32).fill(0)]);
    expect([...labels.subarray(64 * 64, 64 * 64 + 64)]).toEqual([
      ...[...new Array(16).fill(1), ...new Array(48).fill(0)],
    ]);
    // float32[2, 2, 16, 16]: the second picture's class 1 in its first row of blocks.
    expect([...shares.subarray(3 * 256, 3 * 256 + 16)]).toEqual([
      ...[...new Array(4).fill(1), ...new Array(12).fill(0)],
    ]);
    expect(new Set(weights)).toEqual(new Set([1]));
  });

  test("augmented batches depend on seed and epoch only, and have no shares unless they are asked for", async () => {
    const data = await folder();
    const run = (epoch: number): Promise<MaskBatch[]> =>
      collect(
        maskBatches(data, data.items, { size, batchSize: 2, augmentation: "standard", rare: [1], epoch }),
      );
    const [first] = await run(1);
    expect(await run(1)).toEqual([first]);
    expect(await run(2)).not.toEqual([first]);
    expect(Object.keys(first!).sort()).toEqual(["indices", "labels", "pixels"]);
  });
});

test("pictures are decoded to 1.5 inputs if they are scaled, but not above their own size", () => {
  const photo = { width: 4000, height: 3000 };
  expect(decodeSize(photo, size, "light")).toEqual(size);
  expect(decodeSize(photo, size, "standard")).toEqual({ width: 96, height: 96 });
  expect(decodeSize({ width: 70, height: 300 }, size, "strong")).toEqual({ width: 70, height: 96 });
});
