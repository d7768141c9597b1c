import { expect, test } from "vitest";
import { scoredBy } from "../evaluate/metric-sums.js";
import { holm, scoreTest, tangoInterval } from "../statistics/index.js";
import { compareModels } from "./compare-models.js";

test("Holm's correction: sorted p-values times the number of remaining ones, never decreasing", () => {
  // R: p.adjust(c(0.01, 0.02, 0.03, 0.005), "holm") = 0.03 0.04 0.04 0.02
  const adjusted = holm([0.01, 0.02, 0.03, 0.005]);
  [0.03, 0.04, 0.04, 0.02].forEach((p, i) => {
    expect(adjusted[i]).toBeCloseTo(p, 12);
  });
  expect(holm([0.7, 0.6])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

const model = (label: string, right: ArrayLike<number>, metric: "accuracy" | "r2" = "accuracy") => {
  const shares = Float64Array.from(right);
  return { label, scored: { metric, n: shares.length, value: 0, shares } };
};
const right = (n: number, wrong: readonly number[]): number[] =>
  Array.from({ length: n }, (_, i) => (wrong.includes(i) ? 0 : 1));

test("models are held against one item by item, with p corrected for how many there are", () => {
  const own = right(40, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const [b, c] = compareModels(model("a", own), [model("b", right(40, [])), model("c", own)]);
  const table = { n: 40, onlyA: 10, onlyB: 0 };
  expect(b!.gain).toBe(0.25);
  expect(b!.ci95![0]).toBeCloseTo(tangoInterval(table)[0], 6);
  expect(b!.ci95![1]).toBeCloseTo(tangoInterval(table)[1], 6);
  expect(b!.p).toBe(scoreTest(table));
  expect(b!.p_adjusted).toBe(2 * scoreTest(table));
  expect(b!.finding).toBe("better");
  expect(b!.words).toMatch(
    /^b scores better than a by 25\.0 points \(.*corrected for 2 comparisons.*40 test items\)\. These are two models/,
  );
  expect(c!.gain).toBe(0);
  expect(c!.ci95).toBeNull();
  expect(c!.words).toContain("Not told apart: c is as often right as a");
});

test("of numbers, R² is compared by each item's share of it", () => {
  const shares = (scale: number): number[] =>
    Array.from({ length: 30 }, (_, i) => 1 - scale * (0.5 + (i % 3) / 10));
  const [b] = compareModels(model("a", shares(1), "r2"), [model("b", shares(0.5), "r2")]);
  // mean share: 1 − 0.5 · 0.6 against 1 − 0.6
  expect(b!.gain).toBeCloseTo(0.3, 12);
  expect(b!.finding).toBe("better");
  expect(b!.words).toContain("0.300 of R²");
});

test("predictions on different numbers of items are refused", () => {
  expect(() => compareModels(model("a", [1, 1]), [model("b", [1, 1, 0])])).toThrow(
    "both need the same seeds and samples, got 1 × 3 and 1 × 2",
  );
});

test("samples without true and predicted labels or entities are not counted", () => {
  const sums = (correct: number) => [...Array(25).fill([2, 2, correct]), ...Array(75).fill([0, 0, 0])].flat();
  const of = (label: string, correct: number) => ({
    label,
    scored: scoredBy({ metric: "f1", k: 3, values: sums(correct) }),
  });
  const [b] = compareModels(of("a", 1), [of("b", 2)]);
  expect(b).toMatchObject({ gain: 0.5, n: 25 });
  expect(b!.words).toContain("the same 25 test items");
});
