/** First and second derivative of the loss for one output, float32[count]. */
export interface Derivatives {
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
}

/** A loss over all rows. Scores are float64[count, outputs]; targets are the class of each row, or float64[count, outputs]. */
export interface Loss {
  /** Returns the sum over the rows. */
  readonly total: (
    scores: Float64Array,
    targets: ArrayLike<number>,
    count: number,
    outputs: number,
  ) => number;
  /** Writes the derivatives by each output's score. */
  readonly derive: (
    scores: Float64Array,
    targets: ArrayLike<number>,
    count: number,
    to: readonly Derivatives[],
  ) => void;
}

// L = (s − y)² / 2      dL/ds = s − y      d²L/ds² = 1
export const squared: Loss = {
  total(scores, targets, count, outputs) {
    let sum = 0;
    for (let at = 0; at < count * outputs; at++) sum += (scores[at]! - targets[at]!) ** 2;
    return sum;
  },
  derive(scores, targets, count, to) {
    for (const [k, { gradient, hessian }] of to.entries()) {
      for (let i = 0, at = k; i < count; i++, at += to.length) gradient[i] = scores[at]! - targets[at]!;
      hessian.fill(1);
    }
  },
};

// p = σ(s), L = log(1 + e^s) − y s      dL/ds = p − y      d²L/ds² = p (1 − p)
export const logistic: Loss = {
  total(scores, targets, count) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const s = scores[i]!;
      sum += Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))) - targets[i]! * s;
    }
    return sum;
  },
  derive(scores, targets, count, [to]) {
    const { gradient, hessian } = to!;
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-scores[i]!));
      gradient[i] = p - targets[i]!;
      hessian[i] = p * (1 - p);
    }
  },
};

// p = softmax(s), L = −log p_y      dL/ds_k = p_k − [k = y]      d²L/ds_k² = p_k (1 − p_k)
export const softmax: Loss = {
  total(scores, targets, count, outputs) {
    const p = new Float64Array(outputs);
    let sum = 0;
    for (let i = 0; i < count; i++)
      sum += exponentials(scores, i * outputs, p) - scores[i * outputs + targets[i]!]!;
    return sum;
  },
  derive(scores, targets, count, to) {
    const outputs = to.length;
    const exps = new Float64Array(outputs);
    for (let i = 0; i < count; i++) {
      exponentials(scores, i * outputs, exps);
      let total = 0;
      for (let k = 0; k < outputs; k++) total += exps[k]!;
      for (let k = 0; k < outputs; k++) {
        const p = exps[k]! / total;
        to[k]!.gradient[i] = p - (targets[i] === k ? 1 : 0);
        to[k]!.hessian[i] = p * (1 - p);
      }
    }
  },
};

/** Writes e^(s_k − max) for the scores of a row. @returns log Σ e^s_k */
function exponentials(scores: Float64Array, from: number, into: Float64Array): number {
  let most = scores[from]!;
  for (let k = 1; k < into.length; k++) most = Math.max(most, scores[from + k]!);
  let total = 0;
  for (let k = 0; k < into.length; k++) {
    into[k] = Math.exp(scores[from + k]! - most);
    total += into[k]!;
  }
  return most + Math.log(total);
}
