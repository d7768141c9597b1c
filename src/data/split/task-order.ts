import { permutation } from "../../core/random.js";

/**
 * The order of an epoch over groups of different sizes, as many places as there are items:
 *
 * places of group k = N · n_k^(1/τ) / Σ_j n_j^(1/τ)
 *
 * τ = 1: each item once. τ → ∞: each group as often as the others. Within a group every item comes before one comes again,
 * also from epoch to epoch. Where the places have no whole number, those with the largest rest get one more.
 * @param groups positions of the items of each group, none empty. @param temperature τ, from 1 on
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
