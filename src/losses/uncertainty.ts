import { EngraftError } from "../core/errors.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Losses of several tasks, weighted by how uncertain each task is; the uncertainties are learnt beside the weights.
 *
 * L = Σ_t present_t · (exp(-s_t) L_t + ½ s_t),   s_t = log σ_t²
 *
 * for cross-entropies, which Kendall et al. divide by σ² (not 2σ², as squared errors). With weights that fit, s_t goes to
 * log 2 L_t: what is hard counts less, and ½ s_t keeps s from growing without end. A task without an example in the
 * batch has no part, or its s would fall for nothing.
 * @param losses L_t, float32[] each. @param logVariances s, float32[T]; start with zeros. @param present float32[] each, 0
 * or 1. @returns float32[]
 * @throws ShapeError when their numbers differ
 * @see Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", 2018, equation 10
 */
export function uncertaintyWeighted(
  g: Builder,
  losses: readonly Value[],
  logVariances: Value,
  present: readonly Value[],
): Value {
  const [count] = g.dims(logVariances);
  if (count !== losses.length || present.length !== losses.length)
    throw new EngraftError(
      "ShapeError",
      `${losses.length} losses have ${count} uncertainties and ${present.length} marks of presence`,
    );
  return losses
    .map((loss, t) => {
      const s = g.reduceSum(g.slice(logVariances, { starts: [t], ends: [t + 1], axes: [0] }));
      return g.mul(present[t]!, g.add(g.mul(g.exp(g.neg(s)), loss), g.mul(s, g.number(0.5))));
    })
    .reduce(g.add);
}
