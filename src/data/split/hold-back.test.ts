import { expect, test } from "vitest";
import { permutation } from "../../core/random.js";
import { holdBack } from "./hold-back.js";

const keys = (n: number, of: (i: number) => number | string = (i) => i): string[] =>
  Array.from({ length: n }, (_, i) => String(of(i)));

test("holds back a tenth of single samples, in the order of the seed", () => {
  const order = permutation(40, 3, "held back");
  expect([...holdBack(keys(40), 3)]).toEqual(order.slice(0, 4));
  expect(holdBack(keys(4), 0).size).toBe(1);
  expect(holdBack(keys(30_000), 0).size).toBe(2000);
});

test("keeps groups on one side", () => {
  const groups = keys(60, (i) => i % 20);
  const held = holdBack(groups, 1);
  expect(held.size).toBe(6);
  const names = new Set([...held].map((i) => groups[i]));
  expect(names.size).toBe(2);
  expect(groups.filter((key) => names.has(key))).toHaveLength(6);
});

test("takes the smallest group if no group fits, and nothing if there is one group", () => {
  expect([...holdBack(["a", "a", "a", "b", "b"], 0)]).toEqual([3, 4]);
  expect(holdBack(["a", "a", "a"], 0).size).toBe(0);
});
