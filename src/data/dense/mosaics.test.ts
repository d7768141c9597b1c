import { expect, test } from "vitest";
import { mosaicsOf } from "./mosaics.js";

const items = Array.from({ length: 200 }, (_, i) => ({ id: `${i}.jpg` }));
const sizesIn = (share: number, epoch: number): number[] => {
  const picturesOf = mosaicsOf(items, { share, epochs: 20, seed: 0 });
  return items.map((_, i) => picturesOf(i, epoch).length);
};

test("a share of the samples has four pictures", () => {
  const mosaics = sizesIn(0.5, 0).filter((size) => size === 4).length;
  // 200 draws of probability ½ have a standard deviation of 7; four of them.
  expect(Math.abs(mosaics - 100)).toBeLessThan(28);
  expect(new Set(sizesIn(1, 0))).toEqual(new Set([4]));
  expect(new Set(sizesIn(0, 0))).toEqual(new Set([1]));
});

test("the last 15 % of the epochs have no mosaics: 17 of 20 epochs have them", () => {
  expect(new Set(sizesIn(1, 16))).toEqual(new Set([4]));
  expect(new Set(sizesIn(1, 17))).toEqual(new Set([1]));
});

test("a mosaic begins with the sample itself, and its other pictures differ by sample, epoch and seed", () => {
  const at = (index: number, epoch: number, seed: number) =>
    mosaicsOf(items, { share: 1, epochs: 20, seed })(index, epoch);
  expect(at(3, 0, 0)[0]).toBe(3);
  expect(at(3, 0, 0)).toEqual(at(3, 0, 0));
  for (const other of [at(4, 0, 0), at(3, 1, 0), at(3, 0, 1)])
    expect(other.slice(1)).not.toEqual(at(3, 0, 0).slice(1));
  for (const index of at(3, 0, 0)) expect(items[index]).toBeDefined();
});
