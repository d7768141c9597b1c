import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { cholesky, choleskySolve, inverseNorm, plainCholesky } from "./cholesky.js";
import { rowProducts } from "./row-products.js";
import { simdCholesky } from "./simd/simd-cholesky.js";

test("the Cholesky factor by blocks with lanes is that of JavaScript alone, and neither has one of what is not positive", () => {
  const draw = draws(7, "cholesky");
  for (const n of [128, 131, 161, 192]) {
    const a = rowProducts(
      Float64Array.from({ length: n * (n + 5) }, () => draw.normal()),
      n,
      n + 5,
    );
    const fast = simdCholesky(a, n) as Float64Array;
    const plain = plainCholesky(a, n)!;
    let far = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) far = Math.max(far, Math.abs(fast[i * n + j]! - plain[i * n + j]!));
    expect(far).toBeLessThan(1e-9);
    // One direction with a negative square.
    for (let i = 0; i < n; i++) a[i * n + i]! -= 1e4;
    expect(simdCholesky(a, n)).toBeUndefined();
    expect(plainCholesky(a, n)).toBeUndefined();
  }
  expect(simdCholesky(Float64Array.of(4), 1)).toBe("none");
  expect([...cholesky(Float64Array.of(4), 1)!]).toEqual([2]);
});

test("the solution of A X = B gives B again, for small systems and for ones with lanes", () => {
  const draw = draws(9, "solve");
  for (const [n, t] of [
    [1, 1],
    [5, 3],
    [150, 2],
  ] as const) {
    const a = rowProducts(
      Float64Array.from({ length: n * (n + 5) }, () => draw.normal()),
      n,
      n + 5,
    );
    const b = Float64Array.from({ length: n * t }, () => draw.normal());
    const l = cholesky(a, n)!;
    const x = choleskySolve(l, n, b, t);
    for (let i = 0; i < n; i++)
      for (let c = 0; c < t; c++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += a[i * n + k]! * x[k * t + c]!;
        expect(sum).toBeCloseTo(b[i * t + c]!, 7);
      }
    // bᵀ A⁻¹ b of the first column.
    const first = Float64Array.from({ length: n }, (_, i) => b[i * t]!);
    const inner = first.reduce((s, v, i) => s + v * x[i * t]!, 0);
    expect(inverseNorm(l, n, first)).toBeCloseTo(inner, 7);
  }
});
