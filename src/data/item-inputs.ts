import type { ItemUnit } from "../core/events/events.js";
import type { Tensor } from "../core/tensor.js";

/** Converts items that are no images to inputs of a model: rows of different lengths. */
export interface ItemInputs {
  readonly unit: ItemUnit;
  /** Present if all items have one size: batches keep the order of the epoch. `atOnce`: items per scoring batch. */
  readonly uniform?: { readonly atOnce: number };
  /** Length that every item can be padded to. */
  readonly longest: number;
  /** The only length that the model accepts, if it is fixed. */
  readonly fixed?: number;
  /** Padding value. */
  readonly fill: number;
  /** Number of items longer than the model accepts, number of all items, and the limit. */
  readonly cut: { readonly count: number; readonly of: number; readonly at: number };
  /** Length of an item without padding, at most {@link longest}. */
  lengthOf(item: { readonly sha256: string }): number;
  /**
   * Padded length of an item: depends on its content alone, so that its features never depend on other items of the
   * batch.
   */
  sizeOf(item: { readonly sha256: string }): number;
  /** Returns items padded to `size`: dtype[items, size]. */
  tensor(items: readonly { readonly sha256: string }[], size: number): Tensor;
  /**
   * Tags of the items' tokens, int64[items · size], with weight 0 for tokens that have none. Missing for items with one
   * class each.
   */
  tagsOf?(
    items: readonly { readonly sha256: string }[],
    size: number,
  ): { readonly labels: BigInt64Array; readonly weights: Float32Array };
  /** The same for items of an epoch, each changed at random. Default: unchanged. */
  changed?(items: readonly { readonly sha256: string }[], size: number, epoch: number): Tensor;
}

/** Returns inputs of items that all have one size. @param atOnce items per scoring batch */
export const uniformInputs = (
  items: readonly unknown[],
  { unit, atOnce, tensor }: Pick<ItemInputs, "unit" | "tensor"> & NonNullable<ItemInputs["uniform"]>,
): ItemInputs => ({
  ...{ unit, uniform: { atOnce }, longest: 1, fixed: 1, fill: 0, tensor },
  ...{ cut: { count: 0, of: items.length, at: 1 }, lengthOf: () => 1, sizeOf: () => 1 },
});

/** Batch of items of one length. */
export interface SizedBatch {
  readonly x: Tensor;
  readonly indices: readonly number[];
}

/**
 * Yields batches of one length each, the short ones first, so that little of a batch is padding.
 * @param options.order which items; default all. @param options.whole short batches are filled up with their first item
 */
export function* sizedBatches(
  items: readonly { readonly sha256: string }[],
  inputs: ItemInputs,
  batch: number,
  { order, whole = false }: { readonly order?: readonly number[]; readonly whole?: boolean } = {},
): Generator<SizedBatch> {
  const bySize = new Map<number, number[]>();
  for (const i of order ?? items.keys()) {
    const size = inputs.sizeOf(items[i]!);
    const list = bySize.get(size);
    if (list) list.push(i);
    else bySize.set(size, [i]);
  }
  for (const [size, all] of [...bySize].sort(([a], [b]) => a - b))
    for (let first = 0; first < all.length; first += batch) {
      const indices = all.slice(first, first + batch);
      const rows = whole
        ? Array.from({ length: batch }, (_, i) => items[indices[i] ?? indices[0]!]!)
        : indices.map((i) => items[i]!);
      yield { x: inputs.tensor(rows, size), indices };
    }
}
