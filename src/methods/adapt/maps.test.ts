import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { columnProducts } from "../../linalg/row-products.js";
import { momentsMap, selfTrain, transportMap, transportOf } from "./maps.js";

const width = 3;
/** Correlated rows around a mean. */
const rowsOf = (n: number, seed: number, scale: readonly number[], mean: readonly number[]): Float32Array => {
  const draw = draws(seed, "maps");
  return Float32Array.from(
    Array.from({ length: n }, () => {
      const common = draw.normal();
      return scale.map((s, k) => s * (draw.normal() + 0.5 * common) + mean[k]!);
    }).flat(),
  );
};
const source = rowsOf(4000, 1, [1, 2, 0.5], [0, 1, 2]);
const target = rowsOf(3000, 2, [3, 1, 0.5], [5, -1, 0]);
const meanOf = (rows: Float32Array, k: number): number =>
  rows.reduce((sum, v, at) => sum + (at % width === k ? v : 0), 0) / (rows.length / width);
const covarianceOf = (rows: Float32Array): Float64Array => {
  const n = rows.length / width;
  const means = [0, 1, 2].map((k) => meanOf(rows, k));
  const apart = Float64Array.from(rows, (v, at) => v - means[at % width]!);
  return columnProducts(apart, n, width).map((v) => v / n);
};

test("moments: mapped features have the target's means and deviations", () => {
  const mapped = momentsMap(source, target, width)(source);
  const [own, its] = [covarianceOf(mapped), covarianceOf(target)];
  for (let k = 0; k < width; k++) {
    expect(meanOf(mapped, k)).toBeCloseTo(meanOf(target, k), 3);
    expect(own[k * width + k]).toBeCloseTo(its[k * width + k]!, 3);
  }
});

test("moments: a feature that does not vary in the source only gets the target's mean", () => {
  const still = Float32Array.from([1, 7, 2, 7, 3, 7]);
  const mapped = momentsMap(still, Float32Array.from([0, 1, 0, 3]), 2)(still);
  expect([1, 3, 5].map((at) => mapped[at])).toEqual([2, 2, 2]);
});

test("transport: A moves one covariance to the other, A C_s A = C_t, and is symmetric", () => {
  const [s, t] = [covarianceOf(source), covarianceOf(target)];
  const a = transportOf(s, t, width);
  const times = (x: Float64Array, y: Float64Array) =>
    Float64Array.from({ length: 9 }, (_, at) =>
      [0, 1, 2].reduce((sum, k) => sum + x[Math.floor(at / 3) * 3 + k]! * y[k * 3 + (at % 3)]!, 0),
    );
  const moved = times(times(a, s), a);
  moved.forEach((v, at) => {
    expect(Math.abs(v - t[at]!)).toBeLessThan(1e-9);
    expect(Math.abs(a[at]! - a[(at % 3) * 3 + Math.floor(at / 3)]!)).toBeLessThan(1e-9);
  });
});

test("transport: mapped rows have the target's mean, and nearly its covariance", () => {
  const mapped = transportMap(source, target, width)(source);
  const [own, its, before] = [covarianceOf(mapped), covarianceOf(target), covarianceOf(source)];
  const apart = (c: Float64Array): number => Math.hypot(...c.map((v, at) => v - its[at]!));
  // The shrinkage keeps it from the target's own covariance.
  expect(apart(own)).toBeLessThan(0.2 * apart(before));
  for (let k = 0; k < width; k++) expect(meanOf(mapped, k)).toBeCloseTo(meanOf(target, k), 3);
});

test("transport of equal domains changes nothing", () => {
  const mapped = transportMap(source, source, width)(source);
  mapped.forEach((v, at) => {
    expect(Math.abs(v - source[at]!)).toBeLessThan(1e-4);
  });
});

test("self-training takes the most certain rows of each predicted class, more in each round", async () => {
  const taken: (readonly number[])[] = [];
  const probabilities = Float64Array.from(
    Array.from({ length: 20 }, (_, i) =>
      i < 10 ? [0.99 - i / 100, 0.01 + i / 100] : [0.3 - (i - 10) / 100, 0.7 + (i - 10) / 100],
    ).flat(),
  );
  await selfTrain(
    0,
    2,
    () => probabilities,
    async (places, labels) => {
      taken.push(places);
      expect(labels).toEqual(places.map((place) => (place < 10 ? 0 : 1)));
      return 0;
    },
  );
  expect(taken.map(({ length }) => length)).toEqual([2, 4, 6, 8, 10]);
  expect(taken[1]).toEqual([0, 1, 19, 18]);
});
