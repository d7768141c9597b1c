import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";
import type { ShareTargets } from "./share-cross-entropy.js";

/** Added to both sides of the fraction, in places: a class with hardly any place has a bounded gradient. */
const smoothing = 1;

/**
 * Soft Dice loss of maps over a whole batch, as a mean over the classes that occur.
 *
 * I_k = Σ_p v_p π_pk t_pk,   S_k = Σ_p v_p π_pk + Σ_p v_p t_pk
 *
 * loss = 1 − mean over k of (2 I_k + 1) / (S_k + 1)
 *
 * The sums are over the batch, and a class without a true place in it is left out. Otherwise, an image without the class would push by
 * the smoothing alone.
 *
 * @param p π, float32[B, K, h, w]: probabilities
 * @param from first class that counts. Default 0; 1 leaves out the background
 * @returns float32[], 0 … 1, lower is better; 0 if no class occurs
 * @see Milletari et al., "V-Net", 2016, section 3, with plain instead of squared sums
 */
export function softDice(g: Builder, p: Value, { shares, counted }: ShareTargets, from = 0): Value {
  const over = { axes: [0, 2, 3] };
  const truth = g.mul(shares, counted);
  const [predicted, own] = [g.reduceSum(g.mul(p, counted), over), g.reduceSum(truth, over)];
  const shared = g.reduceSum(g.mul(p, truth), over);
  const one = g.number(smoothing);
  const dice = g.div(g.add(g.mul(shared, g.number(2)), one), g.add(g.add(predicted, own), one));
  const classes = g.dims(p)[1]!;
  const part = (x: Value): Value =>
    from === 0 ? x : g.slice(x, { starts: [from], ends: [classes], axes: [0] });
  const occurs = part(g.cast(g.greater(own, g.number(0)), "float32"));
  const rest = g.mul(occurs, g.sub(g.number(1), part(dice)));
  return g.div(g.reduceSum(rest), g.max(g.reduceSum(occurs), g.number(1)));
}
