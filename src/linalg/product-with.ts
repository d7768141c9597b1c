import { multiply } from "./products.js";
import { openSimd } from "./simd/open-simd.js";
import { twoByFour } from "./simd/simd-row-products.js";

/** out = A Bᵀ, float64[rows, m], of A: float64[rows, depth]. */
export type Product = (a: Float64Array, out: Float64Array) => void;

/**
 * Returns the product with a fixed B, which is copied to WebAssembly memory once. Without WebAssembly SIMD, JavaScript computes it.
 * @param b float64[m, depth] @param rows of every A
 */
export function productWith(b: Float64Array, m: number, depth: number, rows: number): Product {
  return withLanes(b, m, depth, rows) ?? ((a, out) => multiply(a, rows, depth, b, m, out));
}

function withLanes(b: Float64Array, m: number, depth: number, rows: number): Product | undefined {
  // Padded with zeros to what the loop takes at once: 2 rows by 4, 2 columns.
  const [paddedRows, paddedColumns, width] = [
    Math.ceil(rows / 2) * 2,
    Math.ceil(m / 4) * 4,
    Math.ceil(depth / 2) * 2,
  ];
  const opened = openSimd(8 * ((paddedRows + paddedColumns) * width + 2 * paddedColumns), [twoByFour()]);
  if (!opened) return undefined;
  const pair = opened.exports.pair!;
  const y = new Float64Array(opened.memory, 0, paddedColumns * width);
  const x = new Float64Array(opened.memory, y.byteLength, paddedRows * width);
  const z = new Float64Array(opened.memory, y.byteLength + x.byteLength, 2 * paddedColumns);
  const lay = (from: Float64Array, count: number, to: Float64Array): void => {
    for (let i = 0; i < count; i++) to.set(from.subarray(i * depth, (i + 1) * depth), i * width);
  };
  lay(b, m, y);
  return (a, out) => {
    lay(a, rows, x);
    for (let i = 0; i < rows; i += 2) {
      const [first, second] = [z.byteOffset, z.byteOffset + paddedColumns * 8];
      pair(x.byteOffset + i * width * 8, 0, first, second, paddedColumns, width * 8, width * 8);
      for (let row = i; row < Math.min(rows, i + 2); row++)
        out.set(z.subarray((row - i) * paddedColumns, (row - i) * paddedColumns + m), row * m);
    }
  };
}
