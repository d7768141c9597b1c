import { draws } from "../../core/random.js";
import { median } from "../../linalg/quantile.js";
import { squaredDistances } from "../../linalg/squared-distances.js";
import { groupsOfBoth } from "../probe/folds.js";

/** Median of the squared distances between different rows; 0 if all are equal. */
export function medianSquaredDistance(x: Float32Array, y: Float32Array, width: number): number {
  return medianAbove0(squaredDistances(x, y, width));
}

function medianAbove0(distances: Float64Array): number {
  return median(distances.filter((d) => d > 0)) ?? 0;
}

/** Group of each row of the source, and of the target; undefined for a domain whose rows each are their own. */
export type GroupsOfDomains = readonly [readonly string[] | undefined, readonly string[] | undefined];

/** Maximum mean discrepancy of two samples, with its p value under equal distributions. */
export interface Mmd {
  /**
   * Unbiased estimate of MMD²: about 0 for equal distributions, then below 0 as often as above; at most 2 for each
   * kernel.
   */
  readonly value: number;
  /** Share of random divisions of the rows with at least this difference. A group is never divided. */
  readonly p: number;
  /** σ² of the kernel: the median squared distance between rows; for several kernels their mean. */
  readonly bandwidth: number;
}

/** Options of the permutation test. */
export interface MmdOptions {
  readonly permutations?: number;
  readonly seed?: number;
  /** Groups that stay whole. Default: each row is its own. */
  readonly groups?: GroupsOfDomains | undefined;
}

/**
 * MMD² = Σ_{i≠j} k(s_i, s_j) / n(n-1) + Σ_{i≠j} k(t_i, t_j) / m(m-1) - 2 Σ k(s_i, t_j) / nm,   k = e^(-‖x - x'‖² / 2σ²)
 *
 * σ² is the median squared distance of the rows of both (the median heuristic); unlike the mean it is robust to
 * outliers.
 * p = (1 + divisions at least as far) / (1 + divisions), over random divisions of the rows into n and m, or of groups of rows.
 * @param source float32[n, D]
 * @param target float32[m, D]; n, m ≥ 2. Costs (n + m)² · (D + permutations).
 * @see Gretton et al., "A Kernel Two-Sample Test", 2012, lemma 6
 */
export function mmd(source: Float32Array, target: Float32Array, width: number, options?: MmdOptions): Mmd {
  const { distances, n, m } = amongAll(source, target, width);
  const bandwidth = medianAbove0(distances);
  // All rows are equal: the samples are indistinguishable.
  if (bandwidth === 0) return { value: 0, p: 1, bandwidth };
  return tested(
    distances.map((d) => Math.exp(-d / (2 * bandwidth))),
    n,
    m,
    bandwidth,
    options,
  );
}

/** α_u of the five kernels: 2^u, u = −3 … 1. */
const scales = [-3, -2, -1, 0, 1].map((u) => 2 ** u);

/**
 * MMD² with five Gaussians at once, k = Σ_u e^(-‖x - x'‖² / 2σ_u²), σ_u² = α_u · mean ‖x - x'‖², α_u = 2^-3 … 2^1, so
 * that differences at several scales count. The mean is over all pairs of rows of both, including a row with itself.
 * @param source float32[n, D]
 * @param target float32[m, D]; n, m ≥ 2
 * @returns MMD² of at most 10
 * @see Long et al., "Learning Transferable Features with Deep Adaptation Networks", 2015; Transfer-Learning-Library's
 * alignment/dan.py
 */
export function multiKernelMmd(
  source: Float32Array,
  target: Float32Array,
  width: number,
  options?: MmdOptions,
): Mmd {
  const { distances, n, m } = amongAll(source, target, width);
  const bandwidth = distances.reduce((sum, d) => sum + d, 0) / distances.length;
  if (bandwidth === 0) return { value: 0, p: 1, bandwidth };
  const kernel = distances.map((d) =>
    scales.reduce((sum, scale) => sum + Math.exp(-d / (2 * scale * bandwidth)), 0),
  );
  return tested(kernel, n, m, bandwidth, options);
}

/** Squared distances of all rows of both, float64[n + m, n + m]. */
function amongAll(
  source: Float32Array,
  target: Float32Array,
  width: number,
): { readonly distances: Float64Array; readonly n: number; readonly m: number } {
  const all = new Float32Array(source.length + target.length);
  all.set(source);
  all.set(target, source.length);
  return {
    distances: squaredDistances(all, all, width),
    n: source.length / width,
    m: target.length / width,
  };
}

/** @param k float64[n + m, n + m], symmetric: the source's rows first */
function tested(
  k: Float64Array,
  n: number,
  m: number,
  bandwidth: number,
  { permutations = 200, seed = 0, groups }: MmdOptions = {},
): Mmd {
  const total = n + m;
  const sums = new Float64Array(total);
  let all = 0;
  let [ss, tt, st] = [0, 0, 0];
  for (let i = 0; i < total; i++)
    for (let j = i + 1; j < total; j++) {
      const v = k[i * total + j]!;
      sums[i]! += v;
      sums[j]! += v;
      all += v;
      if (j < n) ss += v;
      else if (i < n) st += v;
      else tt += v;
    }
  const statistic = (within: number, others: number, between: number, size = n): number => {
    const rest = total - size;
    return (
      (2 * within) / (size * (size - 1)) + (2 * others) / (rest * (rest - 1)) - (2 * between) / (size * rest)
    );
  };
  const value = statistic(ss, tt, st);
  const units = unitsOf(n, m, groups);
  const sides = new Uint8Array(units.length).fill(1, 0, units.filter(([row]) => row! < n).length);
  let asFar = 0;
  for (let round = 0; round < permutations; round++) {
    const draw = draws(seed, "divisions", round);
    const divided = Uint8Array.from(sides);
    for (let i = units.length - 1; i > 0; i--) {
      const j = draw.integer(i + 1);
      [divided[i], divided[j]] = [divided[j]!, divided[i]!];
    }
    // Only the pairs within the source are summed: Σ_{i in S} (row sum) = 2 within + between.
    const chosen = units.flatMap((rows, i) => (divided[i] ? rows : []));
    const size = chosen.length;
    // A side of one row has no pairs. Counting it as far makes p larger, never smaller.
    if (size < 2 || total - size < 2) {
      asFar++;
      continue;
    }
    let within = 0;
    let ofRows = 0;
    for (let a = 0; a < size; a++) {
      const row = chosen[a]! * total;
      ofRows += sums[chosen[a]!]!;
      for (let b = a + 1; b < size; b++) within += k[row + chosen[b]!]!;
    }
    const between = ofRows - 2 * within;
    if (statistic(within, all - within - between, between, size) >= value - 1e-12) asFar++;
  }
  return { value, p: (1 + asFar) / (1 + permutations), bandwidth };
}

/** Returns the rows of each group, those of the source first. Groups of the same name in both domains are two. */
export function unitsOf(n: number, m: number, groups: GroupsOfDomains = [undefined, undefined]): number[][] {
  const names =
    groupsOfBoth(
      { count: n, groups: groups[0]?.slice(0, n) },
      { count: m, groups: groups[1]?.slice(0, m) },
    ) ?? Array.from({ length: n + m }, (_, row) => row);
  const units = new Map<string, number[]>();
  names.forEach((name, row) => {
    const unit = `${row < n} ${name}`;
    const rows = units.get(unit);
    if (rows) rows.push(row);
    else units.set(unit, [row]);
  });
  return [...units.values()];
}
