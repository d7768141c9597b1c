import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawLabels, drawPicture, plainPicture } from "./resample.js";
import { composeTransforms, fillTransform, mirrorTransform, transformBox } from "./transform.js";

interface Golden {
  readonly height: number;
  readonly width: number;
  readonly cases: readonly {
    readonly name: string;
    readonly part: readonly [number, number, number, number];
    readonly size: readonly [width: number, height: number];
    readonly hex: string;
  }[];
}
/** Made by Pillow: scripts/golden/make-resample.py. */
const golden: Golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/resample.json", import.meta.url), "utf8"),
);
const { height, width } = golden;
const source = {
  ...{ height, width },
  data: Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
    return (37 * y + 11 * x * x + 53 * c + 7 * x * y) % 251;
  }),
};
const black = (size: { readonly width: number; readonly height: number }) => plainPicture(size, [0, 0, 0]);

describe("drawPicture", () => {
  test.each(golden.cases)("gives the pixels of Pillow's triangle filter: $name", ({ part, size, hex }) => {
    const [x1, y1, x2, y2] = part;
    const [sx, sy] = [size[0] / (x2 - x1), size[1] / (y2 - y1)];
    const out = black({ width: size[0], height: size[1] });
    drawPicture(out, source, { sx, tx: -x1 * sx, sy, ty: -y1 * sy });
    const expected = Buffer.from(hex, "hex");
    // Pillow rounds to 8 bits between its two passes.
    const worst = Math.max(...out.data.map((v, i) => Math.abs(v - expected[i]!)));
    expect(worst).toBeLessThanOrEqual(1);
  });

  test("changes nothing at the same size, and a mirrored mirror image is the picture", () => {
    const out = black(source);
    drawPicture(out, source, fillTransform(source, source));
    expect(out.data).toEqual(source.data);
    const [mirrored, again] = [black(source), black(source)];
    drawPicture(mirrored, source, mirrorTransform(width));
    expect([...mirrored.data.subarray(0, 3)]).toEqual([...source.data.subarray(3 * (width - 1), 3 * width)]);
    drawPicture(again, mirrored, mirrorTransform(width));
    expect(again.data).toEqual(source.data);
  });

  test("leaves pixels outside of the picture and outside of the visible part as they are", () => {
    const out = plainPicture({ width: 8, height: 4 }, [9, 8, 7]);
    const white = plainPicture({ width: 4, height: 4 }, [255, 255, 255]);
    drawPicture(out, white, { sx: 1, tx: 2, sy: 1, ty: 1 }, [0, 0, 5, 4]);
    const reds = Array.from({ length: 32 }, (_, i) => out.data[3 * i]!);
    const [row, plain] = [
      [9, 9, 255, 255, 255, 9, 9, 9],
      [9, 9, 9, 9, 9, 9, 9, 9],
    ];
    expect(reds).toEqual([...plain, ...row, ...row, ...row]);
    drawPicture(out, white, { sx: 1, tx: 100, sy: 1, ty: 0 });
    expect([...out.data.subarray(0, 3)]).toEqual([9, 8, 7]);
  });

  test("draws nothing if the visible part lies beside the picture", () => {
    const out = black({ width: 4, height: 4 });
    const plain = { sx: 1, tx: 0, sy: 1, ty: 0 };
    for (const clip of [
      [9, 0, 12, 4],
      [-8, 0, -2, 4],
      [0, 6, 4, 9],
    ] as const)
      drawPicture(out, source, plain, clip);
    expect(out).toEqual(black(out));
  });

  test("a fine chequerboard becomes grey when it shrinks, instead of black or white", () => {
    const board = black({ width: 32, height: 32 });
    for (let i = 0; i < 32 * 32; i++)
      if ((i + Math.floor(i / 32)) % 2 === 0) board.data.fill(255, 3 * i, 3 * i + 3);
    const out = black({ width: 8, height: 8 });
    drawPicture(out, board, fillTransform(board, out));
    // A triangle of eight pixels holds as much of both colours; at the border it is cut off.
    for (const value of out.data) expect(Math.abs(value - 127.5)).toBeLessThan(10);
  });
});

test("labels are those of the nearest pixel", () => {
  const labels = { width: 2, height: 2, data: Uint8Array.of(1, 2, 3, 4) };
  const out = { width: 6, height: 4, data: new Uint8Array(24).fill(255) };
  // Twice as large, mirrored, one pixel to the right.
  drawLabels(out, labels, { sx: -2, tx: 5, sy: 2, ty: 0 });
  expect([...out.data]).toEqual(
    [
      [255, 2, 2, 1, 1, 255],
      [255, 2, 2, 1, 1, 255],
      [255, 4, 4, 3, 3, 255],
      [255, 4, 4, 3, 3, 255],
    ].flat(),
  );
});

test("a transform after another is their composition", () => {
  const first = { sx: 2, tx: 3, sy: 0.5, ty: -1 };
  const both = composeTransforms(first, mirrorTransform(100));
  // x: 100 − (2 · 10 + 3), y: 0.5 · 20 − 1
  expect(transformBox([10, 20, 12, 30], both)).toEqual([73, 9, 77, 14]);
});
