import { permutation } from "../../core/random.js";

/**
 * Returns the order of an epoch with balanced classes. Each of C classes gets N / C of the N places; random classes get the rest.
 * The items of a small class repeat equally often, give or take one. A large class shows other items in each epoch.
 *
 * @param labels classes of the items, whole numbers from 0
 * @returns N positions in `labels`, in random order
 */
export function balancedOrder(labels: readonly number[], seed: number, epoch: number): number[] {
  const members = new Map<number, number[]>();
  labels.forEach((label, i) => {
    const own = members.get(label);
    if (own) own.push(i);
    else members.set(label, [i]);
  });
  const classes = [...members.keys()].sort((a, b) => a - b);
  const places = Math.floor(labels.length / classes.length);
  const extra = new Set(
    permutation(classes.length, seed, "balance", epoch).slice(0, labels.length - places * classes.length),
  );
  const chosen = classes.flatMap((label, k) => {
    const own = members.get(label)!;
    const wanted = places + (extra.has(k) ? 1 : 0);
    const shown: number[] = [];
    for (let round = 0; shown.length < wanted; round++)
      for (const i of permutation(own.length, seed, "balance", epoch, label, round)) shown.push(own[i]!);
    return shown.slice(0, wanted);
  });
  return permutation(chosen.length, seed, "order", epoch).map((i) => chosen[i]!);
}
