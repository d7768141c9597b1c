/** Index of the largest value, counted from `first`; the first of equal ones. @param count values to look at, default: all from `first` on */
export function argmax(values: ArrayLike<number>, first = 0, count = values.length - first): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[first + k]! > values[first + best]!) best = k;
  return best;
}

/** Returns Σ_k exp(z_k − max) of `count` values. */
function shiftedSum(z: ArrayLike<number>, first: number, count: number, max: number): number {
  let sum = 0;
  for (let k = first; k < first + count; k++) sum += Math.exp(z[k]! - max);
  return sum;
}

/** Returns log Σ_k exp(z_k) without overflow. @param count logits of the row that begins at `first`, default: all from `first` on */
export function logSumExp(z: ArrayLike<number>, first = 0, count = z.length - first): number {
  const max = z[first + argmax(z, first, count)]!;
  return max + Math.log(shiftedSum(z, first, count, max));
}

/**
 * Returns log softmax(z)_k = z_k − log Σ_j exp(z_j); minus this is the cross-entropy of label k in nats.
 * @param count logits of the row that begins at `first`, default: all from `first` on
 */
export function logProbability(z: ArrayLike<number>, k: number, first = 0, count = z.length - first): number {
  const max = z[first + argmax(z, first, count)]!;
  // The difference first: the logarithm is tiny compared with large logits.
  return z[first + k]! - max - Math.log(shiftedSum(z, first, count, max));
}

/**
 * Softmax of each row in float64.
 *
 * p_k = exp(z_k / T − m) / Σ_j exp(z_j / T − m), m = max_j z_j / T
 *
 * @param logits float32[N, C], row-major
 * @param temperature T > 0, default 1
 */
export function softmaxRows(logits: ArrayLike<number>, classes: number, temperature = 1): Float64Array {
  const p = new Float64Array(logits.length);
  for (let row = 0; row < p.length; row += classes) {
    const max = logits[row + argmax(logits, row, classes)]!;
    let sum = 0;
    for (let k = row; k < row + classes; k++) {
      p[k] = Math.exp((logits[k]! - max) / temperature);
      sum += p[k]!;
    }
    for (let k = row; k < row + classes; k++) p[k] = p[k]! / sum;
  }
  return p;
}

/** Softmax of one row of logits. */
export function softmax(logits: ArrayLike<number>): number[] {
  return Array.from(softmaxRows(logits, logits.length));
}

/** Mean binary cross-entropy of independent logits in nats: softplus(z) − y z, y 0 or 1. */
export function binaryCrossEntropy(logits: ArrayLike<number>, targets: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const z = logits[i]!;
    // softplus(z) = log(1 + eᶻ) without overflow.
    sum += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - targets[i]! * z;
  }
  return sum / Math.max(1, targets.length);
}
