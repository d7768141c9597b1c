import type { Matrix } from "./products.js";
import { simdRowProducts } from "./simd/simd-row-products.js";

/** Returns A Aᵀ, float64[n, n]. @param a [n, d], row-major */
export function rowProducts(a: Matrix, n: number, d: number): Float64Array {
  return simdRowProducts(a, n, d) ?? plainRowProducts(a, n, d);
}

/** {@link rowProducts} without WebAssembly: two rows by four at once, so that each value read is used several times. */
export function plainRowProducts(a: Matrix, n: number, d: number): Float64Array {
  const out = new Float64Array(n * n);
  const put = (i: number, j: number, value: number): void => {
    out[i * n + j] = out[j * n + i] = value;
  };
  for (let i = 0; i < n; i += 2) {
    let j = 0;
    for (; j + 3 <= i && i + 1 < n; j += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let u0 = 0;
      let u1 = 0;
      let u2 = 0;
      let u3 = 0;
      const [p, q] = [i * d, j * d];
      for (let t = 0; t < d; t++) {
        const x = a[p + t]!;
        const y = a[p + d + t]!;
        const z0 = a[q + t]!;
        const z1 = a[q + d + t]!;
        const z2 = a[q + 2 * d + t]!;
        const z3 = a[q + 3 * d + t]!;
        s0 += x * z0;
        u0 += y * z0;
        s1 += x * z1;
        u1 += y * z1;
        s2 += x * z2;
        u2 += y * z2;
        s3 += x * z3;
        u3 += y * z3;
      }
      put(i, j, s0);
      put(i, j + 1, s1);
      put(i, j + 2, s2);
      put(i, j + 3, s3);
      put(i + 1, j, u0);
      put(i + 1, j + 1, u1);
      put(i + 1, j + 2, u2);
      put(i + 1, j + 3, u3);
    }
    for (let row = i; row < Math.min(n, i + 2); row++)
      for (let k = j; k <= row; k++) {
        let s = 0;
        for (let t = 0, p = row * d, q = k * d; t < d; t++, p++, q++) s += a[p]! * a[q]!;
        put(row, k, s);
      }
  }
  return out;
}

/** Rows that {@link columnProducts} transposes at once: enough for fast products, without a transposed copy of a large A. */
const rowsAtOnce = 4096;

/** Returns Aᵀ A, float64[d, d]. @param a [n, d], row-major */
export function columnProducts(a: Matrix, n: number, d: number): Float64Array {
  let sum: Float64Array | undefined;
  for (let first = 0; first < n; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, n - first);
    const part = rowProducts(transposed(a.subarray(first * d, (first + count) * d), count, d), d, count);
    if (sum === undefined) sum = part;
    else for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  }
  return sum ?? new Float64Array(d * d);
}

/** Returns Aᵀ, float64[d, n]. @param a [n, d], row-major */
export function transposed(a: Matrix, n: number, d: number): Float64Array {
  const out = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let t = 0; t < d; t++) out[t * n + i] = a[i * d + t]!;
  return out;
}

/** Returns each column minus its mean, float64[n, d]. @param features [n, d], row-major */
export function centredColumns(features: ArrayLike<number>, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0, p = 0; i < n; i++) for (let t = 0; t < d; t++, p++) mean[t]! += features[p]! / n;
  const out = new Float64Array(n * d);
  for (let i = 0, p = 0; i < n; i++) for (let t = 0; t < d; t++, p++) out[p] = features[p]! - mean[t]!;
  return out;
}
