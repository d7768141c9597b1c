import { expect, test } from "vitest";
import { isTooWide, shownScore, type TestScores } from "./shown-score.js";

const accuracy = (
  value: number,
  ci95: readonly [number, number],
  more: Partial<TestScores> = {},
): TestScores => ({
  metric: { name: "accuracy", value, ci95 },
  ...more,
});
/** Test samples of each class. */
const ofClasses = (...counts: number[]) => ({
  n: counts.reduce((sum, n) => sum + n, 0),
  per_class: counts.map((n) => ({ n })),
});

test("an interval wider than 0.3 leaves no digits, and says about how many samples give some", () => {
  // Wilson's interval of 6 of 6.
  const shown = shownScore(accuracy(1, [0.61, 1], ofClasses(3, 3)));
  expect(shown).toMatchObject({ value: null, ci95: [0.61, 1], needed: { of: "samples", about: 20 } });
  // 12 of 20: 0.387 to 0.781. Wilson's interval of 60 % is narrower than 0.3 from 38 samples on.
  expect(shownScore(accuracy(0.6, [0.387, 0.781], ofClasses(10, 10))).needed).toEqual({
    of: "samples",
    about: 38,
  });
  expect(shownScore(accuracy(0.8, [0.66, 0.9], ofClasses(20, 20)))).toMatchObject({ value: 0.8, n: 40 });
  expect(isTooWide([0.5, 0.79])).toBe(false);
});

test("too few groups leave neither digits nor interval, and groups are what is needed", () => {
  const facts = { ...ofClasses(20, 20), groups: 4, few_groups: true } as const;
  expect(shownScore(accuracy(1, [0, 1], facts))).toEqual({
    metric: "accuracy",
    ...{ value: null, ci95: null, n: 40, groups: 4, needed: { of: "groups", about: 20 } },
    guessing: { name: "majority", value: 0.5, loss: Math.log(2) },
    better_than_guessing: null,
  });
  const boxes = {
    metric: { name: "map", value: 0.4, ci95: null },
    n: 90,
    groups: 12,
    few_groups: true,
    groups_needed: 30,
  } as const;
  expect(shownScore(boxes).needed).toEqual({ of: "groups", about: 30 });
});

test("a score is better than guessing if its interval lies above, and not better if it is not above itself", () => {
  const three = ofClasses(16, 15, 14);
  const better = (value: number, low: number, high: number) =>
    shownScore(accuracy(value, [low, high], three)).better_than_guessing;
  expect(better(0.6, 0.455, 0.73)).toBe(true);
  expect(better(0.378, 0.25, 0.52)).toBe(null);
  expect(better(16 / 45, 0.23, 0.5)).toBe(false);
  // 3 of 6: too few to say so.
  expect(shownScore(accuracy(0.5, [0.19, 0.81], ofClasses(3, 3))).better_than_guessing).toBe(null);
});

test("the constant baseline of the run says what guessing gives, not the counts", () => {
  const majority = { test: { metric: { name: "accuracy", value: 0.3 }, loss: 1.1 } };
  const { guessing, loss } = shownScore(
    accuracy(0.33, [0.2, 0.48], { ...ofClasses(16, 15, 14), loss: 1.363 }),
    {
      pixels: { test: { metric: { name: "accuracy", value: 0.9 } } },
      majority,
    },
  );
  expect(guessing).toEqual({ name: "majority", value: 0.3, loss: 1.1 });
  // Log loss above that of guessing.
  expect(loss).toBe(1.363);
});

test("a test set of one class leaves no model better than guessing", () => {
  expect(shownScore(accuracy(1, [0.9, 1], ofClasses(40, 0)))).toMatchObject({
    guessing: { value: 1, loss: 0 },
    better_than_guessing: false,
  });
});

test("R² below 0, an empty text and boxes below the constant ones are no better than guessing", () => {
  const r2 = { metric: { name: "r2", value: -7.6, ci95: [-10.4, -5.5] }, n: 60 } as const;
  // The digits of a score that is surely below guessing promise nothing.
  expect(shownScore(r2)).toMatchObject({
    value: -7.6,
    guessing: { name: "mean", value: 0 },
    better_than_guessing: false,
  });
  // Equal samples: no variance, and no interval.
  const silent = { metric: { name: "word_accuracy", value: 0, ci95: null }, n: 12 } as const;
  const constant = { frequent_transcript: { test: { metric: { name: "word_accuracy", value: -0.2 } } } };
  expect(shownScore(silent, constant)).toMatchObject({
    value: 0,
    guessing: { name: "nothing", value: 0 },
    better_than_guessing: false,
  });
  const boxes = { metric: { name: "map", value: 0.02, ci95: null }, n: 20 } as const;
  expect(shownScore(boxes, { constant: { test: { metric: { name: "map", value: 0.05 } } } })).toMatchObject({
    ...{ value: null, guessing: { name: "constant", value: 0.05 }, better_than_guessing: false },
    needed: { of: "samples", about: 30 },
  });
});

test("the counts of labels and pixels say what the best constant prediction scores", () => {
  // 40 texts, labels in 20, 10 and 10. The most frequent one: 2 · 20 / (40 + 40) = 0.5; two: 60 / (80 + 40) = 0.5; all: 80 / 160.
  const labels = {
    metric: { name: "f1", value: 0.9, ci95: [0.8, 0.95] },
    n: 40,
    per_label: [{ n: 20 }, { n: 10 }, { n: 10 }],
  } as const;
  expect(shownScore(labels).guessing).toEqual({ name: "frequent", value: 0.5 });
  // The background has 90 % of the pixels, so its IoU is 0.9, and those of the two others are 0. A class without pixels is not in the mean.
  const masks = {
    metric: { name: "miou", value: 0.5, ci95: [0.4, 0.6] },
    n: 60,
    classes: [90, 6, 4, 0].map((pixels) => ({ name: "class", pixels })),
  } as const;
  expect(shownScore(masks).guessing!.value).toBeCloseTo(0.3, 12);
  const entities = { metric: { name: "f1", value: 0, ci95: [0, 0.1] }, n: 3, sentences: 30 } as const;
  expect(shownScore(entities)).toMatchObject({
    n: 30,
    guessing: { name: "nothing", value: 0 },
    better_than_guessing: false,
  });
});
