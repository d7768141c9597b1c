import { type Rows, rowsOf, wholeOf } from "../core/results/rows.js";
import { type Matrix, multiply, multiplyTransposed } from "./products.js";
import { type SimdProducts, simdProducts } from "./simd/simd-products.js";
import { spanOf } from "./span.js";
import type { ProductRows } from "./sparse-products.js";
import { type Standardisation, standardise } from "./standardise.js";

/** The products of a linear model with its training samples. */
export interface Kernel {
  readonly products: Products;
  /** If present, the problem is solved in coordinates of the samples' span, not in features. */
  readonly span?: ReturnType<typeof spanOf>;
  /** True if sums are in float32. */
  readonly single?: boolean;
  readonly close?: () => void;
}

/**
 * Chooses the fastest products for linear models of these samples: sparse, SIMD, span or plain.
 * @param precision as for `logisticProblem` @returns the number of features D, and the kernel for c rows of weights
 */
export function kernels(
  features: Float32Array | Rows | ProductRows,
  n: number,
  precision: "single" | "double",
  scaling: Standardisation | undefined,
): { readonly width: number; readonly kernelOf: (c: number) => Kernel } {
  if ("products" in features) {
    const kernelOf = (c: number): Kernel => {
      const products = features.products(c);
      return { products, single: products.single === true };
    };
    return { width: features.width, kernelOf };
  }
  const rows = features instanceof Float32Array ? rowsOf(features, features.length / n) : features;
  const d = rows.width;
  const scaled = (): Float32Array => {
    const whole = wholeOf(rows);
    return scaling ? standardise(whole, n, scaling) : whole;
  };
  const kernelOf = (c: number): Kernel => {
    const span = isSpanCheaper(n, d, c, precision) ? spanOf(scaled(), n, d) : undefined;
    const r = span?.rank ?? d;
    const simd =
      precision === "single"
        ? simdProducts(span?.coordinates ?? rows, n, r, c, span ? undefined : scaling)
        : undefined;
    const products = simd ?? doubleProducts(span?.coordinates ?? scaled(), n, r, c);
    return {
      products,
      ...(span && { span }),
      ...(simd && { close: () => simd.close() }),
      single: simd !== undefined,
    };
  };
  return { width: d, kernelOf };
}

/** Z = X Wᵀ and G = Rᵀ X of one X. */
export type Products = Omit<SimdProducts, "close">;

/** Products in float64, in JavaScript. */
export function doubleProducts(x: Matrix, n: number, d: number, c: number): Products {
  return {
    multiply: (w, z) => multiply(x, n, d, w, c, z),
    multiplyTransposed: (r, g) => multiplyTransposed(r, n, c, x, d, g),
  };
}

/**
 * True if solving in the span of the samples is cheaper. The Gram matrix costs n²d products once, as much as n / 2c
 * evaluations of the loss (five times that if those use SIMD). It saves the share 1 − n/d of each evaluation, of which about
 * 60 are needed. Above 4,000 samples the matrix is too large to keep (128 MB).
 */
function isSpanCheaper(n: number, d: number, c: number, precision: "single" | "double"): boolean {
  const dearer = precision === "single" ? 5 : 1;
  return n < d && n <= 4000 && (dearer * n) / (2 * c) < 60 * (1 - n / d);
}

/** Returns the penalty λ/2 ‖W‖² of the first `count` parameters, and adds λW to the gradient. */
export function penalise(
  parameters: Float64Array,
  gradient: Float64Array,
  count: number,
  lambda: number,
): number {
  let square = 0;
  for (let i = 0; i < count; i++) {
    square += parameters[i]! ** 2;
    gradient[i]! += lambda * parameters[i]!;
  }
  return (lambda / 2) * square;
}
