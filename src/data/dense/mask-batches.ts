import { defaultPlatform } from "../images/decode.js";
import type { MaskDataset, MaskItem } from "../masks/mask-dataset.js";
import { readMask } from "../masks/read-mask.js";
import { augmentMask } from "./augment-mask.js";
import { blockShares } from "./mask-targets.js";
import {
  type DenseBatchOptions,
  decodeSize,
  denseLoader,
  joinBytes,
  joinFloats,
  sampleBatches,
} from "./sample-batches.js";

/** Options of {@link maskBatches}. */
export interface MaskBatchOptions extends DenseBatchOptions {
  /** Classes that every second crop is centred on, see `rareClasses`. Default: none. */
  readonly rare?: readonly number[];
  /** Also gives the shares of the classes in blocks of this side, in pixels. Default: labels only. */
  readonly block?: number;
}

/** A batch of B pictures with their masks. */
export interface MaskBatch {
  /** uint8[B, H, W, 3], RGB */
  readonly pixels: Uint8Array;
  /** uint8[B, H, W]: class of each pixel, 255 for pixels that count for nothing. */
  readonly labels: Uint8Array;
  /** float32[B, K, H / block, W / block]: share of each class among the labelled pixels of a block, see `blockShares`. */
  readonly shares?: Float32Array;
  /** float32[B, H / block, W / block]: share of labelled pixels in each block. */
  readonly weights?: Float32Array;
  /** Positions in `items`. */
  readonly indices: readonly number[];
}

/**
 * Yields batches for the training of segmentation, and works ahead while the consumer computes. A batch depends only on dataset, items,
 * order, seed, epoch and options, not on timing.
 *
 * @param data kind, colours and classes of the dataset
 * @throws DataError or FileError for a picture or mask that became unreadable; Interrupted
 * @example for await (const { pixels, labels } of maskBatches(data, items, { size, batchSize: 8 })) …
 */
export async function* maskBatches(
  data: Pick<MaskDataset, "kind" | "colours" | "classes">,
  items: readonly MaskItem[],
  options: MaskBatchOptions,
): AsyncGenerator<MaskBatch, void, void> {
  const { size, block, augmentation, seed = 0, epoch = 0 } = options;
  const platform = options.platform ?? (await defaultPlatform());
  const load = denseLoader(platform, options);
  const make = async (item: MaskItem) => {
    const [pixels, labels] = await Promise.all([
      load(item),
      readMask(platform, data, item, decodeSize(item, size, augmentation)),
    ]);
    const changed = augmentMask({ pixels, labels }, item.id, size, { ...options, seed, epoch });
    const targets = block === undefined ? undefined : blockShares(changed.labels, data.classes.length, block);
    return { pixels: changed.pixels.data, labels: changed.labels.data, targets };
  };
  for await (const { samples, indices } of sampleBatches(items, make, platform, options)) {
    const targets = samples.flatMap(({ targets }) => targets ?? []);
    yield {
      pixels: joinBytes(samples.map(({ pixels }) => pixels)),
      labels: joinBytes(samples.map(({ labels }) => labels)),
      ...(block !== undefined && {
        shares: joinFloats(targets.map(({ shares }) => shares)),
        weights: joinFloats(targets.map(({ weights }) => weights)),
      }),
      indices,
    };
  }
}
