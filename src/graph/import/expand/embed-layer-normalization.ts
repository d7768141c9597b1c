import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { type Expand, required, shapeOf } from "./expansion.js";
import { layerNormalization } from "./normalizations.js";
import { positions } from "./positions.js";

/**
 * Expands BERT's first layer: y = LayerNormalization(word[ids] + position[0 … S - 1] + segment[segment ids]).
 * Output 1 is the number of tokens that the mask keeps. Output 2 is the sum before normalisation.
 */
export const embedLayerNormalization: Expand = (e) => {
  const { g } = e;
  const ids = required(e, 0, "input_ids");
  shapeOf(e, ids, "input_ids", 2);
  const segments = e.input(1);
  const words = g.gather(required(e, 2, "word_embedding"), ids);
  const at = e.input(8) ?? positions(g, ids, 1);
  let sum = g.add(words, g.gather(required(e, 3, "position_embedding"), at));
  if (segments !== undefined) sum = g.add(sum, g.gather(required(e, 4, "segment_embedding"), segments));
  const y = layerNormalization(g, sum, {
    gamma: required(e, 5, "gamma"),
    beta: required(e, 6, "beta"),
    epsilon: e.a.floatOr("epsilon", 1e-12),
  });
  return [y, e.reads(1) ? lengths(g, required(e, 7, "mask")) : undefined, sum];
};

/** Number of tokens that the mask keeps in each row: int32[B]. */
function lengths(g: Builder, mask: Value): Value {
  return g.reduceSum(g.cast(g.equal(mask, g.number(1, mask)), "int32"), { axes: [1] });
}
