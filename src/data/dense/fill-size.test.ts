import { expect, test } from "vitest";
import type { Box } from "../boxes/box.js";
import { fillSize } from "./fill-size.js";
import { shiftHue } from "./strengths.js";

const picture = (width: number, height: number, ...sides: number[]) => ({
  ...{ width, height },
  objects: sides.map((side) => ({ box: [0, 0, side, side] as Box })),
});
const sizeOf = (pictures: ReturnType<typeof picture>[], targets: "boxes" | "masks", longerSide?: number) => {
  const { width, height } = fillSize(pictures, { targets, ...(longerSide !== undefined && { longerSide }) });
  return [width, height];
};

test("boxes: a longer side of 416 with the median aspect ratio, in multiples of 32", () => {
  // 416 · 312 / 416 = 312, which is nearer to 320 than to 288.
  expect(sizeOf([picture(416, 312, 60)], "boxes")).toEqual([416, 320]);
  expect(sizeOf([picture(3000, 4000, 900)], "boxes")).toEqual([320, 416]);
  expect(sizeOf([picture(100, 100), picture(800, 400), picture(900, 600)], "boxes")).toEqual([416, 288]);
});

test("boxes: larger if the 10th percentile of the sides falls below 12 pixels, up to 640", () => {
  // 20 · 416 / 800 = 10.4; 480 / 800 · 20 = 12
  expect(sizeOf([picture(800, 800, 20)], "boxes")).toEqual([480, 480]);
  expect(sizeOf([picture(800, 800, 5)], "boxes")).toEqual([640, 640]);
  // One of 21 boxes is small: the 10th percentile is that of the others.
  expect(sizeOf([picture(800, 800, 5, ...new Array<number>(20).fill(100))], "boxes")).toEqual([416, 416]);
});

test("boxes: small pictures are at most doubled, and narrow ones keep a side of 64", () => {
  expect(sizeOf([picture(150, 150, 40)], "boxes")).toEqual([320, 320]);
  expect(sizeOf([picture(32, 32, 20)], "boxes")).toEqual([256, 256]);
  expect(sizeOf([picture(4000, 200)], "boxes")).toEqual([416, 64]);
});

test("a longer side that is given holds for boxes and masks, rounded down to a multiple of 32", () => {
  expect(sizeOf([picture(800, 800, 5)], "boxes", 500)).toEqual([480, 480]);
  expect(sizeOf([picture(272, 204, 8)], "boxes", 640)).toEqual([640, 480]);
  expect(sizeOf([picture(256, 256)], "masks", 512)).toEqual([512, 512]);
  expect(sizeOf([picture(256, 256)], "masks", 20)).toEqual([32, 32]);
});

test("masks: the pictures' own longer side, 256 to 384, whatever their objects", () => {
  expect(sizeOf([picture(256, 256)], "masks")).toEqual([256, 256]);
  expect(sizeOf([picture(288, 224, 3)], "masks")).toEqual([288, 224]);
  expect(sizeOf([picture(4000, 3000)], "masks")).toEqual([384, 288]);
});

test("a rotation of the hue keeps grey, and follows the matrix of SVG", () => {
  const turn = (rgb: number[], share: number) => {
    const pixels = { width: 1, height: 1, data: Uint8Array.from(rgb) };
    shiftHue(pixels, share);
    return [...pixels.data];
  };
  expect(turn([90, 90, 90], 0.3)).toEqual([90, 90, 90]);
  expect(turn([10, 200, 30], 0)).toEqual([10, 200, 30]);
  // A half turn has cos = −1 and sin = 0: red' = 0.213·r·(1 − 1) − 0.574·r + 1.43·g + 0.144·b, and so on.
  const [r, g, b] = [60, 80, 100];
  expect(turn([r, g, b], 0.5)).toEqual(
    [
      (0.213 - 0.787) * r + 2 * 0.715 * g + 2 * 0.072 * b,
      2 * 0.213 * r + (0.715 - 0.285) * g + 2 * 0.072 * b,
      2 * 0.213 * r + 2 * 0.715 * g + (0.072 - 0.928) * b,
    ].map(Math.round),
  );
  expect(turn([255, 0, 0], 0.25)[2]).toBe(0);
});
