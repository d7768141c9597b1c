import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { batchesByLength, paddingOf, trainingLengths } from "./lengths.js";

const source = draws(5, "lengths");
/** Long-tailed, as reviews are. */
const reviews = Array.from({ length: 3000 }, () =>
  Math.min(128, Math.max(3, Math.round(Math.exp(3 + 0.7 * source.normal())))),
);
const flat = Array.from({ length: 3000 }, () => 1 + source.integer(128));
const of = (lengths: readonly number[], batch: number, epoch = 0) => {
  const sizes = trainingLengths(lengths, batch);
  const order = lengths.map((_, i) => i);
  return { sizes, batches: batchesByLength(order, (i) => lengths[i]!, { batch, sizes, seed: 1, epoch }) };
};

test.each([
  ["long-tailed", { lengths: reviews }],
  ["even", { lengths: flat }],
])("%s lengths: at most ten padded lengths, with less than 15 %% padding", (_, { lengths }) => {
  for (const batch of [8, 32]) {
    const { sizes, batches } = of(lengths, batch);
    expect(sizes.length).toBeLessThanOrEqual(10);
    expect(paddingOf(batches, (i) => lengths[i]!)).toBeLessThan(0.15);
    for (const { indices, size } of batches) {
      expect(sizes).toContain(size);
      for (const i of indices) expect(lengths[i]).toBeLessThanOrEqual(size);
    }
  }
});

test("an epoch has every item once, in as many batches as without lengths, one of them incomplete", () => {
  const { batches } = of(reviews.slice(0, 1001), 32);
  expect(batches).toHaveLength(Math.ceil(1001 / 32));
  expect(batches.flatMap((b) => b.indices).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 1001 }, (_, i) => i),
  );
  expect(batches.filter((b) => b.indices.length !== 32).map((b) => b.indices.length)).toEqual([1001 % 32]);
});

test("batches depend on seed and epoch, and the place of the incomplete batch changes", () => {
  const one = of(reviews, 32).batches;
  expect(of(reviews, 32).batches).toEqual(one);
  expect(of(reviews, 32, 1).batches).not.toEqual(one);
  const short = new Set(
    Array.from(
      { length: 12 },
      (_, epoch) => of(reviews, 32, epoch).batches.find((b) => b.indices.length < 32)!.size,
    ),
  );
  expect(short.size).toBeGreaterThan(1);
});

test("no other set of as many lengths has less padding", () => {
  const lengths = [3, 3, 4, 7, 7, 8, 12, 13, 20, 21, 40];
  const chosen = trainingLengths(lengths, 1);
  const places = (sizes: readonly number[]) =>
    lengths.reduce((sum, length) => sum + sizes.find((size) => size >= length)!, 0);
  const values = [...new Set(lengths)].slice(0, -1);
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 0; mask < 2 ** values.length; mask++) {
    const sizes = [...values.filter((_, i) => mask & (2 ** i)), 40];
    if (sizes.length === chosen.length) least = Math.min(least, places(sizes));
  }
  expect(places(chosen)).toBe(least);
  expect(trainingLengths([9, 9, 9], 2)).toEqual([9]);
});
