import { describe, expect, test } from "vitest";
import { type Box, boxIou } from "../boxes/box.js";
import { augmentBoxes, type BoxAugmentOptions, type BoxPicture } from "./augment-boxes.js";
import { boxTargets, transformTargets } from "./box-targets.js";
import { plainPicture } from "./resample.js";
import { fillTransform } from "./transform.js";

const size = { width: 160, height: 128 };
const stored = { width: 120, height: 96 };

/** Returns a black picture with a filled box, decoded to twice its size, so that the box covers whole pixels. */
function pictureOf(
  box: Box,
  colour: readonly [number, number, number] = [255, 255, 255],
  label = 0,
): BoxPicture {
  const pixels = plainPicture({ width: 240, height: 192 }, [0, 0, 0]);
  const [sx, sy] = [pixels.width / stored.width, pixels.height / stored.height];
  for (let i = Math.round(box[1] * sy); i < Math.round(box[3] * sy); i++)
    for (let j = Math.round(box[0] * sx); j < Math.round(box[2] * sx); j++)
      pixels.data.set(colour, 3 * (i * pixels.width + j));
  return { item: { ...stored, objects: [{ label, box, area: 1 }] }, pixels };
}

/** Returns the smallest box around the pixels that are brighter than half of the brightest in a channel, and dark in the others. */
function findBox({ data, width, height }: BoxPicture["pixels"], channels = [0, 1, 2]): Box | undefined {
  const half = data.reduce((a, b) => Math.max(a, b)) / 2;
  let [x1, y1, x2, y2] = [width, height, 0, 0];
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      const at = 3 * (i * width + j);
      if (![0, 1, 2].every((c) => data[at + c]! > half === channels.includes(c))) continue;
      [x1, y1, x2, y2] = [Math.min(x1, j), Math.min(y1, i), Math.max(x2, j + 1), Math.max(y2, i + 1)];
    }
  return x2 > x1 ? [x1, y1, x2, y2] : undefined;
}

const farthest = (a: Box, b: Box): number => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

/** Augments a picture 60 times and compares the found box with its target. */
function follow(options: Partial<BoxAugmentOptions>): { readonly kept: number; readonly ignored: number } {
  let [kept, ignored] = [0, 0];
  for (let epoch = 0; epoch < 60; epoch++) {
    const box: Box = [10 + (epoch % 40), 20, 60 + (epoch % 40), 60 + (epoch % 30)];
    const { pixels, targets } = augmentBoxes([pictureOf(box)], "a", size, {
      ...{ seed: 1, epoch, fill: [0, 0, 0] },
      ...options,
    });
    expect([pixels.width, pixels.height]).toEqual([160, 128]);
    const expected = targets.boxes[0] ?? targets.ignored[0];
    if (expected === undefined) continue;
    if (targets.boxes.length > 0) kept++;
    else ignored++;
    expect(farthest(findBox(pixels)!, expected)).toBeLessThanOrEqual(1);
  }
  return { kept, ignored };
}

describe("augmentBoxes", () => {
  test.each([["none"], ["light"], ["standard"], ["strong"]] as const)(
    "%s moves boxes with their pixels",
    (augmentation) => {
      const { kept } = follow({ augmentation });
      expect(kept).toBeGreaterThan(augmentation === "none" ? 59 : 40);
    },
  );

  test("crops move boxes with their pixels", () => {
    const { kept } = follow({ augmentation: "standard", crop: 1 });
    expect(kept).toBeGreaterThan(30);
  });

  test("a mosaic shows four pictures around a point, each with its boxes", () => {
    const box: Box = [35, 25, 85, 70];
    const colours = [[0], [1], [2], [0, 1]];
    const pictures = colours.map((channels, label) =>
      pictureOf(
        box,
        [0, 1, 2].map((c) => (channels.includes(c) ? 255 : 0)) as [number, number, number],
        label,
      ),
    );
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 30; epoch++) {
      const { pixels, targets } = augmentBoxes(pictures, "a", size, {
        ...{ augmentation: "light", seed: 2, epoch, fill: [0, 0, 0] },
      });
      targets.labels.forEach((label, i) => {
        seen.add(label);
        expect(farthest(findBox(pixels, colours[label])!, targets.boxes[i]!)).toBeLessThanOrEqual(1);
      });
    }
    expect(seen).toEqual(new Set([0, 1, 2, 3]));
  });

  test("depends on seed, epoch and item only", () => {
    const picture = pictureOf([12, 12, 72, 64]);
    const run = (seed: number, epoch: number, id: string) =>
      augmentBoxes([picture], id, size, { augmentation: "strong", seed, epoch });
    const first = run(1, 2, "a");
    expect(run(1, 2, "a")).toEqual(first);
    for (const other of [run(2, 2, "a"), run(1, 3, "a"), run(1, 2, "b")])
      expect(other.pixels.data).not.toEqual(first.pixels.data);
  });

  test("a cropped picture without objects stays whole", () => {
    const picture: BoxPicture = {
      item: { ...stored, objects: [] },
      pixels: pictureOf([0, 0, 60, 48]).pixels,
    };
    const { pixels, targets } = augmentBoxes([picture], "a", size, {
      ...{ augmentation: "none", crop: 1, seed: 0, epoch: 0 },
    });
    expect(targets).toEqual({ boxes: [], labels: [], ignored: [] });
    expect(findBox(pixels)).toEqual([0, 0, 80, 64]);
  });
});

describe("targets of a transformed picture", () => {
  const item = (box: Box, more: object = {}) => ({
    ...{ width: 100, height: 100 },
    objects: [{ label: 1, box, area: 1, ...more }],
  });
  const input = { width: 100, height: 100 };
  const shifted = (tx: number, s = 1) => ({ sx: s, tx, sy: s, ty: 0 });

  test.each([
    ["stays with 25 % of its area", -30, { boxes: [[0, 0, 10, 40]], labels: [1], ignored: [] }],
    ["is ignored with 10 to 25 %", -35, { boxes: [], labels: [], ignored: [[0, 0, 5, 40]] }],
    ["is background below 10 %", -37, { boxes: [], labels: [], ignored: [] }],
    ["is gone outside", -60, { boxes: [], labels: [], ignored: [] }],
  ])("a box %s", (_, tx, expected) => {
    expect(transformTargets(item([0, 0, 40, 40]), input, shifted(tx))).toEqual(expected);
  });

  test("a box that shrinks below four pixels is ignored, but not one that is as thin in the picture itself", () => {
    expect(transformTargets(item([0, 0, 40, 7]), input, shifted(0, 0.5)).ignored).toEqual([[0, 0, 20, 3.5]]);
    expect(boxTargets(item([0, 0, 40, 3]), input).boxes).toEqual([[0, 0, 40, 3]]);
  });

  test("a crowd is an ignored region, however little of it is left", () => {
    expect(transformTargets(item([0, 0, 40, 40], { crowd: true }), input, shifted(-39))).toEqual({
      ...{ boxes: [], labels: [], ignored: [[0, 0, 1, 40]] },
    });
  });

  test("a box is cut off at the visible part of a mosaic's quarter", () => {
    const { boxes } = transformTargets(item([0, 0, 40, 40]), input, shifted(0), [0, 0, 20, 100]);
    expect(boxes).toEqual([[0, 0, 20, 40]]);
    expect(boxIou(boxes[0]!, [0, 0, 40, 40])).toBe(0.5);
  });

  test("without augmentation, boxes are stretched as the picture is", () => {
    expect(boxTargets(item([10, 20, 30, 40]), { width: 200, height: 50 }).boxes).toEqual([[20, 10, 60, 20]]);
    expect(fillTransform(item([0, 0, 1, 1]), { width: 200, height: 50 })).toEqual({
      sx: 2,
      tx: 0,
      sy: 0.5,
      ty: 0,
    });
  });
});
