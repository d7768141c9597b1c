import { permutation } from "../../core/random.js";

/**
 * Returns the order of an epoch over groups of different sizes, with as many places as items:
 *
 * places of group k = N · n_k^(1/τ) / Σ_j n_j^(1/τ)
 *
 * τ = 1: each item once. τ → ∞: all groups equally often. Within a group, every item comes once before one repeats, also over epochs.
 * Fractions of places go to the groups with the largest remainder.
 * @param groups positions of the items of each group, none empty
 * @param temperature τ, at least 1
 * @see Arivazhagan et al., "Massively Multilingual Neural Machine Translation in the Wild", 2019, section 4.1
 */
export function orderByTemperature(
  groups: readonly (readonly number[])[],
  temperature: number,
  seed: number,
  epoch: number,
): number[] {
  const total = groups.reduce((n, group) => n + group.length, 0);
  const shares = groups.map((group) => group.length ** (1 / temperature));
  const sum = shares.reduce((a, b) => a + b, 0);
  const exact = shares.map((share) => (total * share) / sum);
  const places = exact.map(Math.floor);
  const rests = exact
    .map((x, k) => ({ k, rest: x - places[k]! }))
    .sort((a, b) => b.rest - a.rest || a.k - b.k);
  const left = total - places.reduce((a, b) => a + b, 0);
  for (const { k } of rests.slice(0, left)) places[k]!++;
  const taken = groups.flatMap((group, k) => {
    const n = group.length;
    let round = -1;
    let order: number[] = [];
    return Array.from({ length: places[k]! }, (_, i) => {
      const place = epoch * places[k]! + i;
      if (Math.floor(place / n) !== round) {
        round = Math.floor(place / n);
        order = permutation(n, seed, "order of a task", k, round);
      }
      return group[order[place % n]!]!;
    });
  });
  return permutation(taken.length, seed, "order", epoch).map((i) => taken[i]!);
}
