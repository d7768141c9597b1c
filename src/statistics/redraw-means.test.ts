import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { redrawMeans } from "./redraw-means.js";

const spread = (values: readonly number[]): number => {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
};
const column = (redrawn: readonly (readonly number[])[] | null, way: number): number[] =>
  redrawn!.map((row) => row[way]!);
/** Returns predictions of which the first `share` is right. */
const right = (samples: number, share: number): number[] =>
  Array.from({ length: samples }, (_, i) => Number(i < share * samples));

test("trainings that agree scatter as their test samples do, and all ways by the same draw", () => {
  const scores = right(400, 0.8);
  const { means, pooled, redrawn } = redrawMeans(
    [
      [scores, scores, scores],
      [scores, scores, scores],
    ],
    {
      repeats: 2000,
    },
  );
  for (const mean of means) expect(mean).toBeCloseTo(0.8, 12);
  expect(pooled).toBeCloseTo(0, 20);
  // √(.8 · .2 / 400) = .02; 2000 draws know it to 1.6 %, four times that are allowed.
  expect(Math.abs(spread(column(redrawn, 0)) / 0.02 - 1)).toBeLessThan(0.064);
  for (const [a, b] of redrawn!) expect(a).toBeCloseTo(b!, 12);
});

test("trainings that differ add √(s² / K) times t over z, by the degrees of freedom of all ways", () => {
  // Every sample has the score of its training, so the samples add nothing. s² = ((−.1)² + 0 + .1²) / 2 = .01 in each way;
  // 4 degrees: t = 2.7764, z = 1.95996.
  const way = [0.4, 0.5, 0.6].map((score) => Array.from({ length: 50 }, () => score));
  const { pooled, redrawn } = redrawMeans([way, way], { repeats: 2000 });
  expect(pooled).toBeCloseTo(0.01, 12);
  const expected = (2.776445 / 1.959964) * Math.sqrt(0.01 / 3);
  expect(Math.abs(spread(column(redrawn, 0)) / expected - 1)).toBeLessThan(0.064);
});

test("one training of each way has no redraws", () => {
  expect(redrawMeans([[right(10, 0.5)], [right(10, 0.7)]])).toMatchObject({ pooled: null, redrawn: null });
});

test("groups are drawn as a whole", () => {
  const scores = right(400, 0.5);
  const groups = Array.from({ length: 400 }, (_, i) => Math.floor(i / 40));
  const { redrawn } = redrawMeans([[scores, scores]], { repeats: 2000, groups: [groups, groups] });
  // 10 groups of equal predictions: √(.5 · .5 / 10).
  expect(Math.abs(spread(column(redrawn, 0)) / Math.sqrt(0.025) - 1)).toBeLessThan(0.064);
});

test("own test parts of one pool scatter as the mean of parts that overlap does", () => {
  // 3 parts of 100 of a pool of 200: the variance of the mean over them is p(1 − p)/100 · (ρ + (1 − ρ)/3) with ρ = 1/2. Held
  // against parts drawn from drawn pools.
  const [pool, size, seeds] = [200, 100, 3];
  const means = Array.from({ length: 1500 }, (_, r) => {
    const d = draws(r, "pools");
    const right = Array.from({ length: pool }, () => Number(d.chance(0.7)));
    let sum = 0;
    for (let k = 0; k < seeds; k++) {
      const order = Array.from({ length: pool }, (_, i) => [d.uniform(), i] as const).sort(
        ([a], [b]) => a - b,
      );
      for (const [, i] of order.slice(0, size)) sum += right[i]!;
    }
    return sum / size / seeds;
  });
  const scores = right(size, 0.7);
  const { redrawn } = redrawMeans([[scores, scores, scores]], { repeats: 2000, rest: pool - size });
  expect(Math.abs(spread(column(redrawn, 0)) / spread(means) - 1)).toBeLessThan(0.1);
});

test("refuses ways with other samples", () => {
  expect(() => redrawMeans([])).toThrow("there is no way of training to redraw");
  expect(() => redrawMeans([[[1, 0]], [[1, 0, 1]]])).toThrow(
    "every way of training needs the same samples, got 2 and 3",
  );
});
