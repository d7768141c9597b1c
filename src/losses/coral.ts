import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * CORAL: difference of the covariances of two batches of features.
 *
 * L = ‖C_s - C_t‖_F² / (4 d²),   C = (F - μ)ᵀ (F - μ) / (n - 1)
 *
 * Transfer-Learning-Library's `coral.py` differs: means of squares over d² (no ¼), plus the difference of the means.
 * @param source float32[n, d].
 * @param target float32[m, d]; n, m ≥ 2.
 * @returns float32[], ≥ 0, 0 if the covariances are equal.
 * @see Sun & Saenko, "Deep CORAL: Correlation Alignment for Deep Domain Adaptation", 2016
 */
export function coral(g: Builder, source: Value, target: Value): Value {
  const [, d] = g.dims(source) as [number, number];
  const square = g.reduceSumSquare(g.sub(covariance(g, source), covariance(g, target)));
  return g.mul(square, g.number(1 / (4 * d * d)));
}

/** float32[n, d] -> float32[d, d] */
function covariance(g: Builder, f: Value): Value {
  const [n] = g.dims(f) as [number, number];
  const centred = g.sub(f, g.reduceMean(f, { axes: [0], keepdims: true }));
  return g.mul(g.matmul(g.transpose(centred, [1, 0]), centred), g.number(1 / (n - 1)));
}
