import { permutation } from "../../core/random.js";
import type { Tensor } from "../../core/tensor.js";
import {
  type Augmentation,
  type AugmentOptions,
  balancedOrder,
  type Sample,
  type SampleInputs,
} from "../../data/index.js";
import type { ViewAverage } from "./average-views.js";

/** Samples of a dataset for the training loop. */
export interface TrainSource {
  readonly items: readonly Sample[];
  readonly inputs: SampleInputs;
  /** Returns the class of a sample. Default: 0, and `rows` or the inputs say what is learnt. */
  readonly classOf?: (item: Sample) => number;
  /** Padded lengths of batches of samples that are no pictures, ascending. Default: only the longest. */
  readonly lengths?: readonly number[];
  readonly augmentation: Augmentation;
  readonly augmentOptions?: AugmentOptions;
  readonly batch: number;
  /** Sample every class equally often. Default: every item once. */
  readonly balanced?: boolean;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /**
   * Returns the order of an epoch's items; its length is the number of items, and some may repeat. Default: each once.
   */
  readonly order?: (epoch: number) => readonly number[];
  /** Batches follow the order, whatever the lengths of their items. Default: grouped by length. */
  readonly paired?: boolean;
  /** Additional data of a batch by name, fed as `train.NAME`: see {@link RowsOf}. */
  readonly rows?: RowsOf;
}

/** Returns additional rows of a batch. @param batch the fed images, and their indices in the items, both padded */
export type RowsOf = (batch: {
  readonly epoch: number;
  readonly indices: readonly number[];
  readonly pixels: Tensor;
}) => Promise<Readonly<Record<string, Tensor>>>;

/** The class of samples that have none. */
export const noClass = (): number => 0;

/** The part of a {@link TrainSource} for scoring. */
export interface HeldSource<Item extends Sample = Sample> extends Pick<TrainSource, "inputs"> {
  readonly items: readonly Item[];
  /** Views of each image whose answers are averaged, see {@link viewOf}. Default 1: the image alone. */
  readonly views?: number;
  /** What is averaged over the views. Default: probabilities of classes. */
  readonly viewAverage?: ViewAverage;
}

/** Returns the items of an epoch in order. A repeated item gets another name, so that it is augmented differently. */
export function orderOf(
  { items, seed, balanced, classOf = noClass }: Pick<TrainSource, "items" | "seed" | "balanced" | "classOf">,
  epoch: number,
): { readonly items: readonly Sample[]; readonly order: readonly number[] } {
  if (balanced !== true) return { items, order: permutation(items.length, seed, "order", epoch) };
  const all = [...items];
  const times = new Map<number, number>();
  const order = balancedOrder(items.map(classOf), seed, epoch).map((index) => {
    const before = times.get(index) ?? 0;
    times.set(index, before + 1);
    if (before === 0) return index;
    const item = items[index]!;
    return all.push({ ...item, sha256: item.sha256, id: `${item.id}#${before + 1}` }) - 1;
  });
  return { items: all, order };
}
