import { rowsOf } from "../core/results/rows.js";
import { join, joined, lowest, root } from "../data/split/groups.js";
import { NearRows } from "../linalg/near-rows.js";
import type { OpenNearCopies } from "./near-copies.js";

/** Largest distance of near copies: 1 - cos(a, b). */
const farthest = 0.05;
/** Largest distance after the mean is subtracted, so that samples that are all alike are no copies. */
const farthestCentred = 0.2;

/**
 * Opens the search for near copies by their features: samples that the base can hardly tell apart.
 *
 *     1 - cos(a, b) ≤ 0.05  and  1 - cos(a - μ, b - μ) ≤ 0.2, μ the mean of all features
 *
 * Spoken words have at least 0.11 to each other with `audio-mini`.
 */
export const openNearFeatures: OpenNearCopies = async () => ({
  printsOf: async (contents) => contents.map(() => undefined),
  async groupsOf(samples) {
    const width = samples[0]?.row.length ?? 1;
    const table = new Float32Array(samples.length * width);
    for (const [i, { row }] of samples.entries()) table.set(row, i * width);
    const near = joined(
      Int32Array.from(samples, (_, i) => i),
      samples.map(({ group }) => group),
    );
    const search = new NearRows(rowsOf(table, width));
    for (let i = 1; i < samples.length; i++)
      for (const j of search.before(i, farthestCentred, (one) => root(near, one) === root(near, i)))
        if (distance(samples[i]!.row, samples[j]!.row) <= farthest) join(near, i, j);
    return lowest(near);
  },
  close: async () => undefined,
});

/** 1 - cos(a, b). */
function distance(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (const [t, x] of a.entries()) {
    const y = b[t]!;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? 1 - dot / Math.sqrt(aa * bb) : 1;
}
