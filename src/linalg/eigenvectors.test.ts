import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { largestEigenvectors } from "./eigenvectors.js";
import { columnProducts } from "./row-products.js";

test("the largest eigenvectors are those of the matrix: A x = λ x, orthogonal, also for equal eigenvalues", () => {
  const [n, k] = [30, 12];
  // Ranks 1 … 8 and equal eigenvalues: Σ λ q qᵀ over columns of a discrete sine transform, which are orthogonal.
  const lambda = [9, 9, 9, 5, 4, 1, 1, 0.001];
  const q = (i: number, j: number) =>
    Math.sqrt(2 / (n + 1)) * Math.sin(((i + 1) * (j + 1) * Math.PI) / (n + 1));
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) a[i * n + j] = lambda.reduce((s, v, c) => s + v * q(i, c) * q(j, c), 0);
  const { values, vectors } = largestEigenvectors(Float64Array.from(a), n, k);
  for (let c = 0; c < k; c++) {
    expect(values[c]).toBeCloseTo(lambda[c] ?? 0, 10);
    const x = vectors.subarray(c * n, (c + 1) * n);
    for (let i = 0; i < n; i++) {
      let s = 0;
      for (let j = 0; j < n; j++) s += a[i * n + j]! * x[j]!;
      expect(s).toBeCloseTo(values[c]! * x[i]!, 9);
    }
    for (let other = 0; other <= c; other++) {
      const inner = x.reduce((s, v, i) => s + v * vectors[other * n + i]!, 0);
      expect(inner).toBeCloseTo(other === c ? 1 : 0, 10);
    }
  }
  expect([...largestEigenvectors(Float64Array.of(4), 1, 1).vectors].map(Math.abs)).toEqual([1]);
});

test("a matrix of low rank with rows of zeros has finite eigenvectors", () => {
  // Features of 20 samples, of which most never vary: rounding errors are reflected until their squares vanish.
  const [n, samples] = [200, 20];
  const draw = draws(1, "z", n, samples);
  const rows = Float64Array.from({ length: n * samples }, (_, at) =>
    (((at % n) * 7919) % 100) / 100 < 0.7 ? 0 : Math.fround(Math.max(0, draw.normal())),
  );
  const { values, vectors } = largestEigenvectors(columnProducts(rows, samples, n), n, samples);
  expect(values.every(Number.isFinite) && vectors.every(Number.isFinite)).toBe(true);
  const squares = rows.reduce((sum, v) => sum + v * v, 0);
  expect(values.reduce((sum, v) => sum + v, 0) / squares).toBeCloseTo(1, 10);
});
