import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encodeRows, fitEncoding, oneHotRows, scalarNames } from "./table-encoding.js";

// From scikit-learn (median, then StandardScaler), scripts/golden/make-numbers.py.
const { filled } = JSON.parse(
  readFileSync(new URL("../../../test/golden/numbers.json", import.meta.url), "utf8"),
) as { filled: number[] };

const columns = [
  { name: "size", kind: "number" },
  { name: "color", kind: "category" },
] as const;
const train = [
  ["3", "red"],
  ["", "red"],
  ["1", "blue"],
  ["8", "blue"],
  ["NaN", "red"],
  ["2", "?"],
];

test("fills and scales numbers like scikit-learn, with an indicator of missing values", () => {
  const encoding = fitEncoding(train, columns);
  expect(scalarNames(encoding)).toEqual(["number: size", "missing: size", "missing: color"]);
  const x = encodeRows(encoding, ["size", "color"], train);
  filled.forEach((v, i) => {
    expect(x[i * 4]).toBeCloseTo(v, 6);
  });
  expect([0, 1, 2, 3, 4, 5].map((i) => x[i * 4 + 1])).toEqual([0, 1, 0, 0, 1, 0]);
  expect([0, 1, 2, 3, 4, 5].map((i) => x[i * 4 + 2])).toEqual([0, 0, 0, 0, 0, 1]);
  // red is the most frequent value: row 1, which also replaces missing values.
  expect([0, 1, 2, 3, 4, 5].map((i) => x[i * 4 + 3])).toEqual([1, 1, 2, 2, 1, 1]);
});

test("encodes an unknown category as row 0, and a missing number as the median of the training rows", () => {
  const encoding = fitEncoding(train, columns);
  const x = encodeRows(encoding, ["size", "color"], [["", "green"]]);
  const median = (2.5 - encoding.numbers[0]!.mean) / encoding.numbers[0]!.deviation;
  expect(x[0]).toBeCloseTo(median, 6);
  expect([...x.subarray(1)]).toEqual([1, 0, 0]);
});

test("columns of a known encoding keep its scaling", () => {
  const before = fitEncoding(train, columns);
  const after = fitEncoding(
    [
      ["100", "red"],
      ["200", "red"],
    ],
    columns,
    before,
  );
  expect(after.numbers[0]).toEqual(before.numbers[0]);
  expect(after.categories[0]!.width).toBe(before.categories[0]!.width);
});

test("one-hot rows have one column for each category", () => {
  const encoding = fitEncoding(train, columns);
  const x = encodeRows(encoding, ["size", "color"], [["3", "blue"]]);
  const { rows, width } = oneHotRows(encoding, x);
  expect(width).toBe(6);
  expect([...rows.subarray(3)]).toEqual([0, 0, 1]);
});
