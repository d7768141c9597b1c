import { expect, test } from "vitest";
import type { RowItem } from "../../data/index.js";
import { Targets } from "../numbers/targets.js";
import { earlierBaselines } from "./table-numbers-task.js";

/** Rows with one number each, all of one series. */
const rowsOf = (
  values: readonly number[],
  momentOf: (i: number) => { readonly time: number; readonly known: number },
  groupOf?: (i: number) => string,
): RowItem[] =>
  values.map((value, i) => ({
    id: `line ${i + 2}`,
    sha256: String(i),
    part: i < 8 ? "train" : i < 12 ? "validation" : "test",
    cells: [],
    label: 0,
    values: [value],
    moment: momentOf(i),
    ...(groupOf && { group: groupOf(i) }),
  }));

const scores = (items: readonly RowItem[], options: { readonly season?: number } = {}) => {
  const train = items.filter(({ part }) => part === "train");
  const { baselines, validation } = earlierBaselines(Targets.of(["price"], train), items, options);
  const points = (key: "last_value" | "last_season") =>
    baselines[key]?.test.points[0]?.map(([, predicted]) => predicted);
  return { validation, last: points("last_value"), season: points("last_season") };
};
const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3];
const eachOwn = (gap: number) => (i: number) => ({ time: i, known: i - 1 - gap });

test("the last value is that of the row before, the season that of some rows before", () => {
  const { last, season, validation } = scores(rowsOf(values, eachOwn(0)), { season: 3 });
  expect(last).toEqual([8, 9, 7, 9]);
  expect(season).toEqual([3, 5, 8, 9]);
  // 1 − Σ (y − ŷ)² / Σ (y − ȳ)² of 5 3 5 8 predicted as 6 5 3 5
  expect(validation.last_value).toBeCloseTo(1 - 18 / 12.75, 6);
});

test("a gap leaves out what is not known yet", () => {
  const { last, season } = scores(rowsOf(values, eachOwn(3)), { season: 3 });
  expect(last).toEqual([5, 3, 5, 8]);
  // Three times before is within the gap: six times before.
  expect(season).toEqual([2, 6, 5, 3]);
});

test("rows of one time are averaged, and not predicted from each other", () => {
  const pairs = (i: number) => ({ time: i >> 1, known: (i >> 1) - 1 });
  expect(scores(rowsOf(values, pairs)).last).toEqual([6.5, 6.5, 8, 8]);
});

test("each group is a series; a row without an earlier one in its group gets the last value of all", () => {
  const groupOf = (i: number): string => (i === 13 ? "new" : ["a", "b"][i % 2]!);
  // At 12 that of 10, at 14 that of 12, at 15 that of 11; "new" at 13 that of 12.
  expect(scores(rowsOf(values, eachOwn(0), groupOf)).last).toEqual([5, 9, 9, 8]);
});

test("a table with a random split has no such baseline", () => {
  const items = rowsOf(values, eachOwn(0)).map(({ moment: _, ...item }) => item);
  expect(scores(items, { season: 3 })).toEqual({ validation: {}, last: undefined, season: undefined });
});
