import { EngraftError } from "../core/errors.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Sum of the losses of several tasks, weighted by learnt uncertainties.
 *
 * L = Σ_t present_t · (exp(-s_t) L_t + ½ s_t),   s_t = log σ_t²
 *
 * for cross-entropies, which Kendall et al. divide by σ² (not 2σ², as squared errors). As the weights fit, s_t
 * approaches log 2 L_t: harder tasks count less, and ½ s_t bounds s. A task without a sample in the batch is left out;
 * otherwise its s would fall without reason.
 * @param losses L_t, float32[] each.
 * @param logVariances s, float32[T]; start with zeros.
 * @param present float32[] each, 0 or 1.
 * @returns float32[]
 * @throws ShapeError if their numbers differ
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
      `${losses.length} losses need as many uncertainties and presence flags: got ${count} and ${present.length}`,
    );
  return losses
    .map((loss, t) => {
      const s = g.reduceSum(g.slice(logVariances, { starts: [t], ends: [t + 1], axes: [0] }));
      return g.mul(present[t]!, g.add(g.mul(g.exp(g.neg(s)), loss), g.mul(s, g.number(0.5))));
    })
    .reduce(g.add);
}
