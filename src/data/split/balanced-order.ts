import { permutation } from "../../core/random.js";

/**
 * An epoch that shows every class as often as the others, as long as one that shows every item once: N / C places a
 * class (those that are left over go to classes in turn, other ones each epoch). A class that has fewer items shows each
 * of them equally often, up to one; of a class that has more each epoch shows others.
 *
 * @param labels of the items, whole numbers from 0 on. @returns N positions in them, in random order
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
  const luckier = new Set(
    permutation(classes.length, seed, "balance", epoch).slice(0, labels.length - places * classes.length),
  );
  const chosen = classes.flatMap((label, k) => {
    const own = members.get(label)!;
    const wanted = places + (luckier.has(k) ? 1 : 0);
    const shown: number[] = [];
    for (let round = 0; shown.length < wanted; round++)
      for (const i of permutation(own.length, seed, "balance", epoch, label, round)) shown.push(own[i]!);
    return shown.slice(0, wanted);
  });
  return permutation(chosen.length, seed, "order", epoch).map((i) => chosen[i]!);
}
