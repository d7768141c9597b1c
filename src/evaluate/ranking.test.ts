import { expect, test } from "vitest";
import { rareClassScores } from "./ranking.js";

/** Probabilities of two classes from those of the second. */
const rows = (second: readonly number[]): number[] => second.flatMap((p) => [1 - p, p]);
const classes = ["fine", "fraud"];
const first = (n: number, i: number): number => (i < n ? 1 : 0);

test("a class of 4 % is scored by the order of its probability", () => {
  // 100 items, of which those at the places 1, 3, 4 and 10 of the order are of the class.
  const labels = Array.from({ length: 100 }, (_, i) => ([0, 2, 3, 9].includes(i) ? 1 : 0));
  const scored = rareClassScores(classes, labels, rows(labels.map((_, i) => 0.9 - i / 200)))!;
  expect(scored).toMatchObject({ label: "fraud", n: 4, share: 0.04, average_precision_ci95: null });
  expect(scored.average_precision).toBeCloseTo((1 + 2 / 3 + 3 / 4 + 4 / 10) / 4, 12);
  expect(scored.most_likely).toMatchObject({ n: 1, precision: 1 });
});

test("the first of two classes may be the rare one", () => {
  const labels = Array.from({ length: 200 }, (_, i) => 1 - first(6, i));
  const scored = rareClassScores(["ill", "well"], labels, rows(labels.map((label) => 0.2 + 0.5 * label)))!;
  expect(scored).toMatchObject({
    label: "ill",
    n: 6,
    average_precision: 1,
    most_likely: { n: 2, precision: 1 },
  });
  // Wilson's interval of 6 of 6
  expect(scored.average_precision_ci95![0]).toBeCloseTo(6 / (6 + 1.959964 ** 2), 4);
});

test("of equal probabilities at the limit, the expected number counts", () => {
  const labels = Array.from({ length: 300 }, (_, i) => first(15, i));
  // The class is half of the 30 items with the highest probability.
  const scored = rareClassScores(classes, labels, rows(labels.map((_, i) => (i < 30 ? 0.8 : 0.1))))!;
  expect(scored.most_likely).toMatchObject({ n: 3, precision: 0.5 });
  expect(scored.average_precision).toBeCloseTo(0.5, 12);
});

test("items of one group are no independent evidence", () => {
  const labels = Array.from({ length: 2000 }, (_, i) => first(40, i));
  const probabilities = rows(labels.map((_, i) => 0.9 - i / 4000));
  const groups = labels.map((_, i) => `person ${i >> 1}`);
  const alone = rareClassScores(classes, labels, probabilities)!;
  const grouped = rareClassScores(classes, labels, probabilities, groups)!;
  expect(alone.average_precision_ci95).not.toBeNull();
  expect(grouped.average_precision_ci95).toBeNull();
  expect(grouped.average_precision).toBe(alone.average_precision);
  expect(grouped.most_likely.ci95[0]).toBeLessThan(alone.most_likely.ci95[0]);
});

test("equal probabilities of two groups do not make a narrow interval", () => {
  const labels = Array.from({ length: 2000 }, (_, i) => first(50, i));
  const probabilities = rows(labels.map((_, i) => (i < 100 ? 0.8 : 0.1)));
  const groups = labels.map((_, i) => `person ${Math.floor(i / 50)}`);
  const { precision, ci95 } = rareClassScores(classes, labels, probabilities, groups)!.most_likely;
  expect([precision, ...ci95]).toEqual([0.5, 0, 1]);
});

test.each([
  ["no item of the class", 2, 0],
  ["a tenth of the items", 2, 10],
  ["three classes", 3, 4],
])("nothing is said of %s", (_, count, n) => {
  const labels = Array.from({ length: 100 }, (_, i) => first(n, i));
  const probabilities = labels.flatMap(() => new Array<number>(count).fill(1 / count));
  expect(rareClassScores(["a", "b", "c"].slice(0, count), labels, probabilities)).toBeUndefined();
});
