import { expect, test } from "vitest";
import { permutation } from "./random.js";

test("every order of three is drawn equally often, and depends on seed, purpose and keys", () => {
  const draws = 6000;
  const counts = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const order = permutation(3, 7, "order", i).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(["012", "021", "102", "120", "201", "210"]);
  // chi² = sum (n - e)² / e with 5 degrees of freedom is below 20.5 in 999 of 1,000 draws.
  const expected = draws / 6;
  const chi2 = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  expect(chi2).toBeLessThan(20.5);

  const order = permutation(100, 7, "order", 1);
  expect(permutation(100, 7, "order", 1)).toEqual(order);
  for (const other of [
    permutation(100, 8, "order", 1),
    permutation(100, 7, "batch", 1),
    permutation(100, 7, "order", 2),
  ])
    expect(other).not.toEqual(order);
});

test("elements stay in place as often as in a random order: once on average", () => {
  const draws = 2000;
  let fixed = 0;
  for (let i = 0; i < draws; i++) fixed += permutation(20, 0, "order", i).filter((v, at) => v === at).length;
  // The number of fixed points has mean 1 and variance 1: three standard errors of 2,000 draws are 0.067.
  expect(Math.abs(fixed / draws - 1)).toBeLessThan(0.067);
});
