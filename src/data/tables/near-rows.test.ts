import { describe, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { nearRowPairs } from "./near-rows.js";

const numbers = ["a", "b", "c", "d"].map((name) => ({ name, kind: "number" }) as const);
const columns = [...numbers, { name: "place", kind: "category" } as const];
const draw = draws(3, "near rows");
const row = (): number[] => numbers.map(() => draw.normal());
const cells = (values: readonly number[], place = "north"): string[] => [
  ...values.map((v) => v.toFixed(5)),
  place,
];
const again = (values: readonly number[]): number[] => values.map((v) => v + 0.001 * draw.normal());
const things = Array.from({ length: 200 }, row);

describe("rows that were measured again", () => {
  test("are found, whatever their order", () => {
    const pairs = nearRowPairs(
      columns,
      [...things, ...things.map(again)].map((values) => cells(values)),
    );
    expect(pairs.filter(([i, j]) => j === i + 200).length).toBeGreaterThanOrEqual(195);
    expect(pairs.filter(([i, j]) => j !== i + 200)).toEqual([]);
  });

  test("are others if a category differs", () => {
    const rows = [...things.map((one) => cells(one)), ...things.map((one) => cells(again(one), "south"))];
    expect(nearRowPairs(columns, rows)).toEqual([]);
  });

  test("are not told from others by two measurements", () => {
    const two = [...things, ...things.map(again)].map((values) => cells(values).slice(0, 2));
    expect(nearRowPairs(columns.slice(0, 2), two)).toEqual([]);
  });
});

test("independent rows are not near each other", () => {
  const rows = Array.from({ length: 2000 }, () => cells(row()));
  expect(nearRowPairs(columns, rows)).toEqual([]);
});

test("a column of few values bounds the comparisons", () => {
  const rows = Array.from({ length: 3000 }, (_, i) => cells([i < 1500 ? 0 : i, ...row().slice(1)]));
  expect(nearRowPairs(columns, rows)).toEqual([]);
});
