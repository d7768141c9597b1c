import { minimise } from "../../linalg/lbfgs.js";
import type { SmoothFunction } from "../../linalg/line-search.js";
import { softmaxRows } from "../../linalg/softmax.js";

/** Features of all layers with classes. */
export interface LayerFeatures {
  /** m: the layers of each sample, float32[N, L, D] */
  readonly layers: Float32Array;
  /** y, integers from 0 to C − 1: N of them. */
  readonly labels: ArrayLike<number>;
  readonly count: { readonly layers: number; readonly width: number; readonly classes: number };
}

/**
 * Returns the loss of a linear classifier on a mix of layers as a function of all its parameters x = [w; W; b], with
 * w float64[L], W float64[C, D], b float64[C].
 *
 * a = softmax(w)   z_n = Σ_i a_i m_ni   f = 1/N · (Σ_n −log softmax(W z_n + b)_{y_n} + (|W|² + |w|²) / 2)
 *
 * With r_n = softmax(W z_n + b) − 1_{y_n}:   ∂f/∂W = (Σ_n r_n z_nᵀ + W) / N   ∂f/∂b = Σ_n r_n / N
 * q_i = Σ_n r_nᵀ W m_ni / N   ∂f/∂w_i = a_i (q_i − Σ_j a_j q_j) + w_i / N
 *
 * The penalty of w keeps every share above 0, so that a training can still move it.
 */
export function layerMixLoss({ layers, labels, count }: LayerFeatures): SmoothFunction {
  const { layers: L, width: D, classes: C } = count;
  const N = labels.length;
  const z = new Float64Array(D);
  const back = new Float64Array(D);
  return (x, gradient) => {
    const W = x.subarray(L, L + C * D);
    const b = x.subarray(L + C * D);
    const a = softmaxRows(x.subarray(0, L), L);
    const q = new Float64Array(L);
    gradient.fill(0);
    let loss = 0;
    for (let n = 0; n < N; n++) {
      const rows = layers.subarray(n * L * D, (n + 1) * L * D);
      z.fill(0);
      for (let i = 0; i < L; i++) for (let d = 0; d < D; d++) z[d]! += a[i]! * rows[i * D + d]!;
      const logits = b.slice();
      for (let c = 0; c < C; c++) for (let d = 0; d < D; d++) logits[c]! += W[c * D + d]! * z[d]!;
      const r = softmaxRows(logits, C);
      const y = labels[n]!;
      // −log of a probability that may be 0 in float64.
      loss -= Math.log(Math.max(r[y]!, Number.MIN_VALUE));
      r[y]! -= 1;
      back.fill(0);
      for (let c = 0; c < C; c++) {
        gradient[L + C * D + c]! += r[c]!;
        for (let d = 0; d < D; d++) {
          gradient[L + c * D + d]! += r[c]! * z[d]!;
          back[d]! += r[c]! * W[c * D + d]!;
        }
      }
      for (let i = 0; i < L; i++) for (let d = 0; d < D; d++) q[i]! += back[d]! * rows[i * D + d]!;
    }
    const mean = q.reduce((sum, v, i) => sum + a[i]! * v, 0);
    for (let i = 0; i < L; i++) gradient[i] = a[i]! * (q[i]! - mean);
    let squares = 0;
    for (let k = 0; k < L + C * D; k++) {
      squares += x[k]! ** 2;
      gradient[k]! += x[k]!;
    }
    for (let k = 0; k < gradient.length; k++) gradient[k]! /= N;
    return (loss + squares / 2) / N;
  };
}

/**
 * Learns the weights of a mix of layers together with a linear classifier, from equal shares on. Each feature is centred, and all are
 * divided by one number, so that the penalty of the classifier does not depend on the scale of the base.
 * @returns w float32[L]: the shares are softmax(w)
 * @see Yang et al., "SUPERB: Speech processing Universal PERformance Benchmark", 2021, section 3.1
 */
export function fitLayerMix(given: LayerFeatures): Float32Array {
  const { layers: L, width: D, classes: C } = given.count;
  const layers = scaled(given.layers, L * D);
  const start = new Float64Array(L + C * D + C);
  const { x } = minimise(layerMixLoss({ ...given, layers }), start, { tolerance: 1e-5 });
  return Float32Array.from(x.subarray(0, L));
}

/** Centres each column, and divides all by the root of their mean square. */
function scaled(rows: Float32Array, width: number): Float32Array {
  const count = rows.length / width;
  const means = new Float64Array(width);
  rows.forEach((v, k) => {
    means[k % width]! += v / count;
  });
  const centred = rows.map((v, k) => v - means[k % width]!);
  const power = centred.reduce((sum, v) => sum + v * v, 0) / Math.max(1, rows.length);
  const scale = 1 / Math.sqrt(power || 1);
  return centred.map((v) => v * scale);
}
