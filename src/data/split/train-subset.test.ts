import { expect, test } from "vitest";
import { drawShots, trainSubset } from "./train-subset.js";

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

test("shots draw as many training items of each class, and at most as many to validate", () => {
  const divided = items.map((item) => ({
    ...item,
    part: item.part === "train" && item.id % 10 === 5 ? ("validation" as const) : item.part,
  }));
  const count = (of: readonly (typeof divided)[number][], part: string) =>
    [0, 1, 2].map((label) => of.filter((i) => i.part === part && i.label === label).length);
  const names = ["a", "b", "c"];
  const [few, more, other] = [
    drawShots(divided, names, 2, 0),
    drawShots(divided, names, 5, 0),
    drawShots(divided, names, 2, 1),
  ];
  expect(count(few, "train")).toEqual([2, 2, 2]);
  // Class a alone has items to validate on: 8.
  expect(count(few, "validation")).toEqual([2, 0, 0]);
  expect(few.filter(({ part }) => part === "test")).toEqual(divided.filter(({ part }) => part === "test"));
  const larger = new Set(more);
  expect(few.every((item) => larger.has(item))).toBe(true);
  expect(other).not.toEqual(few);
  expect(() => drawShots(items, names, 9, 0)).toThrow(
    '9 labels a class requested, but the class "c" has 8 in the training split',
  );
});
