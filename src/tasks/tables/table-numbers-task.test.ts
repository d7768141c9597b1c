import { expect, test } from "vitest";
import type { RowItem } from "../../data/index.js";
import type { PastRow } from "../../data/tables/open-table.js";
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

const scores = (
  items: readonly RowItem[],
  options: { readonly season?: number } = {},
  gap: readonly PastRow[] = [],
) => {
  const train = items.filter(({ part }) => part === "train");
  const past = items.flatMap(({ moment, values, group }) => (moment ? [{ moment, values, group }] : []));
  const table = { items, ...(past.length > 0 && { past: [...past, ...gap] }) };
  const { baselines, validation } = earlierBaselines(Targets.of(["price"], train), table, options);
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

test("groups that share most times are series of their own; a row without an earlier one gets the value of all", () => {
  const groupOf = (i: number): string => (i === 13 ? "new" : ["a", "b"][i % 2]!);
  const pairs = (i: number) => ({ time: i >> 1, known: (i >> 1) - 1 });
  // Of each pair, the row of the same group in the pair before; "new" gets the mean of the pair before.
  expect(scores(rowsOf(values, pairs, groupOf)).last).toEqual([5, 6.5, 9, 8]);
});

test("groups that follow each other in time, such as weeks, are one series", () => {
  // The same number of the week twice: its last row was long ago.
  expect(scores(rowsOf(values, eachOwn(0), (i) => `week ${(i >> 1) % 4}`)).last).toEqual([8, 9, 7, 9]);
});

test("a row of a gap becomes known in time", () => {
  const gap: readonly PastRow[] = [{ moment: { time: 23, known: 8 }, values: [77], group: undefined }];
  const late = (i: number) => ({ time: 2 * i, known: 2 * i - 1 });
  const { last } = scores(rowsOf(values, late), {}, gap);
  expect(last).toEqual([77, 9, 7, 9]);
});

test("a table with a random split has no such baseline", () => {
  const items = rowsOf(values, eachOwn(0)).map(({ moment: _, ...item }) => item);
  expect(scores(items, { season: 3 })).toEqual({ validation: {}, last: undefined, season: undefined });
});
