import { expect, test } from "vitest";
import { trainSubset } from "./train-subset.js";

const items = Array.from({ length: 100 }, (_, id) => ({
  id,
  // 60, 30, 10 of each hundred.
  label: id % 10 < 6 ? 0 : id % 10 < 9 ? 1 : 2,
  part: Math.floor(id / 10) % 5 === 4 ? ("test" as const) : ("train" as const),
}));
const train = (of: readonly (typeof items)[number][]) => of.filter(({ part }) => part === "train");

test("a subset keeps the share of each class, and the complete validation and test splits", () => {
  const subset = trainSubset(items, 40, 0);
  expect(train(subset)).toHaveLength(40);
  expect(subset.filter(({ part }) => part === "test")).toEqual(items.filter(({ part }) => part === "test"));
  const count = (of: readonly { label: number }[], label: number) =>
    of.filter((i) => i.label === label).length;
  for (const label of [0, 1, 2])
    expect(Math.abs(count(train(subset), label) - 0.5 * count(train(items), label))).toBeLessThanOrEqual(1);
});

test("a smaller subset is part of a larger one, and has every class", () => {
  for (const seed of [0, 1, 2])
    for (const [small, large] of [
      [3, 4],
      [4, 11],
      [11, 80],
    ] as const) {
      const [a, b] = [trainSubset(items, small, seed), new Set(trainSubset(items, large, seed))];
      expect(a.every((item) => b.has(item))).toBe(true);
      expect(new Set(train(a).map(({ label }) => label)).size).toBe(3);
    }
  expect(trainSubset(items, 20, 0)).not.toEqual(trainSubset(items, 20, 1));
});

test("refuses sizes that the data do not allow", () => {
  expect(() => trainSubset(items, 81, 0)).toThrow("81 training items requested, but there are only 80");
  expect(() => trainSubset(items, 2, 0)).toThrow("2 training items are less than one for each class");
});
