import { permutation } from "../../core/random.js";

/** Share and largest number of samples to hold back. More would cost time in every epoch and add little precision. */
const [share, largest] = [0.1, 2000] as const;

/**
 * Selects the samples to hold back: a tenth, but at least one and at most 2,000. Samples with equal keys are on one side. A group
 * that is larger than the rest of the tenth is not held back, unless all groups are: then the smallest group is.
 * @param keys the group of each sample, such as its text
 * @returns indices of the samples; empty if all samples have one key
 * @example
 * holdBack(["a", "b", "b", "c"], 0); // a set with the index of "a" or "c"
 */
export function holdBack(keys: readonly string[], seed: number): ReadonlySet<number> {
  const byKey = new Map<string, number[]>();
  for (const [i, key] of keys.entries()) {
    const group = byKey.get(key);
    if (group) group.push(i);
    else byKey.set(key, [i]);
  }
  if (byKey.size < 2) return new Set();
  const groups = [...byKey.values()];
  let room = Math.min(largest, Math.max(1, Math.round(share * keys.length)));
  const chosen: number[] = [];
  for (const g of permutation(groups.length, seed, "held back")) {
    const group = groups[g]!;
    if (group.length > room) continue;
    chosen.push(...group);
    room -= group.length;
  }
  return new Set(chosen.length > 0 ? chosen : groups.reduce((a, b) => (b.length < a.length ? b : a)));
}
