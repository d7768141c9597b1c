import { draws } from "../../core/random.js";
import type { BoxItem } from "../boxes/box-dataset.js";
import type { Places } from "../boxes/places.js";
import { defaultPlatform } from "../images/decode.js";
import { type AssignOptions, assignPlaces } from "./assign-places.js";
import { augmentBoxes } from "./augment-boxes.js";
import {
  type DenseBatchOptions,
  denseLoader,
  joinBytes,
  joinFloats,
  joinIntegers,
  sampleBatches,
} from "./sample-batches.js";

/** Options of {@link boxBatches}. */
export interface BoxBatchOptions extends DenseBatchOptions, AssignOptions {
  readonly places: Places;
  /** Probability of cutting out a part as SSD does. Default ½ for `strong`, else 0. */
  readonly crop?: number;
  /** Probability that a picture becomes a mosaic of four, with random others. Default 0. It helps small objects and hurts large ones. */
  readonly mosaic?: number;
}

/** A batch of B pictures with the boxes that each of the P places learns. */
export interface BoxBatch {
  /** uint8[B, H, W, 3], RGB */
  readonly pixels: Uint8Array;
  /** int32[B, P]: class of each place, K for none. */
  readonly labels: Int32Array;
  /** float32[B, P, 4]: box of each place in pixels of the input. */
  readonly boxes: Float32Array;
  /** float32[B, P]: 0 for places that count for nothing, else 1. */
  readonly weights: Float32Array;
  /** Positions in `items`. */
  readonly indices: readonly number[];
}

/**
 * Yields batches for the training of object detection, and works ahead while the consumer computes. A batch depends only on items,
 * order, seed, epoch and options, not on timing.
 *
 * @throws DataError or FileError for a picture that became unreadable; Interrupted
 * @example for await (const { pixels, labels } of boxBatches(items, { size, places, classes: 3, batchSize: 8 })) …
 */
export async function* boxBatches(
  items: readonly BoxItem[],
  options: BoxBatchOptions,
): AsyncGenerator<BoxBatch, void, void> {
  const { size, places, seed = 0, epoch = 0 } = options;
  const platform = options.platform ?? (await defaultPlatform());
  const load = denseLoader(platform, options);
  const make = async (item: BoxItem) => {
    const all = [item, ...mosaicPartners(items, item, options)];
    const pictures = await Promise.all(all.map(async (one) => ({ item: one, pixels: await load(one) })));
    const { pixels, targets } = augmentBoxes(pictures, item.id, size, { ...options, seed, epoch });
    return { pixels: pixels.data, ...assignPlaces(targets, places, options) };
  };
  for await (const { samples, indices } of sampleBatches(items, make, platform, options))
    yield {
      pixels: joinBytes(samples.map(({ pixels }) => pixels)),
      labels: joinIntegers(samples.map(({ labels }) => labels)),
      boxes: joinFloats(samples.map(({ boxes }) => boxes)),
      weights: joinFloats(samples.map(({ weights }) => weights)),
      indices,
    };
}

/** Returns the three other pictures of a mosaic; none if the picture is no mosaic. */
function mosaicPartners(
  items: readonly BoxItem[],
  { id }: BoxItem,
  { mosaic = 0, final = false, seed = 0, epoch = 0 }: BoxBatchOptions,
): BoxItem[] {
  const draw = draws(seed, "mosaic", epoch, id);
  if (final || !draw.chance(mosaic)) return [];
  return [0, 1, 2].map(() => items[draw.integer(items.length)]!);
}
