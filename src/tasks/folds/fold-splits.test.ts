// How folds divide the samples of a run: groups, copies, targets, and the validation split of each fold.
import { expect, test } from "vitest";
import { message } from "../../core/messages/message.js";
import { type FoldSample, foldSplits } from "./fold-splits.js";

const divided = [message("split-shares", { shares: "70 / 15 / 15", stratified: "class", seed: 0 })];

/** 100 samples: 70 to train, 15 to validate, 15 to test. */
function samples(more: (i: number) => Partial<FoldSample> = () => ({}), count = 100): FoldSample[] {
  return Array.from({ length: count }, (_, i) => ({
    part: i < 0.7 * count ? "train" : i < 0.85 * count ? "validation" : "test",
    ...more(i),
  }));
}

const twoClasses = (i: number) => (i % 4 === 0 ? "rare" : "common");

test("each sample is held out once, in folds of one size with the shares of the classes", () => {
  const items = samples();
  const targets = items.map((_, i) => twoClasses(i));
  const { folds, groups } = foldSplits({ items, targets, splitMessages: divided }, 5);
  expect(groups).toBeUndefined();
  expect(folds.map(({ held }) => held.length)).toEqual([20, 20, 20, 20, 20]);
  expect(folds.flatMap(({ held }) => held).sort((a, b) => a - b)).toEqual([...items.keys()]);
  for (const { held, parts } of folds) {
    expect(held.filter((i) => targets[i] === "rare")).toHaveLength(5);
    expect(held.every((i) => parts[i] === "test")).toBe(true);
    // 15 of 85 samples validate a run, 80 / 6 a fold: 15 rare ones in folds of 2 or 3, 45 common ones in folds of 7 or 8.
    const validation = parts.filter((part) => part === "validation").length;
    expect(validation).toBeGreaterThanOrEqual(9);
    expect(validation).toBeLessThanOrEqual(14);
    expect(parts.filter((part) => part === "train")).toHaveLength(80 - validation);
  }
});

test("a group and near copies are never divided, neither between folds nor between training and validation", () => {
  // Two samples in a group; sample 2 of each four is a copy of the first sample of the next group.
  for (const key of ["group", "copyOf"] as const) {
    const items = samples((i) => ({ [key]: `${i >> 1}` }));
    const { folds, groups } = foldSplits(
      { items, targets: items.map((_, i) => twoClasses(i >> 1)), splitMessages: divided },
      4,
    );
    expect(new Set(groups).size).toBe(50);
    for (const { parts } of folds)
      for (let i = 0; i < items.length; i += 2) expect(parts[i]).toBe(parts[i + 1]);
  }
});

test("a given test split stays out of every fold", () => {
  const items = samples();
  const targets = items.map((_, i) => twoClasses(i));
  const { folds } = foldSplits({ items, targets, splitMessages: [message("splits-given")] }, 5);
  for (const { parts } of folds) {
    expect(parts.slice(85).every((part) => part === undefined)).toBe(true);
    expect(parts.slice(0, 85).every((part) => part !== undefined)).toBe(true);
  }
});

test("numbers are divided too, and a class with few groups stays among the training samples", () => {
  const items = samples();
  const numbers = items.map((_, i) => `${i / 7}`);
  expect(foldSplits({ items, targets: numbers, splitMessages: divided }, 10).folds).toHaveLength(10);
  // Two samples of a class: one is held out, the other one is learnt from in that fold.
  const targets = items.map((_, i) => (i === 3 || i === 50 ? "two" : "many"));
  for (const { parts } of foldSplits({ items, targets, splitMessages: divided }, 5).folds) {
    const own = [parts[3], parts[50]];
    if (own.includes("test")) expect(own).toContain("train");
  }
});

test("samples of one group give no folds", () => {
  const items = samples(() => ({ group: "one" }));
  const targets = items.map(() => "a");
  expect(foldSplits({ items, targets, splitMessages: divided }, 5).folds).toEqual([]);
});

test("there are no folds if a fold leaves a single group, which cannot be learnt from and chosen by", () => {
  const items = samples((i) => ({ group: i < 80 ? "ward A" : "ward B" }));
  const targets = items.map((_, i) => `${i}.5`);
  expect(foldSplits({ items, targets, splitMessages: divided }, 5).folds).toEqual([]);
});
