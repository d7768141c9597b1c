import { expect, test } from "vitest";
import { rowsAt, rowsOf } from "../../core/results/rows.js";
import { evenly, mostForCka } from "./explain-model.js";

test("the items by which two networks are compared are of all classes, though items are sorted by class", () => {
  // 1000 items of 10 classes, each with its class and its place as features.
  const rows = rowsOf(
    Float32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? Math.floor(i / 200) : i >> 1)),
    2,
  );
  const whole = Array.from(rowsAt(rows, evenly(rows.count, mostForCka)));
  expect(whole.length).toBe(2 * mostForCka);
  expect(new Set(whole.filter((_, i) => i % 2 === 0))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  // A row stays whole: its class is that of its place.
  for (let i = 0; i < whole.length; i += 2) expect(Math.floor(whole[i + 1]! / 100)).toBe(whole[i]);
});
