import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Loss of a domain discriminator: binary cross-entropy of its logits, each domain with weight ½.
 *
 * L = ½ [mean_s -log σ(d_s) + mean_t -log(1 - σ(d_t))],   -log σ(z) = max(-z, 0) + log(1 + e^(-|z|))
 *
 * The discriminator minimises it. Features that reach it through `reverseGradient()` maximise it. log 2 means that the
 * discriminator cannot distinguish the domains.
 * @param source,target float32[n, 1], float32[m, 1]: high for source
 * @param weights of the samples, float32[n, 1], float32[m, 1], > 0: each mean is a weighted one. Default: all alike.
 * @returns float32[], nats, ≥ 0.
 * @see Ganin et al., "Domain-Adversarial Training of Neural Networks", 2016
 */
export function domainConfusion(
  g: Builder,
  source: Value,
  target: Value,
  weights?: { readonly source: Value; readonly target: Value },
): Value {
  const wrong = (z: Value): Value => g.add(g.relu(z), g.log(g.add(g.exp(g.neg(g.abs(z))), g.number(1))));
  const mean = (x: Value, w: Value | undefined): Value =>
    w === undefined ? g.reduceMean(x) : g.div(g.reduceSum(g.mul(x, w)), g.reduceSum(w));
  const sum = g.add(mean(wrong(g.neg(source)), weights?.source), mean(wrong(target), weights?.target));
  return g.mul(sum, g.number(0.5));
}
