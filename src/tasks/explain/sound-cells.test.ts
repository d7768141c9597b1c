import { expect, test } from "vitest";
import { soundCells, soundGrid } from "./sound-cells.js";

const rate = 16_000;
const tone = (hz: number, n = 8000): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));
const power = (x: Float32Array): number => x.reduce((sum, v) => sum + v * v, 0) / x.length;

test("all cells together are the clip", () => {
  const clip = tone(700).map((v, i) => v + Math.sin((i * i) / 9000));
  const { cells, without } = soundCells(clip, rate);
  expect(cells).toBe(soundGrid.rows * soundGrid.columns);
  const nothing = without(new Uint8Array(cells));
  expect(nothing.reduce((most, v) => Math.max(most, Math.abs(v)), 0)).toBeLessThan(1e-5);
  expect(without(new Uint8Array(cells).fill(1))).toEqual(clip);
});

test("a row is a band of frequencies, the highest first, and a column a stretch of time", () => {
  const high = tone(6500);
  const { cells, without } = soundCells(high, rate);
  const withoutRow = (row: number) =>
    without(
      Uint8Array.from({ length: cells }, (_, c) => (Math.floor(c / soundGrid.columns) === row ? 0 : 1)),
    );
  expect(power(withoutRow(0))).toBeLessThan(0.01 * power(high));
  expect(power(withoutRow(soundGrid.rows - 1))).toBeCloseTo(power(high), 2);
  const half = without(
    Uint8Array.from({ length: cells }, (_, c) => (c % soundGrid.columns < soundGrid.columns / 2 ? 0 : 1)),
  );
  expect(power(half.subarray(0, 3000))).toBeLessThan(0.01);
  expect(power(half.subarray(5000))).toBeCloseTo(0.5, 1);
});
