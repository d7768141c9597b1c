import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/** Smallest length at which a row still has a direction. */
const least = 1e-12;

/**
 * Squared error of the cosine of each pair, one value per pair.
 *
 * loss_i = (cos(u_i, v_i) − t_i)²,   cos(u, v) = Σ u v / √(Σ u² · Σ v²)
 *
 * @param u float32[P, D]
 * @param v float32[P, D]
 * @param targets float32[P], −1 … 1: 1 alike, 0 unrelated
 * @returns float32[P], 0 … 4, lower is better
 * @see Reimers & Gurevych, "Sentence-BERT", 2019, section 3 (regression objective); SetFit's default loss
 * @example const losses = cosineSimilarityLoss(g, first, second, same);
 */
export function cosineSimilarityLoss(g: Builder, u: Value, v: Value, targets: Value): Value {
  const axes = [1];
  const product = g.reduceSum(g.mul(u, v), { axes });
  const lengths = g.mul(g.reduceSumSquare(u, { axes }), g.reduceSumSquare(v, { axes }));
  const far = g.sub(g.div(product, g.sqrt(g.add(lengths, g.number(least)))), targets);
  return g.mul(far, far);
}
