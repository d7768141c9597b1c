import { expect, test } from "vitest";
import { downmix } from "./read-sound.js";

const [left, right, third] = [
  [0.5, -0.25],
  [0.25, 0.25],
  [1, 1],
].map((c) => Float32Array.from(c)) as [Float32Array, Float32Array, Float32Array];

test("mixes two channels as Transformers.js does: (left + right) · √2 / 2", () => {
  expect([...downmix([left, right])]).toEqual([...Float32Array.of((0.75 * Math.SQRT2) / 2, 0)]);
});

test("takes the first of any other number of channels", () => {
  expect(downmix([left])).toBe(left);
  expect(downmix([left, right, third])).toBe(left);
});

test("takes the mean, or one channel", () => {
  expect([...downmix([left, right, third], "mean")]).toEqual([
    ...Float32Array.of((0.5 + 0.25 + 1) / 3, 1 / 3),
  ]);
  expect(downmix([left, right], "first")).toBe(left);
  expect(downmix([left, right], "left")).toBe(left);
  expect(downmix([left, right], "right")).toBe(right);
  expect(downmix([left], "right")).toBe(left);
});
