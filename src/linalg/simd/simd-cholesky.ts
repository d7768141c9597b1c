import { openSimd } from "./open-simd.js";
import { twoByFour } from "./simd-row-products.js";

/** Smaller matrices do not get faster. */
const fewest = 128;
/** Columns of a block; the part explained by earlier columns is subtracted by one SIMD product. A multiple of 4. */
const block = 32;

/**
 * Cholesky factor by blocks of columns: A₁ − L₀ L₀ᵀ with SIMD, then the block itself.
 * @param a float64[n, n], of which the lower triangle is read
 * @returns undefined if A is not positive definite; "none" without WebAssembly SIMD, or if the matrix is too small or too large
 */
export function simdCholesky(a: Float64Array, n: number): Float64Array | undefined | "none" {
  if (n < fewest) return "none";
  const width = Math.ceil(n / 4) * 4;
  const opened = openSimd(8 * (width * width + 2 * block), [twoByFour()]);
  if (!opened) return "none";
  const pair = opened.exports.pair!;
  const l = new Float64Array(opened.memory, 0, width * width);
  const sums = new Float64Array(opened.memory, l.byteLength, 2 * block);
  const stride = 8 * width;
  for (let i = 0; i < n; i++) l.set(a.subarray(i * n, i * n + i + 1), i * width);
  for (let first = 0; first < n; first += block) {
    const columns = Math.min(block, n - first);
    // L₀ L₀ᵀ of rows first … n.
    for (let i = first; first > 0 && i < n; i += 2) {
      const count = Math.ceil(columns / 4) * 4;
      pair(
        i * stride,
        first * stride,
        sums.byteOffset,
        sums.byteOffset + 8 * block,
        count,
        stride,
        8 * first,
      );
      for (let row = i; row < Math.min(n, i + 2); row++) {
        const [from, at] = [(row - i) * block, row * width + first];
        for (let j = 0; j < columns && first + j <= row; j++) l[at + j]! -= sums[from + j]!;
      }
    }
    for (let j = first; j < first + columns; j++) {
      const row = j * width;
      let rest = l[row + j]!;
      for (let k = row + first; k < row + j; k++) rest -= l[k]! * l[k]!;
      if (!(rest > 0)) return undefined;
      const pivot = Math.sqrt(rest);
      l[row + j] = pivot;
      for (let i = j + 1; i < n; i++) {
        const at = i * width;
        let s = l[at + j]!;
        for (let k = first; k < j; k++) s -= l[at + k]! * l[row + k]!;
        l[at + j] = s / pivot;
      }
    }
  }
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out.set(l.subarray(i * width, i * width + i + 1), i * n);
  return out;
}
