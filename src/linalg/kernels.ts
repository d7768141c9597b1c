import { type Rows, rowsOf, wholeOf } from "../core/rows.js";
import { type Matrix, multiply, multiplyTransposed } from "./products.js";
import { type SimdProducts, simdProducts } from "./simd/simd-products.js";
import { spanOf } from "./span.js";
import type { ProductRows } from "./sparse-products.js";
import { type Standardisation, standardise } from "./standardise.js";

/** How a problem computes with its examples. */
export interface Kernel {
  readonly products: Products;
  /** The coordinates that it solves in, where they are not the features. */
  readonly span?: ReturnType<typeof spanOf>;
  /** Whether sums are in float32. */
  readonly single?: boolean;
  readonly close?: () => void;
}

/**
 * How linear models of those examples are computed, by how many rows of weights they have.
 * @param precision as `logisticProblem` has it @returns the width D of the examples as well
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

/** In float64, by JavaScript's loops. */
export function doubleProducts(x: Matrix, n: number, d: number, c: number): Products {
  return {
    multiply: (w, z) => multiply(x, n, d, w, c, z),
    multiplyTransposed: (r, g) => multiplyTransposed(r, n, c, x, d, g),
  };
}

/**
 * The Gram matrix costs n²d products once (as much as n / 2c evaluations of the loss, more where those have SIMD and
 * it has not) and saves the share 1 − n/d of each evaluation; about 60 are needed. Above 4,000 examples it is too
 * large to keep (128 MB).
 */
function isSpanCheaper(n: number, d: number, c: number, precision: "single" | "double"): boolean {
  const dearer = precision === "single" ? 5 : 1;
  return n < d && n <= 4000 && (dearer * n) / (2 * c) < 60 * (1 - n / d);
}

/** λ/2 ‖W‖² of the first `count` parameters; λW is added to the gradient. */
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
