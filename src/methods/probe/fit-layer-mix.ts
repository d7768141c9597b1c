import { minimise } from "../../linalg/lbfgs.js";
import type { SmoothFunction } from "../../linalg/line-search.js";
import { softmaxRows } from "../../linalg/softmax.js";

/** What the targets of samples are. */
export type MixTargets = "classes" | "labels" | "numbers";

/** Features of all layers with targets. */
export interface LayerFeatures {
  /** m: the layers of each sample, float32[N, L, D] */
  readonly layers: Float32Array;
  /** t[N, C]: 1 for the class or each label of a sample, else 0; or standardised numbers. */
  readonly targets: ArrayLike<number>;
  readonly of: MixTargets;
  readonly count: { readonly layers: number; readonly width: number; readonly outputs: number };
}

/** −log p, of a probability that may be 0 in float64. */
const surprise = (p: number): number => -Math.log(Math.max(p, Number.MIN_VALUE));

/**
 * Loss ℓ of the outputs o of a sample, and its gradient r = ∂ℓ/∂o, which replaces o.
 *
 * classes   ℓ = −Σ_c t_c log softmax(o)_c                          r = softmax(o) − t
 * labels    ℓ = −Σ_c t_c log σ(o_c) + (1 − t_c) log(1 − σ(o_c))    r = σ(o) − t
 * numbers   ℓ = ½ Σ_c (o_c − t_c)²                                 r = o − t
 */
const losses: Readonly<Record<MixTargets, (o: Float64Array, t: (c: number) => number) => number>> = {
  classes(o, t) {
    o.set(softmaxRows(o, o.length));
    let loss = 0;
    for (let c = 0; c < o.length; c++) if (t(c) > 0) loss += t(c) * surprise(o[c]!);
    for (let c = 0; c < o.length; c++) o[c]! -= t(c);
    return loss;
  },
  labels(o, t) {
    let loss = 0;
    for (let c = 0; c < o.length; c++) {
      // −log σ(o) = log(1 + e⁻ᵒ), and −log(1 − σ(o)) = that of −o.
      const signed = t(c) > 0 ? o[c]! : -o[c]!;
      loss += Math.max(0, -signed) + Math.log1p(Math.exp(-Math.abs(signed)));
      o[c] = 1 / (1 + Math.exp(-o[c]!)) - t(c);
    }
    return loss;
  },
  numbers(o, t) {
    let loss = 0;
    for (let c = 0; c < o.length; c++) {
      o[c]! -= t(c);
      loss += o[c]! ** 2 / 2;
    }
    return loss;
  },
};

/**
 * Returns the loss of a linear model on a mix of layers as a function of all its parameters x = [w; W; b], with
 * w float64[L], W float64[C, D], b float64[C].
 *
 * a = softmax(w)   z_n = Σ_i a_i m_ni   f = 1/N · (Σ_n ℓ(W z_n + b, t_n) + (|W|² + |w|²) / 2)
 *
 * With r_n = ∂ℓ/∂o at o = W z_n + b:   ∂f/∂W = (Σ_n r_n z_nᵀ + W) / N   ∂f/∂b = Σ_n r_n / N
 * q_i = Σ_n r_nᵀ W m_ni / N   ∂f/∂w_i = a_i (q_i − Σ_j a_j q_j) + w_i / N
 *
 * The penalty of w keeps every share above 0, so that a training can still move it.
 */
export function layerMixLoss({ layers, targets, of, count }: LayerFeatures): SmoothFunction {
  const { layers: L, width: D, outputs: C } = count;
  const N = targets.length / C;
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
      const r = b.slice();
      for (let c = 0; c < C; c++) for (let d = 0; d < D; d++) r[c]! += W[c * D + d]! * z[d]!;
      loss += losses[of](r, (c) => targets[n * C + c]!);
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
 * Learns the weights of a mix of layers together with a linear model, from equal shares on. Each feature is centred, and all are
 * divided by one number, so that the penalty of the model does not depend on the scale of the base.
 * @returns w float32[L]: the shares are softmax(w)
 * @see Yang et al., "SUPERB: Speech processing Universal PERformance Benchmark", 2021, section 3.1
 */
export function fitLayerMix(given: LayerFeatures): Float32Array {
  const { layers: L, width: D, outputs: C } = given.count;
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
