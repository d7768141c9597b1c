import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import type { Pixels } from "../dataset.js";
import { augment, randomPart, recolor, reflect, shift, stretch } from "./augment.js";

/** A picture whose red is the column, green the row, blue a constant. */
function ramp(height: number, width: number): Pixels {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x, y, 200], 3 * (y * width + x));
  return { height, width, data };
}

const reds = ({ data }: Pixels) => [...data].filter((_, i) => i % 3 === 0);
const greens = ({ data }: Pixels) => [...data].filter((_, i) => i % 3 === 1);

test("none is the picture itself", () => {
  const picture = ramp(4, 4);
  expect(augment(picture, "none", 0, 0, "a")).toBe(picture);
});

test("the picture depends on seed, epoch and item only, and changes with each of them", () => {
  const picture = ramp(32, 32);
  for (const kind of ["light", "standard"] as const) {
    const one = augment(picture, kind, 1, 2, "a/b.png");
    expect(augment(picture, kind, 1, 2, "a/b.png")).toEqual(one);
    const others = [0, 1, 2, 3].flatMap((k) => [
      augment(picture, kind, 5 + k, 2, "a/b.png"),
      augment(picture, kind, 1, 5 + k, "a/b.png"),
      augment(picture, kind, 1, 2, `item ${k}`),
    ]);
    expect(others.filter(({ data }) => Buffer.compare(data, one.data) !== 0).length).toBeGreaterThan(9);
  }
});

test("the given picture is not changed", () => {
  const picture = ramp(16, 16);
  for (const kind of ["light", "standard"] as const)
    for (let epoch = 0; epoch < 10; epoch++) augment(picture, kind, 0, epoch, "a");
  expect(picture).toEqual(ramp(16, 16));
});

test("a line is reflected at its ends: 2 1 | 0 1 2 3 | 2 1", () => {
  expect([-2, -1, 0, 1, 2, 3, 4, 5].map((i) => reflect(i, 4))).toEqual([2, 1, 0, 1, 2, 3, 2, 1]);
  expect(reflect(7, 1)).toBe(0);
});

test("a shift moves rows and columns and reflects the border; mirroring reverses the columns", () => {
  expect(reds(shift(ramp(1, 4), 0, 2, false))).toEqual([2, 3, 2, 1]);
  expect(reds(shift(ramp(1, 4), 0, -1, false))).toEqual([1, 0, 1, 2]);
  expect(greens(shift(ramp(3, 1), 1, 0, false))).toEqual([1, 2, 1]);
  expect(reds(shift(ramp(1, 4), 0, 0, true))).toEqual([3, 2, 1, 0]);
});

test("light shifts by at most 10 % of each side, and mirrors every second picture", () => {
  const picture = ramp(100, 100);
  let mirrored = 0;
  for (let epoch = 0; epoch < 200; epoch++) {
    const { data } = augment(picture, "light", 3, epoch, "a");
    // The pixel in the middle identifies the shift.
    const i = 3 * (50 * 100 + 50);
    const step = data[i + 3]! - data[i]!;
    expect(Math.abs(step)).toBe(1);
    if (step < 0) mirrored++;
    const x = step < 0 ? 99 - data[i]! : data[i]!;
    expect(Math.abs(x - 50)).toBeLessThanOrEqual(10);
    expect(Math.abs(data[i + 1]! - 50)).toBeLessThanOrEqual(10);
  }
  // Binomial(200, ½): 100 ± 4 · 7.07.
  expect(Math.abs(mirrored - 100)).toBeLessThan(28.3);
});

test("stretching the whole picture changes nothing; mirroring reverses its columns", () => {
  const whole = { top: 0, left: 0, height: 5, width: 6 };
  expect(stretch(ramp(5, 6), whole, false)).toEqual(ramp(5, 6));
  expect(reds(stretch(ramp(1, 4), { top: 0, left: 0, height: 1, width: 4 }, true))).toEqual([3, 2, 1, 0]);
});

test("stretching a part is bilinear: on a ramp, x = left + (j + ½) · width / W − ½", () => {
  const [h, w] = [20, 40];
  const part = { top: 4, left: 8, height: 10, width: 20 };
  const { data } = stretch(ramp(h, w), part, false);
  for (let i = 0; i < h; i++)
    for (let j = 0; j < w; j++) {
      const at = 3 * (i * w + j);
      expect(Math.abs(data[at]! - (8 + (j + 0.5) * (20 / 40) - 0.5))).toBeLessThanOrEqual(0.51);
      expect(Math.abs(data[at + 1]! - (4 + (i + 0.5) * (10 / 20) - 0.5))).toBeLessThanOrEqual(0.51);
    }
});

const pixel = (r: number, g: number, b: number): Pixels => ({
  height: 1,
  width: 1,
  data: new Uint8Array([r, g, b]),
});

test("factors of 1 leave the colours; brightness multiplies and clamps", () => {
  const same = { brightness: 1, contrast: 1, saturation: 1 };
  expect([...recolor(pixel(10, 120, 250), same).data]).toEqual([10, 120, 250]);
  expect([...recolor(pixel(10, 120, 250), { ...same, brightness: 1.2 }).data]).toEqual([12, 144, 255]);
});

test("saturation 0 is gray by Rec. 601; contrast 0 is the mean gray everywhere", () => {
  const same = { brightness: 1, contrast: 1, saturation: 1 };
  // 0.299 · 100 + 0.587 · 50 + 0.114 · 200 = 82.05
  expect([...recolor(pixel(100, 50, 200), { ...same, saturation: 0 }).data]).toEqual([82, 82, 82]);
  const pair: Pixels = { height: 1, width: 2, data: new Uint8Array([0, 0, 0, 200, 200, 200]) };
  expect([...recolor(pair, { ...same, contrast: 0 }).data]).toEqual([100, 100, 100, 100, 100, 100]);
});

test("standard takes parts of 35 to 100 % of the area, at aspect ratios 3/4 to 4/3, inside the picture", () => {
  const [h, w] = [90, 120];
  const areas: number[] = [];
  for (let k = 0; k < 500; k++) {
    const part = randomPart(h, w, draws(k, "test").uniform, 0.35);
    const area = (part.height * part.width) / (h * w);
    expect(area).toBeGreaterThan(0.35 - 1e-9);
    expect(part.width / part.height).toBeGreaterThan(3 / 4 - 1e-9);
    expect(part.width / part.height).toBeLessThan(4 / 3 + 1e-9);
    expect(part.top).toBeGreaterThanOrEqual(0);
    expect(part.left).toBeGreaterThanOrEqual(0);
    expect(part.top + part.height).toBeLessThanOrEqual(h + 1e-9);
    expect(part.left + part.width).toBeLessThanOrEqual(w + 1e-9);
    areas.push(area);
  }
  expect(Math.min(...areas)).toBeLessThan(0.4);
  expect(Math.max(...areas)).toBeGreaterThan(0.9);
});

test("a picture too long for any such part is used as a whole", () => {
  expect(randomPart(10, 1000, draws(0, "test").uniform, 0.35)).toEqual({
    top: 0,
    left: 0,
    height: 10,
    width: 1000,
  });
});
