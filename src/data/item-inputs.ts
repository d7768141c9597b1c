import { EngraftError } from "../core/errors.js";
import type { ItemUnit } from "../core/events/events.js";
import { modalities, type SampleWords } from "../core/modalities.js";
import type { Tensor } from "../core/tensor.js";
import type { Platform } from "../platform/platform.js";
import type { ImagePreprocessing } from "./dataset.js";
import { PixelCache } from "./images/pixel-cache.js";

/** What a model takes for the samples of a run. */
export type SampleInputs = PictureInputs | ItemInputs;

/** Pictures, decoded when they are needed. */
export interface PictureInputs {
  readonly unit: SampleWords<"image">["many"];
  /** Only the size is used: the graph normalises. */
  readonly preprocessing: Pick<ImagePreprocessing, "height" | "width" | "shortestEdge">;
  /** Cache of decoded pictures, before augmentation. */
  readonly decoded: PixelCache;
  /** Platform that reads and decodes the pictures. */
  readonly platform: Platform;
}

/** Converts texts, table rows or other items to inputs of a model. Their lengths may differ. */
export interface ItemInputs {
  readonly unit: Exclude<ItemUnit, PictureInputs["unit"]>;
  /** Present if all items have one length: batches keep the order of the epoch. `atOnce`: items per scoring batch. */
  readonly uniform?: { readonly atOnce: number };
  /** Most items of a scoring batch whose items have lengths of their own. Default 32. */
  readonly atOnce?: number;
  /** Length of the longest padded item. */
  readonly longest: number;
  /** Fixed input length of the model, if it has one. */
  readonly fixed?: number;
  /** Padding value. */
  readonly fill: number;
  /** Number of truncated items, number of all items, and the model's limit. */
  readonly cut: { readonly count: number; readonly of: number; readonly at: number };
  /** Length of an item without padding, at most {@link longest}. */
  lengthOf(item: { readonly sha256: string }): number;
  /** Padded length of an item. It depends only on the item, so its features never depend on other items of the batch. */
  sizeOf(item: { readonly sha256: string }): number;
  /** Returns items padded to `size`: dtype[items, size]. */
  tensor(items: readonly { readonly sha256: string }[], size: number): Tensor;
  /** Tags of the items' tokens, int64[items · size], with weight 0 for tokens without a tag. Missing for items with one class each. */
  tagsOf?(
    items: readonly { readonly sha256: string }[],
    size: number,
  ): { readonly labels: BigInt64Array; readonly weights: Float32Array };
  /** Like `tensor`, for the augmented items of an epoch. Missing without augmentation. */
  changed?(items: readonly { readonly sha256: string }[], size: number, epoch: number): Tensor;
  /** Like `changed`, with each item blended with another one. Missing: mixup blends features. */
  blended?(items: readonly { readonly sha256: string }[], size: number, epoch: number, pairs: Pairs): Tensor;
}

/** The pairs of a batch that mixup blends: λ x_i + (1 − λ) x_π(i). */
export interface Pairs {
  /** π: the other item of each item. */
  readonly order: readonly number[];
  /** λ */
  readonly share: number;
}

/** Returns inputs for items of one length. @param atOnce items per scoring batch */
export const uniformInputs = (
  items: readonly unknown[],
  { unit, atOnce, tensor }: Pick<ItemInputs, "unit" | "tensor"> & NonNullable<ItemInputs["uniform"]>,
): ItemInputs => ({
  unit,
  uniform: { atOnce },
  longest: 1,
  fixed: 1,
  fill: 0,
  tensor,
  cut: { count: 0, of: items.length, at: 1 },
  lengthOf: () => 1,
  sizeOf: () => 1,
});

/** Returns the inputs of a model of pictures. @param count pictures of the run; 0 keeps none in memory */
export const pictureInputs = (
  platform: Platform,
  preprocessing: PictureInputs["preprocessing"],
  count: number,
): PictureInputs => ({
  unit: "pictures",
  preprocessing,
  decoded: PixelCache.for(count, preprocessing),
  platform,
});

export const arePictures = (inputs: SampleInputs): inputs is PictureInputs =>
  inputs.unit === modalities.image.many;

export const areTexts = (inputs: SampleInputs): inputs is ItemInputs => inputs.unit === modalities.text.many;

export const areSounds = (inputs: SampleInputs): inputs is ItemInputs =>
  inputs.unit === modalities.audio.many;

/** Returns the inputs of a run on pictures. */
export function requirePictures(inputs: SampleInputs): PictureInputs {
  if (arePictures(inputs)) return inputs;
  throw new EngraftError("InternalError", `a step of pictures got ${inputs.unit}`);
}

/** Returns the inputs of a run on samples that are no pictures. */
export function requireItems(inputs: SampleInputs): ItemInputs {
  if (!arePictures(inputs)) return inputs;
  throw new EngraftError("InternalError", "a step of other samples got pictures");
}

/** Items per scoring batch without another number. */
const usualAtOnce = 32;

/** Returns the number of items in a scoring batch. */
export const scoringBatch = ({
  uniform,
  atOnce = usualAtOnce,
}: Pick<ItemInputs, "uniform" | "atOnce">): number => uniform?.atOnce ?? atOnce;

/** A batch of items of one length. */
export interface SizedBatch {
  readonly x: Tensor;
  readonly indices: readonly number[];
}

/**
 * Yields batches of one length each, the shortest first, to limit padding.
 * @param options.order positions of the items, default all
 * @param options.whole fills incomplete batches with their first item
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
