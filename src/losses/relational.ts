import { float32 } from "../core/tensor.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Squared distance below which two items count as one place: their distance is constant, because it has no gradient.
 */
const together = 1e-12;

/**
 * Relational distillation by distance: difference of the relative distances within a batch between two networks.
 *
 * ψ(i, j) = ‖x_i - x_j‖ / μ,   μ the mean of the distances,   loss = mean_{i ≠ j} huber(ψ_s(i, j), ψ_t(i, j))
 *
 * huber(a, b) = ½ d² for d = |a - b| ≤ 1, d - ½ above. Both μ take part in the gradient. Means are over pairs of two
 * different items; the authors' code divides the sum by N², which counts pairs of an item with itself.
 * @param student float32[N, D].
 * @param teacher float32[N, E].
 * @param weights float32[N], 0 or 1: 0 for padding rows.
 * @returns float32[], ≥ 0; 0 for fewer than two items
 * @see Park et al., "Relational Knowledge Distillation", 2019, equations 4 and 5
 */
export function relationalDistance(g: Builder, student: Value, teacher: Value, weights: Value): Value {
  const n = g.dims(student)[0]!;
  const pairs = pairsOf(g, weights, n);
  const count = g.max(g.reduceSum(pairs), g.number(1));
  const relative = (x: Value): Value => {
    const distances = g.mul(lengths(g, differences(g, x)), pairs);
    const mean = g.div(g.reduceSum(distances), count);
    return g.div(distances, g.max(mean, g.number(together)));
  };
  return g.div(g.reduceSum(g.mul(huber(g, relative(student), relative(teacher)), pairs)), count);
}

/**
 * Relational distillation by angle: difference of the angles between three items in two networks.
 *
 * ψ(i, j, k) = ⟨e_ij, e_kj⟩,   e_ij = (x_i - x_j) / ‖x_i - x_j‖,   loss = mean huber(ψ_s(i, j, k), ψ_t(i, j, k))
 *
 * over triples of three different items; needs N² D and N³ numbers at a time.
 * @param student float32[N, D].
 * @param teacher float32[N, E].
 * @param weights float32[N], 0 or 1.
 * @returns float32[], ≥ 0; 0 for fewer than three items
 * @see Park et al., "Relational Knowledge Distillation", 2019, equations 6 and 7
 */
export function relationalAngle(g: Builder, student: Value, teacher: Value, weights: Value): Value {
  const n = g.dims(student)[0]!;
  const pairs = pairsOf(g, weights, n);
  // [j, i, k]: j in the middle, three different items of weight 1.
  const triples = g.mul(g.mul(g.unsqueeze(pairs, [2]), g.unsqueeze(pairs, [1])), g.unsqueeze(pairs, [0]));
  const angles = (x: Value): Value => {
    const d = differences(g, x);
    const e = g.div(d, g.unsqueeze(lengths(g, d), [2]));
    return g.matmul(e, g.transpose(e, [0, 2, 1]));
  };
  const losses = g.mul(huber(g, angles(student), angles(teacher)), triples);
  return g.div(g.reduceSum(losses), g.max(g.reduceSum(triples), g.number(1)));
}

/** [j, i, :] = x_i - x_j. */
function differences(g: Builder, x: Value): Value {
  return g.sub(g.unsqueeze(x, [0]), g.unsqueeze(x, [1]));
}

/** ‖d‖ over the last axis, at least 1e-6. */
function lengths(g: Builder, d: Value): Value {
  return g.sqrt(g.max(g.reduceSumSquare(d, { axes: [2] }), g.number(together)));
}

/** float32[N, N]: 1 for two different items of weight 1. */
function pairsOf(g: Builder, weights: Value, n: number): Value {
  const different = Float32Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) === i % n ? 0 : 1));
  const both = g.mul(g.unsqueeze(weights, [0]), g.unsqueeze(weights, [1]));
  return g.mul(both, g.constant(float32([n, n], different)));
}

/** With m = min(d, 1): ½ d² and d - ½ are both m (d - m / 2). */
function huber(g: Builder, a: Value, b: Value): Value {
  const d = g.abs(g.sub(a, b));
  const m = g.min(d, g.number(1));
  return g.mul(m, g.sub(d, g.mul(m, g.number(0.5))));
}
