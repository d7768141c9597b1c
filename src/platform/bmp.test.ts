import { expect, test } from "vitest";
import { readBmp, writeBmp } from "./bmp.js";
import { isBmp } from "./bmp-header.js";

/** Builds a bitmap file from rows of bytes, by the format's description. */
function bitmap(
  width: number,
  height: number,
  bits: number,
  rows: number[][],
  extra: { palette?: number[]; masks?: number[] } = {},
): Uint8Array {
  const after = extra.palette ?? extra.masks ?? [];
  const start = 54 + 4 * after.length;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const bytes = new Uint8Array(start + stride * Math.abs(height));
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, start, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, bits, true);
  view.setUint32(30, extra.masks === undefined ? 0 : 3, true);
  after.forEach((value, i) => {
    view.setUint32(54 + 4 * i, value, true);
  });
  rows.forEach((row, y) => {
    bytes.set(row, start + y * stride);
  });
  return bytes;
}

const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];

test("24 bits: blue first, last row first, rows padded to 4 bytes", () => {
  const file = bitmap(2, 2, 24, [
    [0, 0, 255, 0, 255, 0],
    [255, 0, 0, 255, 255, 255],
  ]);
  expect(isBmp(file)).toBe(true);
  expect([...readBmp(file).data]).toEqual([...blue, ...white, ...red, ...green]);
});

test("a negative height means first row first", () => {
  const file = bitmap(1, -2, 24, [
    [0, 0, 255],
    [255, 0, 0],
  ]);
  expect([...readBmp(file).data]).toEqual([...red, ...blue]);
});

test("1, 4 and 8 bits look colours up in the palette", () => {
  const palette = [0xff0000, 0x0000ff];
  expect([...readBmp(bitmap(3, 1, 1, [[0b01000000]], { palette })).data]).toEqual([...red, ...blue, ...red]);
  expect([...readBmp(bitmap(3, 1, 4, [[0x01, 0x10]], { palette })).data]).toEqual([...red, ...blue, ...blue]);
  expect([...readBmp(bitmap(2, 1, 8, [[1, 0]], { palette })).data]).toEqual([...blue, ...red]);
});

test("16 bits are 5-5-5, or what the masks say", () => {
  expect([...readBmp(bitmap(1, 1, 16, [[0x00, 0x7c]])).data]).toEqual(red);
  const masks = [0xf800, 0x07e0, 0x001f];
  expect([...readBmp(bitmap(1, 1, 16, [[0xe0, 0x07]], { masks })).data]).toEqual(green);
});

test("32 bits leave the fourth byte out", () => {
  expect([...readBmp(bitmap(1, 1, 32, [[0, 255, 0, 9]])).data]).toEqual(green);
});

test("a file that ends too early, is compressed, or has no size is refused with the reason", () => {
  const file = bitmap(2, 2, 24, []);
  expect(() => readBmp(file.subarray(0, 60))).toThrow("BMP ends too early: 60 of 70 bytes");
  const compressed = file.slice();
  compressed[30] = 1;
  expect(() => readBmp(compressed)).toThrow("compressed BMP is not supported");
  const empty = file.slice();
  empty.fill(0, 18, 22);
  expect(() => readBmp(empty)).toThrow("BMP of 0 × 2 pixels");
});

test("a written bitmap is read again with the same pixels, whatever its width", () => {
  for (const width of [1, 2, 3, 4, 7]) {
    const bitmap = {
      height: 3,
      width,
      data: Uint8Array.from({ length: 9 * width }, (_, i) => (37 * i) % 256),
    };
    expect(readBmp(writeBmp(bitmap))).toEqual(bitmap);
  }
});
