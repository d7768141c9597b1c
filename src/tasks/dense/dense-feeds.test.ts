import { describe, expect, test } from "vitest";
import { boxTree } from "../../../test/support/box-trees.js";
import type { BoxItem } from "../../data/boxes/box-dataset.js";
import { openBoxes } from "../../data/boxes/open-boxes.js";
import { augmentBoxes } from "../../data/dense/augment-boxes.js";
import { mosaicsOf } from "../../data/dense/mosaics.js";
import type { DenseAugmentation } from "../../data/dense/strengths.js";
import { decodePixels, PixelCache } from "../../data/index.js";
import { nodePlatform } from "../../platform/node.js";
import type { TrainSource } from "../../run/training/train-source.js";
import type { StepFeeds } from "../../train/loop.js";
import { denseCache, denseStreams } from "./dense-feeds.js";

const size = { width: 64, height: 64 };

/** Five pictures of 96 × 80 pixels with a box each. */
async function items(): Promise<readonly BoxItem[]> {
  const names = ["a", "b", "c", "d", "e"].map((name) => `${name}.png`);
  const root = await boxTree({
    "labels.json": JSON.stringify({
      images: names.map((file_name, id) => ({ id, file_name, width: 96, height: 80 })),
      annotations: names.map((_, id) => ({ id, image_id: id, category_id: 1, bbox: [10, 10, 40, 40] })),
      categories: [{ id: 1, name: "cat" }],
    }),
    ...Object.fromEntries(names.map((name) => [name, { size: [96, 80] as const }])),
  });
  return (await openBoxes(root, { cache: false, emptyParts: true })).items;
}

interface How {
  readonly augmentation?: DenseAugmentation;
  readonly decoded?: PixelCache;
  readonly whole?: boolean;
  readonly epoch?: number;
  readonly from?: number;
  readonly mosaic?: number;
}

/** Steps of an epoch; the row of a sample is the number of its boxes, and its picture's position. */
async function steps(
  boxes: readonly BoxItem[],
  {
    augmentation = "none",
    decoded = new PixelCache(0),
    whole = false,
    epoch = 0,
    from = 0,
    mosaic = 0,
  }: How = {},
): Promise<StepFeeds[]> {
  const source: TrainSource = {
    items: boxes.map((item) => ({ ...item, label: 0 })),
    ...{ augmentation, batch: 2, seed: 1 },
    inputs: { unit: "pictures", preprocessing: size, decoded, platform: nodePlatform },
  };
  const { feeds } = denseStreams(source, whole, {
    ...{
      rows: { found: [2] },
      sizes: boxes,
      augmentation,
      picturesOf: mosaicsOf(boxes, { share: mosaic, epochs: 9, seed: 1 }),
    },
    sampleOf(indices, decodedPictures, epoch) {
      const sources = indices.map((index, k) => ({ item: boxes[index]!, pixels: decodedPictures[k]! }));
      const how = { augmentation, seed: 1, epoch };
      const { pixels, targets } = augmentBoxes(sources, boxes[indices[0]!]!.id, size, how);
      return { pixels, rows: { found: Float32Array.of(targets.boxes.length, indices[0]!) } };
    },
  });
  const all: StepFeeds[] = [];
  for await (const step of feeds(epoch, from)) all.push(step);
  return all;
}

const rowsOf = (step: StepFeeds): number[] => Array.from(step["train.found"]!.data as Float32Array);

describe("denseStreams", () => {
  test("without augmentation, the pixels are those of validation", async () => {
    const boxes = await items();
    const [first] = await steps(boxes);
    const [, index] = rowsOf(first!);
    const { data } = await decodePixels(boxes[index!]!.path, size);
    const pixels = first!["train.x"]!;
    expect(pixels.dims).toEqual([2, 64, 64, 3]);
    expect((pixels.data as Uint8Array).subarray(0, data.length)).toEqual(data);
  });

  test("each picture is there once; the last short batch is filled with weight 0, or left out", async () => {
    const boxes = await items();
    const all = await steps(boxes);
    expect(all.length).toBe(3);
    const seen = all.flatMap((step) => rowsOf(step).filter((_, i) => i % 2 === 1));
    expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3, 4]));
    expect([...(all[2]!["train.weights"]!.data as Float32Array)]).toEqual([1, 0]);
    expect((await steps(boxes, { whole: true })).length).toBe(2);
  });

  test("a batch does not depend on timing, on the cache, or on where an epoch is resumed", async () => {
    const boxes = await items();
    const how = { augmentation: "strong", epoch: 3, mosaic: 1 } as const;
    const plain = await steps(boxes, how);
    const decoded = new PixelCache(1e6);
    expect(await steps(boxes, { ...how, decoded })).toEqual(plain);
    expect(await steps(boxes, { ...how, decoded })).toEqual(plain);
    expect(await steps(boxes, { ...how, from: 1 })).toEqual(plain.slice(1));
    expect(await steps(boxes, { ...how, epoch: 4 })).not.toEqual(plain);
    // Larger than the input, but not than the picture.
    expect(decoded.bytes).toBe(5 * 96 * 80 * 3);
  });
});

test("the cache holds all pictures as they are scored, and those of training also as they are augmented", () => {
  const picture = { width: 96, height: 80 };
  const both = [
    { ...picture, part: "train" },
    { ...picture, part: "test" },
  ];
  expect(denseCache(both, size, "standard").limit).toBe(3 * (2 * 64 * 64 + 96 * 80));
  expect(denseCache(both, size, "light").limit).toBe(3 * 2 * 64 * 64);
});
