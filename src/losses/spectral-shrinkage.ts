import { tensor } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Squarings of the matrix whose columns converge to the eigenvector of the smallest eigenvalue: (1 - λ/t)^(2^24), in
 * float64. Eigenvalues closer than 1e-6 of the trace t count as one; then any vector of their space is valid.
 */
const squarings = 24;

/**
 * Sum of the squares of the k smallest singular values of a batch of features: Σ_{i ≤ k} σ²_{-i}.
 *
 * With G = F Fᵀ (or Fᵀ F, whichever is smaller) and u its eigenvector of eigenvalue σ²: σ² = uᵀ G u. Its gradient is
 * that of this product with u held constant (∂λ = uᵀ ∂G u), which stays bounded where singular values meet, unlike that
 * of an SVD. u is a column of (I - G/t)^(2^p), found by squaring p times; k > 1 by deflation.
 *
 * Rows of weight 0 count neither as features nor as a singular value of 0.
 * @param features float32[N, D].
 * @param weights float32[N], 0 or 1.
 * @returns float32[], ≥ 0, and the values that no gradient may pass.
 * @see Chen et al., "Catastrophic Forgetting Meets Negative Transfer: Batch Spectral Shrinkage", 2019
 */
export function smallestSingularValues(
  g: Builder,
  features: Value,
  weights: Value,
  { k = 1 }: { readonly k?: number } = {},
): { readonly value: Value; readonly constants: readonly Value[] } {
  const [rows, columns] = g.dims(features) as [number, number];
  const live = g.unsqueeze(weights, [1]);
  const f = g.cast(g.mul(features, live), "float64");
  const byRows = rows <= columns;
  const size = byRows ? rows : columns;
  const gram = byRows ? g.matmul(f, g.transpose(f, [1, 0])) : g.matmul(g.transpose(f, [1, 0]), f);
  const eye = g.constant(tensor("float64", [size, size], identity(size)));
  const trace = g.max(g.reduceSum(g.mul(gram, eye)), g.number(1e-30, "float64"));
  // M = I - G/t: its largest eigenvalue belongs to G's smallest. Padding rows get 0.
  let m = g.sub(eye, g.div(gram, trace));
  if (byRows) {
    const alive = g.cast(live, "float64");
    m = g.mul(m, g.matmul(alive, g.transpose(alive, [1, 0])));
  }
  const constants: Value[] = [];
  let total: Value | undefined;
  for (let i = 0; i < Math.min(k, size); i++) {
    let power = m;
    for (let p = 0; p < squarings; p++) {
      const squared = g.matmul(power, power);
      const largest = g.reduceMax(g.abs(squared));
      power = g.div(squared, g.max(largest, g.number(1e-300, "float64")));
    }
    // The column with the largest diagonal contains most of the eigenvector.
    const column = g.argMax(g.reduceSum(g.mul(power, eye), { axes: [0] }), 0);
    const v = g.gather(power, column, 1);
    const u = g.unsqueeze(g.div(v, g.max(g.sqrt(g.reduceSumSquare(v)), g.number(1e-300, "float64"))), [1]);
    constants.push(u);
    const uT = g.transpose(u, [1, 0]);
    constants.push(uT);
    const value = g.reduceSum(g.mul(g.matmul(gram, u), u));
    total = total === undefined ? value : g.add(total, value);
    if (i + 1 < k) {
      const share = g.reduceSum(g.mul(g.matmul(m, u), u));
      m = g.sub(m, g.mul(g.matmul(u, uT), share));
    }
  }
  return { value: g.cast(total!, "float32"), constants };
}

function identity(n: number): Float64Array {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return data;
}
