// A choice on few validation samples can err, so its words hold the difference and its interval.
import { expect, test } from "vitest";
import { differenceWords, validationDifference } from "./safe.js";

/** Predictions of two classes, right on the samples in `right`. */
const predictions = (n: number, right: (i: number) => boolean) => {
  const logits = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) logits[2 * i + (right(i) ? 0 : 1)] = 1;
  return { logits, labels: new Int32Array(n), items: Array.from({ length: n }, (_, i) => String(i)) };
};

test("a small difference on 45 samples is said to be possible by chance", () => {
  // 38 and 36 of 45 right, one of them only by the transfer: 2 / 45 = 4.4 points.
  const found = validationDifference(
    predictions(45, (i) => i < 35 || i === 40),
    predictions(45, (i) => i < 38),
    2,
  )!;
  expect(found).toMatchObject({ gain: expect.closeTo(-2 / 45, 12), n: 45 });
  expect(found.models_ci95![0]).toBeLessThan(-2 / 45);
  expect(found.models_ci95![1]).toBeGreaterThan(0);
  expect(differenceWords(found)).toMatch(
    /^they are 4\.4 points apart on 45 validation samples \(these two models: from -\d+\.\d to \d+\.\d\), which can be chance$/,
  );
});

test("validation samples of groups count as fewer, and too few groups are said", () => {
  const grouped = (groups: number, right: (i: number) => boolean) => ({
    ...predictions(60, right),
    groups: Array.from({ length: 60 }, (_, i) => `group ${i % groups}`),
  });
  // 12 groups of 5: the transfer is right in 9 of them more. Of independent samples the interval is narrower.
  const of = (groups: number) =>
    validationDifference(
      grouped(groups, () => true),
      grouped(groups, (i) => i % 12 > 8),
      2,
    )!;
  const alone = validationDifference(
    predictions(60, () => true),
    predictions(60, (i) => i % 12 > 8),
    2,
  )!;
  const width = ([low, high]: readonly [number, number]): number => high - low;
  expect(width(of(12).models_ci95!)).toBeGreaterThan(width(alone.models_ci95!));
  expect(of(6)).toMatchObject({ models_ci95: null, few_groups: true, gain: 0.75 });
  expect(differenceWords(of(6))).toBe(
    "they are 75.0 points apart on 60 validation samples, which are of too few groups to tell whether that is chance",
  );
});

test("a large difference is not called chance, and identical models are", () => {
  const [good, poor] = [predictions(45, () => true), predictions(45, (i) => i % 2 === 0)];
  expect(differenceWords(validationDifference(good, poor, 2)!)).not.toContain("chance");
  expect(differenceWords(validationDifference(poor, good, 2)!)).toMatch(/from \d+\.\d to \d+\.\d\)$/);
  expect(differenceWords(validationDifference(poor, poor, 2)!)).toBe(
    "both are right on the same of the 45 validation samples, so the lower loss decided",
  );
  expect(
    validationDifference(
      predictions(0, () => true),
      predictions(0, () => true),
      2,
    ),
  ).toBeUndefined();
});
