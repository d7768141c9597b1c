import type { SimdProducts } from "./simd-products.js";

/** Rows that are mostly 0: row i has `values` at `columns` from `starts[i]` to `starts[i + 1] - 1`. */
export interface SparseRows {
  readonly count: number;
  readonly width: number;
  /** uint32[count + 1] */
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
  /** Their products with the weights of so many classes, see {@link sparseProducts}. */
  products(classes: number): Omit<SimdProducts, "close">;
}

/** Rows by themselves, side by side. */
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
 * Zᵢₖ = Σ over the columns j of row i of xᵢⱼ Wₖⱼ: c numbers that lie d apart for each xᵢⱼ, so W and G are turned to [d, c] for
 * the while, where they lie side by side.
 */
function sparseProducts(
  { count: n, width: d, starts, columns, values }: Omit<SparseRows, "products">,
  c: number,
): Omit<SimdProducts, "close"> {
  const turned = c > 1 ? new Float64Array(d * c) : undefined;
  return {
    multiply(w, z) {
      const by = turned ?? w;
      if (turned) for (let k = 0; k < c; k++) for (let j = 0; j < d; j++) turned[j * c + k] = w[k * d + j]!;
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
      if (turned) for (let k = 0; k < c; k++) for (let j = 0; j < d; j++) g[k * d + j] = turned[j * c + k]!;
    },
  };
}
