/** Rows of many numbers as points of a plane, for the eye: by PCA, and by UMAP. */

import type { Point } from "../core/insights.js";
import { draws } from "../core/random.js";

/** Points in a plane, and which share of the rows' variance each axis has. */
export interface Planar {
  readonly points: readonly Point[];
  readonly explained: Point;
}

/** The change of a direction below which it is settled, and the turns after which it is taken as it is. */
const [settled, mostTurns] = [1e-6, 300];

/**
 * The first two principal components, by power iteration.
 *
 * v ← Xᵀ X v / ‖…‖ with X centred, kept orthogonal to the component before; a point is (x · v₁, x · v₂)
 *
 * @param rows float32[n, d]
 * @returns each axis with the sign that makes its largest loading positive; 0 for an axis without variance
 */
export function planar(rows: Float32Array, n: number, d: number): Planar {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) mean[j]! += rows[i * d + j]! / n;
  const x = Float64Array.from(rows, (v, at) => v - mean[at % d]!);
  let variance = 0;
  for (const v of x) variance += v * v;
  const times = (v: Float64Array): Float64Array => {
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += x[i * d + j]! * v[j]!;
      out[i] = sum;
    }
    return out;
  };
  const axes: Float64Array[] = [];
  const coordinates: Float64Array[] = [];
  for (const axis of [0, 1]) {
    const { normal } = draws(0, "pca", axis);
    let v = Float64Array.from({ length: d }, normal);
    for (let turn = 0; turn < mostTurns; turn++) {
      const along = times(v);
      const next = new Float64Array(d);
      for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) next[j]! += x[i * d + j]! * along[i]!;
      for (const before of axes) {
        let dot = 0;
        for (let j = 0; j < d; j++) dot += before[j]! * next[j]!;
        for (let j = 0; j < d; j++) next[j]! -= dot * before[j]!;
      }
      const length = Math.hypot(...next);
      if (!(length > 1e-12 * Math.max(variance, Number.MIN_VALUE))) {
        v = new Float64Array(d);
        break;
      }
      let change = 0;
      for (let j = 0; j < d; j++) {
        next[j]! /= length;
        change = Math.max(change, Math.abs(next[j]! - v[j]!));
      }
      v = next;
      if (change < settled) break;
    }
    let largest = 0;
    for (const loading of v) if (Math.abs(loading) > Math.abs(largest)) largest = loading;
    if (largest < 0) v = v.map((loading) => -loading);
    axes.push(v);
    coordinates.push(times(v));
  }
  const share = (of: Float64Array): number =>
    variance > 0 ? of.reduce((sum, c) => sum + c * c, 0) / variance : 0;
  const [a, b] = coordinates as [Float64Array, Float64Array];
  return {
    points: Array.from({ length: n }, (_, i): Point => [a[i]!, b[i]!]),
    explained: [share(a), share(b)],
  };
}

/** The nearest neighbours of each row, itself first: exact, all pairs. */
function neighbours(rows: Float32Array, n: number, d: number, k: number) {
  const squares = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      let sum = 0;
      for (let f = 0; f < d; f++) sum += (rows[i * d + f]! - rows[j * d + f]!) ** 2;
      squares[i * n + j] = sum;
      squares[j * n + i] = sum;
    }
  const order = Array.from({ length: n }, (_, i) => {
    const of = squares.subarray(i * n, (i + 1) * n);
    // A row is its own nearest, whatever copies of it there are.
    return [...of.keys()].sort((a, b) => (a === i ? -1 : b === i ? 1 : of[a]! - of[b]!)).slice(0, k);
  });
  return {
    indices: order,
    distances: order.map((near, i) => near.map((j) => Math.sqrt(squares[i * n + j]!))),
  };
}

/** Fewer rows have no neighbourhood worth drawing. */
const fewest = 12;

/**
 * UMAP: rows that are near each other stay near; distances between far groups mean nothing. The same seed gives the same
 * points.
 * @param rows float32[n, d]; all pairs are compared
 * @returns undefined below 12 rows
 * @see McInnes, Healy & Melville 2018, UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction
 */
export async function umapPlane(
  rows: Float32Array,
  n: number,
  d: number,
  { seed = 0, epochs }: { readonly seed?: number; readonly epochs?: number } = {},
): Promise<{ readonly points: readonly Point[]; readonly neighbours: number } | undefined> {
  if (n < fewest) return undefined;
  const loaded = await import("umap-js");
  // A CommonJS package: what it exports lies one level deeper where no bundler is between.
  const { UMAP } = "UMAP" in loaded ? loaded : (loaded as { readonly default: typeof loaded }).default;
  const nNeighbors = Math.min(15, n - 1);
  const { uniform } = draws(seed, "umap");
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors,
    minDist: 0.1,
    random: uniform,
    ...(epochs !== undefined && { nEpochs: epochs }),
  });
  const { indices, distances } = neighbours(rows, n, d, nNeighbors);
  umap.setPrecomputedKNN(indices, distances);
  const data = Array.from({ length: n }, (_, i) => Array.from(rows.subarray(i * d, (i + 1) * d)));
  const points = umap.fit(data);
  return { points: points.map(([x, y]): Point => [x!, y!]), neighbours: nNeighbors };
}
