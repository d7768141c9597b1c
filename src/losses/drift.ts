import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Half the squared distance of weights from their initial values: Σ ½‖w - w⁰‖², over all pairs; without w⁰, from 0.
 *
 * Its gradient for w is w - w⁰.
 * @returns float32[], ≥ 0
 * @see Li, Grandvalet & Davoine, "Explicit Inductive Bias for Transfer Learning with Convolutional Networks", 2018
 * @example const drift = weightDrift(g, [{ now: weight, before: pretrained }]);
 */
export function weightDrift(
  g: Builder,
  weights: readonly { readonly now: Value; readonly before?: Value }[],
): Value {
  const squares = weights.map(({ now, before }) =>
    g.reduceSumSquare(before === undefined ? now : g.sub(now, before)),
  );
  return g.mul(squares.reduce(g.add), g.number(0.5));
}

/**
 * Distance of feature maps from those of the frozen initial model, one value per item:
 *
 * loss_i = Σ_c ½ ‖FM_c(w, x_i) - FM_c(w⁰, x_i)‖² / (H · W)
 *
 * summed over channels c, averaged over places. This is DELTA's term with the same weight for every channel.
 * @param now float32[N, C, H, W], or float32[N, L, C] for tokens.
 * @param before the same shape.
 * @returns float32[N], ≥ 0
 * @see Li et al., "DELTA: Deep Learning Transfer using Feature Map with Attention", 2019, section 3.2
 */
export function featureMapDrift(g: Builder, now: Value, before: Value): Value {
  const dims = g.dims(now);
  const places = dims.length === 4 ? dims[2]! * dims[3]! : dims.length === 3 ? dims[1]! : 1;
  const axes = dims.slice(1).map((_, i) => i + 1);
  const squares = g.reduceSumSquare(g.sub(now, before), { axes });
  return g.mul(squares, g.number(0.5 / places));
}
