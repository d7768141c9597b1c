import { expect, test } from "vitest";
import { orderByTemperature } from "./task-order.js";

const large = Array.from({ length: 90 }, (_, i) => i);
const small = Array.from({ length: 10 }, (_, i) => 90 + i);
const fromSmall = (order: readonly number[]): number => order.filter((i) => i >= 90).length;

test("at temperature 1 every item comes once, in another order each epoch", () => {
  const [a, b] = [orderByTemperature([large, small], 1, 0, 0), orderByTemperature([large, small], 1, 0, 1)];
  for (const order of [a, b]) expect([...order].sort((x, y) => x - y)).toEqual([...large, ...small]);
  expect(a).not.toEqual(b);
  expect(orderByTemperature([large, small], 1, 0, 0)).toEqual(a);
});

test("the share of a small group grows with the temperature: n^(1/τ) / Σ n^(1/τ)", () => {
  // √90 : √10 = 3 : 1, so a quarter of 100 places.
  expect(fromSmall(orderByTemperature([large, small], 2, 0, 0))).toBe(25);
  // 90^0.01 : 10^0.01 is 1.046 : 1.023, 49.4 places.
  expect(fromSmall(orderByTemperature([large, small], 100, 0, 0))).toBe(49);
});

test("every item of a group comes once before one repeats, also over epochs", () => {
  const counts = new Map<number, number>();
  for (let epoch = 0; epoch < 4; epoch++)
    for (const i of orderByTemperature([large, small], 2, 7, epoch)) counts.set(i, (counts.get(i) ?? 0) + 1);
  // 4 · 25 = 100 places for 10 items, 4 · 75 = 300 for 90.
  expect(small.map((i) => counts.get(i))).toEqual(small.map(() => 10));
  for (const i of large) expect([3, 4]).toContain(counts.get(i));
});
