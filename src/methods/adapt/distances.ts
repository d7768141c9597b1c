import { draws } from "../../core/random.js";

/** ‖x_i - y_j‖² of all pairs, float64[n, m]. @param x float32[n, D]. @param y float32[m, D] */
export function squaredDistances(x: Float32Array, y: Float32Array, width: number): Float64Array {
  const n = x.length / width;
  const m = y.length / width;
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (x[i * width + d]! - y[j * width + d]!) ** 2;
      out[i * m + j] = sum;
    }
  return out;
}

/** The median of the squared distances between different rows; 0 when all are alike. */
export function medianSquaredDistance(x: Float32Array, y: Float32Array, width: number): number {
  const all = squaredDistances(x, y, width).filter((d) => d > 0);
  if (all.length === 0) return 0;
  all.sort();
  const middle = all.length >> 1;
  return all.length % 2 === 1 ? all[middle]! : (all[middle - 1]! + all[middle]!) / 2;
}

/** The maximum mean discrepancy of two samples, and how surprising it would be if they were of one distribution. */
export interface Mmd {
  /** Unbiased estimate of MMD²: about 0 for one distribution, and then as often below as above; at most 2. */
  readonly value: number;
  /** Share of random divisions of the rows that differ as much. */
  readonly p: number;
  /** σ² of the kernel: the median squared distance between rows. */
  readonly bandwidth: number;
}

/**
 * MMD² = Σ_{i≠j} k(s_i, s_j) / n(n-1) + Σ_{i≠j} k(t_i, t_j) / m(m-1) - 2 Σ k(s_i, t_j) / nm,   k = e^(-‖x - x'‖² / 2σ²)
 *
 * σ² is the median squared distance of the rows of both (the median heuristic), not their mean: a few outliers do not widen it.
 * p = (1 + divisions at least as far) / (1 + divisions), over random divisions of the rows into n and m.
 * @param source float32[n, D]. @param target float32[m, D]; n, m ≥ 2. Costs (n + m)² · (D + permutations).
 * @see Gretton et al., "A Kernel Two-Sample Test", 2012, lemma 6
 */
export function mmd(
  source: Float32Array,
  target: Float32Array,
  width: number,
  { permutations = 200, seed = 0 }: { readonly permutations?: number; readonly seed?: number } = {},
): Mmd {
  const n = source.length / width;
  const m = target.length / width;
  const all = new Float32Array(source.length + target.length);
  all.set(source);
  all.set(target, source.length);
  const bandwidth = medianSquaredDistance(all, all, width);
  const total = n + m;
  // Rows that are all alike: nothing tells them apart.
  if (bandwidth === 0) return { value: 0, p: 1, bandwidth };
  const k = squaredDistances(all, all, width).map((d) => Math.exp(-d / (2 * bandwidth)));
  const statistic = (isSource: Uint8Array): number => {
    let ss = 0;
    let tt = 0;
    let st = 0;
    for (let i = 0; i < total; i++)
      for (let j = i + 1; j < total; j++) {
        const v = k[i * total + j]!;
        if (isSource[i] !== isSource[j]) st += v;
        else if (isSource[i]) ss += v;
        else tt += v;
      }
    return (2 * ss) / (n * (n - 1)) + (2 * tt) / (m * (m - 1)) - (2 * st) / (n * m);
  };
  const sides = new Uint8Array(total).fill(1, 0, n);
  const value = statistic(sides);
  let asFar = 0;
  for (let round = 0; round < permutations; round++) {
    const draw = draws(seed, "divisions", round);
    const divided = Uint8Array.from(sides);
    for (let i = total - 1; i > 0; i--) {
      const j = draw.integer(i + 1);
      [divided[i], divided[j]] = [divided[j]!, divided[i]!];
    }
    if (statistic(divided) >= value - 1e-12) asFar++;
  }
  return { value, p: (1 + asFar) / (1 + permutations), bandwidth };
}
