import { EngraftError } from "../core/errors.js";
import { checkSample, type LabelledSample } from "./sample.js";
import { workOf } from "./sharing.js";

/**
 * Accuracy of a k-nearest-neighbour vote, by Euclidean distance.
 *
 * Leave-one-out; with groups, an item is compared with other groups only. Ties between classes go to the nearest item's class, ties in distance to the first item.
 * @param k default 1
 * @returns 0 … 1; higher is better. NaN if all items are of one group
 * @throws as {@link checkSample}; OptionError for a k that is not 1 … N − 1
 */
export function nearestNeighbours(sample: LabelledSample, { k = 1 }: { readonly k?: number } = {}): number {
  checkSample(sample);
  const { labels, classes, groups } = sample;
  const n = labels.length;
  if (!Number.isInteger(k) || k < 1 || k >= n)
    throw new EngraftError("OptionError", `k must be a whole number from 1 to ${n - 1}, got ${k}`);
  if (groups && new Set(groups).size < 2) return Number.NaN;
  const products = workOf(sample).products();
  let right = 0;
  for (let i = 0; i < n; i++) {
    const distance = (j: number): number => products[j * n + j]! - 2 * products[i * n + j]!;
    const nearest: number[] = [];
    for (let j = 0; j < n; j++) {
      if (
        j === i ||
        (groups && groups[j] === groups[i]) ||
        (nearest.length === k && distance(j) >= distance(nearest[k - 1]!))
      )
        continue;
      let at = nearest.length;
      while (at > 0 && distance(nearest[at - 1]!) > distance(j)) at--;
      nearest.splice(at, 0, j);
      if (nearest.length > k) nearest.pop();
    }
    const votes = new Int32Array(classes);
    for (const j of nearest) votes[labels[j]!]!++;
    const most = Math.max(...votes);
    if (labels[nearest.find((j) => votes[labels[j]!] === most)!] === labels[i]) right++;
  }
  return right / n;
}
