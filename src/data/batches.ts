import { EngraftError, stopIf } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Platform } from "../platform/platform.js";
import { type AugmentOptions, augmenter } from "./augment/augmenter.js";
import { viewOf } from "./augment/views.js";
import type { Augmentation, ImagePreprocessing, Pixels, Sample } from "./dataset.js";
import { defaultPlatform } from "./images/decode.js";
import { pixelLoader } from "./images/load-pixels.js";
import type { PixelCache } from "./images/pixel-cache.js";
import {
  arePictures,
  type SampleInputs,
  type SizedBatch,
  scoringBatch,
  sizedBatches,
} from "./item-inputs.js";
import { inOrder } from "./split/in-order.js";

/** Options of {@link batches}. */
export interface BatchOptions {
  /** Positions in `items`, in the wanted order; may repeat. Default: all, in their order. */
  readonly order?: readonly number[] | undefined;
  /** Images per batch; the last batch may be smaller. */
  readonly batchSize: number;
  /** Only the size is used: the graph normalises. */
  readonly preprocessing: Pick<ImagePreprocessing, "height" | "width" | "shortestEdge">;
  /** Default "none". */
  readonly augmentation?: Augmentation;
  readonly augmentOptions?: AugmentOptions;
  /** Replaces the augmentation by this view of each image, see {@link viewOf}. */
  readonly view?: number | undefined;
  /** Seed of the augmentation, used with the epoch and the item's id. Default 0. */
  readonly seed?: number;
  readonly epoch?: number;
  /** Images decoded ahead of the next one. Default: two batches, at least twice the cores. */
  readonly prefetch?: number;
  readonly signal?: AbortSignal | undefined;
  /** Cache of decoded images, before augmentation. */
  readonly decoded?: PixelCache;
  readonly platform?: Platform;
}

/** A batch of images. */
export interface Batch {
  /** uint8[B, H, W, 3], RGB, 0 … 255. */
  readonly pixels: Uint8Array;
  /** Positions in `items`. */
  readonly indices: readonly number[];
}

/**
 * Yields batches of images, and decodes ahead while the consumer computes. Memory holds the images ahead, the current batch and the
 * cache. A batch depends only on items, order, seed and epoch, not on timing.
 *
 * @throws DataError or FileError for an image that became unreadable after the scan; Interrupted
 * @example for await (const { pixels, indices } of batches(items, { batchSize: 16, preprocessing })) …
 */
export async function* batches(
  items: readonly Sample[],
  options: BatchOptions,
): AsyncGenerator<Batch, void, void> {
  const { batchSize, preprocessing, augmentation = "none", seed = 0, epoch = 0, signal } = options;
  const { height, width } = preprocessing;
  if (!(Number.isInteger(batchSize) && batchSize >= 1))
    throw new EngraftError("OptionError", `batchSize is ${batchSize}`, {
      help: "give a whole number from 1 on",
    });
  const machine = options.platform ?? (await defaultPlatform());
  const order = options.order ?? items.map((_, i) => i);
  const ahead = options.prefetch ?? Math.max(3 * batchSize, 4 * machine.cores());
  const load = pixelLoader(machine, options);
  const change = await augmenter(augmentation, options.augmentOptions);
  const { view } = options;

  const picture = async (index: number): Promise<Pixels> => {
    const item = items[index];
    if (item === undefined)
      throw new EngraftError("InternalError", `batch order names item ${index} of ${items.length}`);
    const pixels = await load(item, preprocessing);
    return view === undefined ? change(pixels, seed, epoch, item.id) : viewOf(pixels, view);
  };

  const each = 3 * height * width;
  let batch = new Uint8Array(each * Math.min(batchSize, order.length));
  let indices: number[] = [];
  let taken = 0;
  for await (const { data } of inOrder(order, ahead, picture)) {
    stopIf(signal);
    batch.set(data, each * indices.length);
    indices.push(order[taken++]!);
    if (indices.length === batchSize || taken === order.length) {
      yield { pixels: batch.subarray(0, each * indices.length), indices };
      batch = new Uint8Array(each * Math.min(batchSize, order.length - taken));
      indices = [];
    }
  }
}

/** Pictures that are scored together. */
const picturesAtOnce = 32;

/**
 * Yields the inputs of samples in batches, for a model that scores them. Pictures come in their order, other samples by
 * length.
 * @param options.batch samples per batch, default what the inputs suggest
 * @param options.order positions of the samples, default all
 * @param options.whole fills incomplete batches: a product of few rows adds in another order than one of many
 * @param options.view scores this view of each picture, see {@link viewOf}
 */
export async function* inputBatches(
  items: readonly Sample[],
  inputs: SampleInputs,
  options: Pick<BatchOptions, "order" | "view" | "signal"> & {
    readonly batch?: number;
    readonly whole?: boolean;
  } = {},
): AsyncGenerator<SizedBatch, void, void> {
  const { signal, whole = false } = options;
  if (!arePictures(inputs)) {
    for (const batch of sizedBatches(items, inputs, options.batch ?? scoringBatch(inputs), options)) {
      stopIf(signal);
      yield batch;
    }
    return;
  }
  const { preprocessing, decoded, platform } = inputs;
  const { batch = picturesAtOnce, order, view } = options;
  const { height, width } = preprocessing;
  const how = { batchSize: batch, preprocessing, decoded, platform, order, view, signal };
  for await (const { pixels, indices } of batches(items, how)) {
    const dims = [whole ? batch : indices.length, height, width, 3];
    yield { x: { dtype: "uint8", dims, data: filledUp(pixels, sizeOf(dims)) }, indices };
  }
}

/** Pads pixels with zeros. */
function filledUp(pixels: Uint8Array, length: number): Uint8Array {
  if (pixels.length === length) return pixels;
  const full = new Uint8Array(length);
  full.set(pixels);
  return full;
}
