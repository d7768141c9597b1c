import { permutation } from "../../../core/random.js";
import type { ClassSample } from "../../../data/index.js";

/** Returns items of each class in turn, in random order: the first 500 contain all classes. */
export function balancedOrder(train: readonly ClassSample[], most: number, seed: number): ClassSample[] {
  const nth = new Map<number, number>();
  return [...permutation(train.length, seed, "rank")]
    .map((i) => {
      const item = train[i]!;
      const turn = nth.get(item.label) ?? 0;
      nth.set(item.label, turn + 1);
      return { item, turn };
    })
    .map(({ item, turn }) => ({ item, at: (turn + 0.5) / nth.get(item.label)! }))
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ item }) => item);
}
