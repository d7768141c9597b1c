// The score of a recipe from its folds, and samples that have none.
import { expect, test } from "vitest";
import type { Context } from "../../run/context.js";
import { crossValidationOf, trainFolds } from "./train-folds.js";

test("an accuracy has Wilson's interval of N / (1 + K / (K − 1)) samples", () => {
  const right = Array.from({ length: 50 }, (_, i) => (i < 45 ? 1 : 0));
  // 50 / 2.25 samples, 90 %: centre (0.9 + 3.8415 / 44.444) / 1.17287, half 1.96 √(0.09 / 22.222 + 3.8415 / 1975.3) / 1.17287.
  expect(crossValidationOf("accuracy", right, undefined, 5)).toEqual({
    ...{ folds: 5, n: 50, accuracy: 0.9 },
    accuracy_ci95: [expect.closeTo(0.71166, 5), expect.closeTo(0.97043, 5)],
  });
});

test("a score of numbers has the interval of t with the variance of folds, and groups count once", () => {
  // Mean 0.5, variance of a sample 0.25 · 100 / 99: half the width is t(99) √(2.25 · 0.2525 / 100) = 1.9842 · 0.075378.
  const shares = Array.from({ length: 100 }, (_, i) => i % 2);
  const { r2, r2_ci95: ci95 } = crossValidationOf(
    "r2",
    shares.map((one) => one * 2 - 0.5),
    undefined,
    5,
  ) as {
    readonly r2: number;
    readonly r2_ci95: readonly [number, number];
  };
  expect(r2).toBeCloseTo(0.5, 12);
  // Twice the spread of 0 and 1.
  expect(ci95[0]).toBeCloseTo(0.5 - 2 * 0.149565, 5);
  expect(ci95[1]).toBeCloseTo(0.5 + 2 * 0.149565, 5);
  const groups = shares.map((_, i) => `${i >> 1}`);
  expect(crossValidationOf("accuracy", shares, groups, 5)).toMatchObject({ n: 100, groups: 50 });
});

test("samples of one group have no folds: nothing is trained, and a warning says so", async () => {
  const events: object[] = [];
  const items = Array.from({ length: 20 }, (_, i) => {
    return { id: `${i}`, sha256: `${i}`, part: "train" as const, group: "one" };
  });
  const run = { data: { items, seed: 0, fingerprint: "" }, targets: items.map(() => "a") };
  const found = await trainFolds(
    { options: { folds: 5 }, onEvent: (event: object) => events.push(event) } as unknown as Context,
    { ...run, bind: () => Promise.reject(new Error("a fold was opened")) },
    5,
  );
  expect(found).toBeUndefined();
  expect(events).toMatchObject([
    { event: "warning", code: "folds", sentence: { code: "folds-missing", values: { folds: 5 } } },
  ]);
});
