import type { SimdProducts } from "./simd/simd-products.js";

/** Rows with their own matrix products. */
export interface ProductRows {
  readonly count: number;
  readonly width: number;
  /** Products with weights float64[classes, width]; `single`: sums are in float32. */
  products(classes: number): Omit<SimdProducts, "close"> & { readonly single?: boolean };
}

/** Sparse rows: row i has `values` at `columns` from `starts[i]` to `starts[i + 1] - 1`. */
export interface SparseRows extends ProductRows {
  /** uint32[count + 1] */
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** Puts sparse rows into one matrix. */
export function sparseRows(
  rows: readonly { readonly columns: Uint32Array; readonly values: Float32Array }[],
  width: number,
): SparseRows {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach(({ columns }, i) => {
    starts[i + 1] = starts[i]! + columns.length;
  });
  const columns = new Uint32Array(starts[rows.length]!);
  const values = new Float32Array(columns.length);
  rows.forEach((row, i) => {
    columns.set(row.columns, starts[i]!);
    values.set(row.values, starts[i]!);
  });
  const sparse = { count: rows.length, width, starts, columns, values };
  return { ...sparse, products: (classes) => sparseProducts(sparse, classes) };
}

/**
 * Z = X Wᵀ and G = Rᵀ X of sparse X [n, d], W and G [c, d], Z and R [n, c], in float64.
 *
 * Zᵢₖ = Σⱼ xᵢⱼ Wₖⱼ reads c numbers that are d apart for each xᵢⱼ. So W and G are transposed to [d, c], which makes those numbers adjacent.
 */
function sparseProducts(
  { count: n, width: d, starts, columns, values }: Omit<SparseRows, "products">,
  c: number,
): Omit<SimdProducts, "close"> {
  const turned = c > 1 ? new Float64Array(d * c) : undefined;
  return {
    multiply(w, z) {
      const by = turned ?? w;
      if (turned) transpose(w, c, d, turned);
      z.fill(0);
      for (let i = 0; i < n; i++)
        for (let e = starts[i]!; e < starts[i + 1]!; e++) {
          const from = columns[e]! * c;
          const x = values[e]!;
          for (let k = 0; k < c; k++) z[i * c + k]! += x * by[from + k]!;
        }
    },
    multiplyTransposed(r, g) {
      const into = (turned ?? g).fill(0);
      for (let i = 0; i < n; i++)
        for (let e = starts[i]!; e < starts[i + 1]!; e++) {
          const from = columns[e]! * c;
          const x = values[e]!;
          for (let k = 0; k < c; k++) into[from + k]! += x * r[i * c + k]!;
        }
      if (turned) transpose(turned, d, c, g);
    },
  };
}

/** Side of the blocks that are transposed at once: one fits into the processor's first cache. */
const side = 32;

/** to[j, i] = from[i, j] of from [n, d], block by block: row by row, each cache line would be fetched once for every number. */
function transpose(from: Float64Array, n: number, d: number, to: Float64Array): void {
  for (let i0 = 0; i0 < n; i0 += side)
    for (let j0 = 0; j0 < d; j0 += side) {
      const [i1, j1] = [Math.min(i0 + side, n), Math.min(j0 + side, d)];
      for (let i = i0; i < i1; i++) for (let j = j0; j < j1; j++) to[j * n + i] = from[i * d + j]!;
    }
}
