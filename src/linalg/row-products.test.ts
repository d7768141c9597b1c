import { expect, test } from "vitest";
import { columnProducts, plainRowProducts, rowProducts } from "./row-products.js";
import { simdRowProducts } from "./simd/simd-row-products.js";

test("products of rows are the sums that they stand for, at every number of rows", () => {
  for (const n of [1, 2, 3, 4, 5, 6, 7, 9, 12]) {
    const a = Float64Array.from({ length: n * 3 }, (_, i) => Math.sin(i + 1));
    const products = rowProducts(a, n, 3);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        expect(products[i * n + j]).toBeCloseTo(
          a[3 * i]! * a[3 * j]! + a[3 * i + 1]! * a[3 * j + 1]! + a[3 * i + 2]! * a[3 * j + 2]!,
          12,
        );
  }
});

test("products with two lanes are those of the plain loops, at every rest of rows and columns", () => {
  for (const [n, d] of [
    [64, 33],
    [65, 32],
    [66, 17],
    [67, 40],
  ] as const) {
    const a = Float64Array.from({ length: n * d }, (_, i) => Math.sin(1.7 * i + 1));
    const fast = simdRowProducts(a, n, d)!;
    const plain = plainRowProducts(a, n, d);
    expect(fast.length).toBe(n * n);
    fast.forEach((v, i) => {
      expect(Math.abs(v - plain[i]!)).toBeLessThan(1e-12);
    });
  }
  expect(simdRowProducts(new Float64Array(9), 3, 3)).toBeUndefined();
});

test("products of columns are the sums over all rows, also of more rows than are taken at once", () => {
  const [n, d] = [9000, 2];
  // Σ i² and Σ i over i = 0 … n − 1 in closed form; the second column is 1.
  const a = Float32Array.from({ length: n * d }, (_, at) => (at % 2 ? 1 : at / 2));
  const sum = (n * (n - 1)) / 2;
  expect([...columnProducts(a, n, d)]).toEqual([((n - 1) * n * (2 * n - 1)) / 6, sum, sum, n]);
  expect([...columnProducts(new Float32Array(0), 0, 2)]).toEqual([0, 0, 0, 0]);
});
