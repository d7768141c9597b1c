import { EngraftError } from "../core/errors.js";
import { argmax } from "../linalg/softmax.js";

/** A fitted temperature, and the loss before and after. */
export interface Temperature {
  /** Divisor of the logits: above 1 the model was overconfident, below 1 underconfident. */
  readonly temperature: number;
  /** Mean cross-entropy in nats, at temperature 1 and at this one. */
  readonly before: number;
  readonly after: number;
}

/** T from e^-5 to e^5; beyond it probabilities are 0 and 1, or all equal. */
const widest = 5;

/**
 * Finds the temperature of the lowest loss.
 *
 * T = argmin −(1/N) Σ log softmax(z_i / T)_{y_i}. With b = 1 / T the loss is convex: L'(b) = mean (Σ_k p_k z_k − z_y),
 * L''(b) = mean Var_p(z); Newton's steps in log b, within a shrinking bracket. The predicted class stays the same.
 *
 * Fit it on items that the weights have not seen, such as the validation split. If every item is right by far, the loss
 * falls without end; if the logits are uninformative, it does not fall at all: T is then at its limit, e^∓5.
 *
 * @param logits float32[N, C]
 * @throws DataError for no items, ShapeError if lengths differ
 * @see Guo et al. 2017, On calibration of modern neural networks, section 4.2
 * @example fitTemperature(validation.logits, validation.labels, classes.length).temperature
 */
export function fitTemperature(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Temperature {
  const n = labels.length;
  if (n === 0) throw new EngraftError("DataError", "there are no items to fit a temperature on");
  if (logits.length !== n * classes)
    throw new EngraftError(
      "ShapeError",
      `${n} labels and ${classes} classes need ${n * classes} scores, got ${logits.length}`,
    );
  let [low, high] = [-widest, widest];
  const slopeAt = (v: number): number => lossAt(logits, labels, classes, Math.exp(v)).slope;
  let u = slopeAt(high) < 0 ? high : slopeAt(low) > 0 ? low : 0;
  for (let step = 0; step < 100 && Math.abs(u) < widest; step++) {
    const b = Math.exp(u);
    const { slope, curvature } = lossAt(logits, labels, classes, b);
    if (slope === 0) break;
    if (slope > 0) high = u;
    else low = u;
    // dL/du = b L'(b), d²L/du² = b L'(b) + b² L''(b)
    const second = b * slope + b * b * curvature;
    const next = second > 0 ? u - (b * slope) / second : Number.NaN;
    const kept = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(kept - u) < 1e-10) break;
    u = kept;
  }
  return {
    temperature: Math.exp(-u),
    before: lossAt(logits, labels, classes, 1).loss,
    after: lossAt(logits, labels, classes, Math.exp(u)).loss,
  };
}

function lossAt(z: ArrayLike<number>, labels: ArrayLike<number>, classes: number, b: number) {
  const n = labels.length;
  let [loss, slope, curvature] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const row = i * classes;
    const max = z[row + argmax(z, row, classes)]!;
    let [sum, first, second] = [0, 0, 0];
    for (let k = 0; k < classes; k++) {
      // From the highest score: nothing overflows, and variances do not cancel.
      const d = z[row + k]! - max;
      const e = Math.exp(b * d);
      sum += e;
      first += e * d;
      second += e * d * d;
    }
    const mean = first / sum;
    const own = z[row + labels[i]!]! - max;
    loss += (Math.log(sum) - b * own) / n;
    slope += (mean - own) / n;
    curvature += (second / sum - mean * mean) / n;
  }
  return { loss, slope, curvature };
}
