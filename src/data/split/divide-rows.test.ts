import { describe, expect, test } from "vitest";
import { divideByTime } from "./divide-rows.js";

const list = { name: "prices.csv", columns: ["day", "price"] };
const rowsOf = (days: readonly unknown[]) =>
  days.map((day, i) => ({ line: i + 2, values: { day, price: i } }));
const divided = (days: readonly unknown[], gap = 0) =>
  divideByTime(list, rowsOf(days), { splitBy: "day", gap });
/** The prices of each split, in the order of the list. */
const partsOf = (days: readonly unknown[], gap = 0) => {
  const { rows } = divided(days, gap);
  const of = (part: string) =>
    rows.filter(({ values }) => "split" in values && values.split === part).map(({ values }) => values.price);
  return { train: of("train"), validation: of("validation"), test: of("test") };
};
const count = (n: number) => Array.from({ length: n }, (_, i) => i);

test("the earliest 70 % are learnt from, the latest 15 % test, whatever the order of the rows", () => {
  const days = count(100).map((i) => (i * 37) % 100);
  const { train, validation, test: tested } = partsOf(days);
  const times = (prices: readonly unknown[]) =>
    prices.map((price) => days[price as number]!).sort((a, b) => a - b);
  expect(times(train)).toEqual(count(70));
  expect(times(validation)).toEqual(count(15).map((i) => 70 + i));
  expect(times(tested)).toEqual(count(15).map((i) => 85 + i));
});

test("equal times stay together, and no split takes part of one", () => {
  // 20 rows of 5 times: the last time has 4 of them, so the test split has them all.
  const days = count(20).map((i) => Math.floor(i / 4));
  expect(partsOf(days)).toEqual({ train: count(12), validation: [12, 13, 14, 15], test: [16, 17, 18, 19] });
});

test("a time with most of the rows is learnt from, and each split still has a time", () => {
  expect(partsOf([0, 0, 0, 0, 0, 0, 0, 0, 1, 2])).toEqual({ train: count(8), validation: [8], test: [9] });
  expect(partsOf([0, 1, 2, 2, 2, 2, 2, 2, 2, 2])).toEqual({
    train: [0],
    validation: [1],
    test: [2, 3, 4, 5, 6, 7, 8, 9],
  });
});

test("a gap leaves out the rows just before validation and test split", () => {
  const { train, validation, test: tested } = partsOf(count(100), 3);
  expect(train).toEqual(count(67));
  expect(validation).toEqual(count(12).map((i) => 70 + i));
  expect(tested).toHaveLength(15);
  expect(divided(count(100), 3).warning.message).toBe(
    'split by time in "day": 67 rows before 70 to train, 12 before 85 to validate, 15 to test; 6 left out as gap',
  );
});

test("dates are read in the forms of tables, and rows without a time are left out", () => {
  const days = ["31 Mar 2024", "1 Jan 2024", "", "5 Feb 2024", "1 Apr 2024"];
  expect(partsOf(days)).toEqual({ train: [1, 3], validation: [0], test: [4] });
  expect(divided(days).warning.message).toContain("; 1 without a time left out");
});

const emptied = (gap: number, split: string): string =>
  `a gap of ${gap} rows leaves nothing for the ${split} split`;

describe("refuses", () => {
  test.each<[string, () => unknown, string]>([
    [
      "one value",
      () => divided([7, 7, 7, 7]),
      'column "day" of "prices.csv" has one value: a split by time needs 3',
    ],
    ["two values", () => divided([7, 7, 8, 8]), "has 2 different values"],
    ["texts", () => divided([1, 2, "soon", 4]), '"soon" in column "day" is neither a date nor a number'],
    [
      "dates of which no one shows the day",
      () => divided(["1/2/2024", "3/4/2024", "5/6/2024", "7/8/2024"]),
      "no date shows which number is the day",
    ],
    [
      "another column",
      () => divideByTime(list, rowsOf([1, 2, 3]), { splitBy: "date", gap: 0 }),
      '"prices.csv" has no column "date"',
    ],
    [
      "a list with splits",
      () =>
        divideByTime({ ...list, columns: [...list.columns, "Split"] }, rowsOf([1, 2, 3]), {
          splitBy: "day",
          gap: 0,
        }),
      '"prices.csv" has splits already, in column "Split"',
    ],
    ["a gap that leaves nothing", () => divided(count(20), 14), emptied(14, "train")],
    ["a gap over the validation split", () => divided(count(20), 3), emptied(3, "validation")],
  ])("%s", (_, work, text) => {
    expect(work).toThrow(text);
  });
});
