import { EngraftError } from "../core/errors.js";
import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";

/**
 * Mean squared error, one value per item: loss_i = (1/T) Σ_t (ŷ_it − y_it)²
 *
 * @param predicted float32[N, T].
 * @param truth float32[N, T], of the same scale.
 * @returns float32[N], ≥ 0, lower is better.
 */
export function squaredError(g: Builder, predicted: Value, truth: Value): Value {
  const error = g.sub(predicted, truth);
  return g.reduceMean(g.mul(error, error), { axes: [1] });
}

/**
 * Huber loss, one value per item: loss_i = (1/T) Σ_t h(ŷ_it − y_it), h(e) = ½ e² for |e| ≤ δ, else δ (|e| − ½ δ). The
 * gradient of outliers is bounded. Written with q = min(|e|, δ): h = q (|e| − ½ q).
 *
 * @param delta δ > 0, in the unit of the values; 1 is one standard deviation if they are standardised.
 * @returns float32[N], ≥ 0, lower is better.
 * @throws OptionError for a δ that is no positive number
 * @see Huber, "Robust Estimation of a Location Parameter", 1964; torch.nn.HuberLoss
 */
export function huberError(g: Builder, predicted: Value, truth: Value, delta = 1): Value {
  if (!(delta > 0 && Number.isFinite(delta)))
    throw new EngraftError("OptionError", `Huber's δ is ${delta}`, {
      help: "use a number above 0, 1 is usual",
    });
  const size = g.abs(g.sub(predicted, truth));
  const near = g.min(size, g.number(delta));
  return g.reduceMean(g.mul(near, g.sub(size, g.mul(near, g.number(0.5)))), { axes: [1] });
}
