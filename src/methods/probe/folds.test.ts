import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { foldsToChoose, groupsOfBoth, isSmall, stratifiedFolds } from "./folds.js";

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

/** Whether the training part of each fold has each of the strata. */
const haveAll = (folds: ReturnType<typeof stratifiedFolds>, strata: readonly number[]): boolean =>
  folds.every(({ train }) => new Set(train.map((i) => strata[i])).size === new Set(strata).size);

test("no training part lacks a stratum, if a division exists", () => {
  // Stratum 0 has two small groups beside much of stratum 1: by size alone, both came into one fold.
  const groups = ["a", "a", "a", "a", "a", "b", "b", "b", "b", "b", "c", "c", "c", "d", "d", "d"];
  const strata = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1];
  expect(haveAll(stratifiedFolds(strata, groups, 2), strata)).toBe(true);
  for (let seed = 0; seed < 200; seed++) {
    const draw = draws(seed, "groups with several strata");
    const many = Array.from({ length: 60 }, () => Math.floor(draw.uniform() * 4));
    // The groups of a stratum also have samples of others.
    const names = many.map((stratum) => `${(stratum * 2 + Math.floor(draw.uniform() * 3)) % 9}`);
    const groupsOf = many.map((stratum) => new Set(names.filter((_, i) => many[i] === stratum)).size);
    if (Math.min(...groupsOf) < 2) continue;
    expect(haveAll(stratifiedFolds(many, names, 2, 9), many)).toBe(true);
  }
});

test("three groups, each with two of three strata, need a third fold", () => {
  const [groups, strata] = [
    ["a", "a", "b", "b", "c", "c"],
    [0, 2, 0, 1, 1, 2],
  ];
  expect(haveAll(stratifiedFolds(strata, groups, 2), strata)).toBe(false);
  const folds = stratifiedFolds(strata, groups, 2, 3);
  expect([folds.length, haveAll(folds, strata)]).toEqual([3, true]);
});

test("fewer than 30 validation samples are too few", () => {
  expect([isSmall(29), isSmall(30)]).toEqual([true, false]);
});

test("folds choose instead of few validation samples, if the final head is fitted on both splits", () => {
  const strata = new Int32Array(40);
  const count = (validation: number, refit: boolean): number =>
    foldsToChoose({ strata, validation, refit }).length;
  expect([count(10, true), count(29, true), count(30, true)]).toEqual([5, 5, 0]);
  // Without a refit no head may learn from validation samples.
  expect([count(10, false), count(0, false)]).toEqual([0, 5]);
});

test("samples without a group are groups of their own beside those that have one", () => {
  expect(groupsOfBoth({ count: 2 }, { count: 1 })).toBeUndefined();
  const groups = groupsOfBoth({ count: 2, groups: ["a", "b"] }, { count: 2 })!;
  expect(groups.slice(0, 2)).toEqual(["a", "b"]);
  expect(new Set(groups).size).toBe(4);
});
