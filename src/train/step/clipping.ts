import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";

/**
 * Clips by the global norm: g ← g · min(1, c / (‖g‖ + 1e-6)), with the norm over all gradients together.
 * @see Pascanu et al. 2013; torch.nn.utils.clip_grad_norm_ (source of the 1e-6)
 */
export function clipping(g: Builder, limit: number | undefined, squaresOf: () => readonly Value[]) {
  if (limit === undefined) return { apply: (v: Value): Value => v, norm: undefined };
  const norm = g.sqrt(squaresOf().reduce((a, b) => g.add(a, b)));
  const factor = g.min(g.number(1), g.div(g.number(limit), g.add(norm, g.number(1e-6))));
  return { apply: (v: Value): Value => g.mul(v, factor), norm };
}
