import { expect, test } from "vitest";
import { isSmall, stratifiedFolds } from "./folds.js";

test("each sample is held back once, and each fold has as many of each class", () => {
  const classes = Array.from({ length: 30 }, (_, i) => (i < 20 ? 0 : 1));
  const folds = stratifiedFolds(classes);
  expect(folds.length).toBe(5);
  expect(folds.flatMap(({ held }) => held).sort((a, b) => a - b)).toEqual([...classes.keys()]);
  for (const { train, held } of folds) {
    expect(held.map((i) => classes[i]).sort()).toEqual([0, 0, 0, 0, 1, 1]);
    expect(new Set([...train, ...held]).size).toBe(30);
  }
});

test("a group is never divided", () => {
  const groups = Array.from({ length: 24 }, (_, i) => `person ${i % 7}`);
  const folds = stratifiedFolds(
    groups.map((_, i) => i % 2),
    groups,
  );
  for (const { train, held } of folds) {
    const seen = new Set(train.map((i) => groups[i]));
    expect(held.every((i) => !seen.has(groups[i]))).toBe(true);
  }
});

test("as many folds as the largest class has groups, none if that is one", () => {
  expect(stratifiedFolds([0, 0, 1]).length).toBe(2);
  expect(stratifiedFolds([0, 1, 2])).toEqual([]);
  expect(stratifiedFolds([0, 0, 1], ["a", "a", "b"])).toEqual([]);
  expect(stratifiedFolds([])).toEqual([]);
});

test("fewer than 30 validation samples are too few", () => {
  expect([isSmall(29), isSmall(30)]).toEqual([true, false]);
});
