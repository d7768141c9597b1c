import { float32 } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/** One layer of a network for two batches, and its kernel. */
export interface JointLayer {
  /** float32[n, D] */
  readonly source: Value;
  /** float32[m, D] */
  readonly target: Value;
  /** σ of one Gaussian. Default: five, of σ² = α times the mean squared distance, α = 2^-3 … 2^1. */
  readonly sigma?: number;
}

/** α of the five Gaussians. */
const scales = [-3, -2, -1, 0, 1].map((u) => 2 ** u);
/** The mean squared distance is at least this: the rows may be equal. */
const least = 1e-12;

/**
 * Joint maximum mean discrepancy of several layers: the difference of their joint distributions in two batches.
 *
 * L = Σ_{i≠j} k(s_i, s_j) / n(n-1) + Σ_{i≠j} k(t_i, t_j) / m(m-1) - 2 Σ k(s_i, t_j) / nm,   k = Π_layers Σ_u e^(-‖x - x'‖² / 2σ_u²)
 *
 * No gradient passes the mean squared distances. The mean is over all pairs of rows of both, including a row with itself.
 * @param layers n, m ≥ 2 rows each
 * @returns the value, float32[], about 0 for equal distributions; and the constants of `differentiate()`.
 * @see Long et al., "Deep Transfer Learning with Joint Adaptation Networks", 2017; the unbiased estimate of
 * Transfer-Learning-Library's `jan.py`
 */
export function jointMmd(
  g: Builder,
  layers: readonly JointLayer[],
): { readonly value: Value; readonly constants: readonly Value[] } {
  const constants: Value[] = [];
  const kernels = layers.map(({ source, target, sigma }) => {
    const distances = squaredDistances(g, g.concat([source, target], 0));
    if (sigma !== undefined) return gaussian(g, distances, g.number(-1 / (2 * sigma ** 2)));
    const mean = g.max(g.reduceMean(distances), g.number(least));
    constants.push(mean);
    return scales
      .map((scale) => gaussian(g, distances, g.div(g.number(-1 / (2 * scale)), mean)))
      .reduce((a, b) => g.add(a, b));
  });
  const { source, target } = layers[0]!;
  const weights = pairWeights(g.dims(source)[0]!, g.dims(target)[0]!);
  const joint = kernels.reduce((a, b) => g.mul(a, b));
  return { value: g.reduceSum(g.mul(joint, g.constant(weights))), constants };
}

const gaussian = (g: Builder, distances: Value, factor: Value): Value => g.exp(g.mul(distances, factor));

/** ‖x - x'‖² = ‖x‖² + ‖x'‖² - 2 x·x', float32[N, D] -> float32[N, N] */
function squaredDistances(g: Builder, x: Value): Value {
  const squares = g.reduceSum(g.mul(x, x), { axes: [1], keepdims: true });
  const products = g.matmul(x, g.transpose(x, [1, 0]));
  return g.sub(g.add(squares, g.transpose(squares, [1, 0])), g.mul(products, g.number(2)));
}

/** Weight of each pair of rows in the estimate, float32[n + m, n + m]; 0 for a row with itself. */
function pairWeights(n: number, m: number) {
  const total = n + m;
  const weightOf = (i: number, j: number): number => {
    if (i === j) return 0;
    if (i < n !== j < n) return -1 / (n * m);
    return i < n ? 1 / (n * (n - 1)) : 1 / (m * (m - 1));
  };
  const weights = Float32Array.from({ length: total * total }, (_, at) =>
    weightOf(Math.floor(at / total), at % total),
  );
  return float32([total, total], weights);
}
