/** Projects rows of many numbers to a plane, by PCA and by UMAP. */

import { draws } from "../core/random.js";
import type { Point } from "../core/results/insights.js";
import { principalComponents } from "../linalg/principal-components.js";
import { centredColumns, columnProducts, rowProducts } from "../linalg/row-products.js";
import { squaredDistances } from "../linalg/squared-distances.js";

/** Points in a plane, and the share of the rows' variance on each axis. */
export interface Planar {
  readonly points: readonly Point[];
  readonly explained: Point;
}

/**
 * The first two principal components: row i is at (x_i · v₁, x_i · v₂), X centred.
 *
 * @param rows float32[n, d]
 * @returns each axis with the sign that makes its largest loading positive
 */
export function planar(rows: Float32Array, n: number, d: number): Planar {
  const x = centredColumns(rows, n, d);
  const k = Math.min(2, n, d);
  const gram = n > d ? columnProducts(x, n, d) : rowProducts(x, n, d);
  const components = principalComponents(x, n, d, k, gram);
  const variance = x.reduce((sum, v) => sum + v * v, 0);
  const coordinate = (i: number, axis: number): number => (axis < k ? components[i * k + axis]! : 0);
  const points = Array.from({ length: n }, (_, i): Point => [coordinate(i, 0), coordinate(i, 1)]);
  const share = (axis: 0 | 1): number =>
    variance > 0 ? points.reduce((sum, point) => sum + point[axis] ** 2, 0) / variance : 0;
  return { points, explained: [share(0), share(1)] };
}

/** The nearest neighbours of each row, itself first: exact, all pairs. */
function neighbours(rows: Float32Array, n: number, d: number, k: number) {
  const squares = squaredDistances(rows, rows, d);
  const order = Array.from({ length: n }, (_, i) => {
    const of = squares.subarray(i * n, (i + 1) * n);
    // A row is its own nearest, even if it has copies.
    return [...of.keys()].sort((a, b) => (a === i ? -1 : b === i ? 1 : of[a]! - of[b]!)).slice(0, k);
  });
  return {
    indices: order,
    distances: order.map((near, i) => near.map((j) => Math.sqrt(squares[i * n + j]!))),
  };
}

/** Fewest rows for a neighbourhood plot. */
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
  // A CommonJS package: without a bundler its exports are one level deeper.
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
