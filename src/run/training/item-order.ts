import { permutation } from "../../core/random.js";
import { balancedOrder, type ImageItem } from "../../data/index.js";

/** A source with its own order in each epoch. */
interface Ordered {
  readonly items: readonly ImageItem[];
  readonly seed: number;
  readonly balanced?: boolean;
}

/** Returns the items of an epoch in order. A repeated item gets another name, so that it is augmented differently. */
export function orderOf(
  { items, seed, balanced }: Ordered,
  epoch: number,
): { readonly items: readonly ImageItem[]; readonly order: readonly number[] } {
  if (balanced !== true) return { items, order: permutation(items.length, seed, "order", epoch) };
  const all = [...items];
  const times = new Map<number, number>();
  const order = balancedOrder(
    items.map((item) => item.label),
    seed,
    epoch,
  ).map((index) => {
    const before = times.get(index) ?? 0;
    times.set(index, before + 1);
    if (before === 0) return index;
    const item = items[index]!;
    return all.push({ ...item, sha256: item.sha256, id: `${item.id}#${before + 1}` }) - 1;
  });
  return { items: all, order };
}
