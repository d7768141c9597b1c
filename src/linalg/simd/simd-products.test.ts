import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { multiply, multiplyTransposed } from "../products.js";
import { simdProducts } from "./simd-products.js";

/** Products by their definition. */
function plain(x: ArrayLike<number>, n: number, d: number, w: ArrayLike<number>, c: number): number[] {
  return Array.from({ length: n * c }, (_, j) => {
    let sum = 0;
    for (let t = 0; t < d; t++) sum += x[Math.floor(j / c) * d + t]! * w[(j % c) * d + t]!;
    return sum;
  });
}

const shapes = [
  [1, 1, 1],
  [2, 3, 2],
  [5, 7, 3],
  [8, 16, 4],
  [9, 33, 10],
  [11, 21, 1],
  [13, 64, 5],
] as const;

for (const [n, d, c] of shapes) {
  const g = draws(n, "products");
  const x = Float32Array.from({ length: n * d }, () => g.normal());
  const w = Float64Array.from({ length: c * d }, () => g.normal());
  const r = Float64Array.from({ length: n * c }, () => g.normal());
  const transposed = (m: ArrayLike<number>, rows: number, columns: number) =>
    Array.from({ length: rows * columns }, (_, j) => m[(j % rows) * columns + Math.floor(j / rows)]!);
  const forward = plain(x, n, d, w, c);
  // G = Rᵀ X is the product of Rᵀ's rows with X's columns.
  const backward = plain(transposed(r, n, c), c, n, transposed(x, n, d), d);

  test(`products of [${n}, ${d}] with ${c} classes are those of the definition`, () => {
    const z = new Float64Array(n * c);
    multiply(x, n, d, w, c, z);
    z.forEach((v, i) => {
      expect(v).toBeCloseTo(forward[i]!, 10);
    });
    const grad = new Float64Array(c * d).fill(9);
    multiplyTransposed(r, n, c, x, d, grad);
    grad.forEach((v, i) => {
      expect(v).toBeCloseTo(backward[i]!, 10);
    });
  });

  test(`with four lanes of float32 too: [${n}, ${d}] with ${c} classes`, () => {
    const simd = simdProducts(x, n, d, c)!;
    for (let round = 0; round < 2; round++) {
      const z = new Float64Array(n * c);
      simd.multiply(w, z);
      z.forEach((v, i) => {
        expect(v).toBeCloseTo(forward[i]!, 4);
      });
      const grad = new Float64Array(c * d).fill(9);
      simd.multiplyTransposed(r, grad);
      grad.forEach((v, i) => {
        expect(v).toBeCloseTo(backward[i]!, 4);
      });
    }
  });
}

test("JavaScript computes what does not fit into WebAssembly memory", () => {
  expect(simdProducts(new Float32Array(0), 2 ** 20, 2 ** 12, 10)).toBeUndefined();
});
