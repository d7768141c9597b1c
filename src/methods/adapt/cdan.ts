import { draws } from "../../core/random.js";
import { float32 } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import { certainty } from "../../losses/class-confusion.js";
import { readSettings } from "../settings.js";
import type { Aligner } from "./align.js";
import { adversary } from "./discriminator.js";
import { cdanSettings } from "./settings.js";

/** Widest outer product. A wider one is replaced by a product of random projections, as in the paper. */
const widestProduct = 4096;
/** Width of random projections, as in the authors' code. */
const projected = 1024;

/**
 * CDAN: a discriminator tells the domains apart by the features *and* the predicted classes.
 *
 * loss = CE_source + trade-off · ½ [BCE(D(R(h_s)), 1) + BCE(D(R(h_t)), 0)],   h = f ⊗ p, or (A f) ⊙ (B p) / √d with
 * random A and B,   p = softmax(z)
 *
 * No gradient passes p. With `entropy` (CDAN+E) each sample has the weight 1 + e^(-H(p)) in the mean of its domain.
 * @see Long et al., "Conditional Adversarial Domain Adaptation", 2018
 */
export const cdan: Aligner = (model, { width, classes, tradeOff, seed, option }) => {
  const { alpha, hidden, entropy } = readSettings(cdanSettings, option as never, 'method "cdan"');
  const random = width * classes > widestProduct;
  const rows = random ? projected : width * classes;
  const { confusion, ...own } = adversary(model, { width: rows, features: width, hidden, alpha, seed });
  return {
    ...own,
    terms(g, { source, target }, before, logits) {
      const z = g.concat([logits.source, logits.target], 0);
      const p = g.softmax(z);
      const weights = entropy ? g.unsqueeze(certainty(g, z), [1]) : undefined;
      const f = g.concat([source, target], 0);
      const h = random ? projectedProduct(g, f, p, seed) : outerProduct(g, f, p);
      const { value, constants } = confusion(g, h, g.dims(source)[0]!, before, weights);
      return {
        terms: { alignment: { value, weight: tradeOff } },
        constants: [...constants, p, ...(weights === undefined ? [] : [weights])],
      };
    },
  };
};

/** h_(c D + i) = p_c f_i, float32[n, D] and float32[n, C] -> float32[n, C D] */
function outerProduct(g: Builder, f: Value, p: Value): Value {
  const [n, width] = g.dims(f) as [number, number];
  const [, classes] = g.dims(p) as [number, number];
  return g.reshape(g.mul(g.unsqueeze(p, [2]), g.unsqueeze(f, [1])), [n, classes * width]);
}

/** (A f) ⊙ (B p) / √d with normal A and B, float32[n, D] and float32[n, C] -> float32[n, d] */
function projectedProduct(g: Builder, f: Value, p: Value, seed: number): Value {
  const project = (x: Value, name: string): Value => {
    const [, width] = g.dims(x) as [number, number];
    const draw = draws(seed, "random projection", name);
    const values = Float32Array.from({ length: width * projected }, () => draw.normal());
    return g.matmul(x, g.constant(float32([width, projected], values)));
  };
  const product = g.mul(project(f, "features"), project(p, "classes"));
  return g.mul(product, g.number(1 / Math.sqrt(projected)));
}
