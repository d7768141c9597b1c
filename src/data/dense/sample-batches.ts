import { EngraftError, stopIf } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import type { Size } from "../boxes/box.js";
import type { Pixels } from "../dataset.js";
import { pixelLoader } from "../images/load-pixels.js";
import type { PixelCache } from "../images/pixel-cache.js";
import { inOrder } from "../split/in-order.js";
import { type DenseAugmentation, type DenseAugmentOptions, strengths } from "./strengths.js";

/** Options of batches of pictures with boxes or masks. */
export interface DenseBatchOptions extends Omit<DenseAugmentOptions, "seed" | "epoch"> {
  /** Size of the network's input. */
  readonly size: Size;
  /** Pictures per batch; the last batch may be smaller. */
  readonly batchSize: number;
  /** Positions in `items`, in the wanted order; may repeat. Default: all, in their order. */
  readonly order?: readonly number[];
  /** Default 0. */
  readonly seed?: number;
  /** Default 0. */
  readonly epoch?: number;
  /** Pictures prepared ahead of the next one. Default: three batches, at least four times the cores. */
  readonly prefetch?: number;
  /** Cache of decoded pictures in the size of {@link decodeSize}, before augmentation. */
  readonly decoded?: PixelCache;
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
}

/** A picture in a file. */
interface StoredPicture extends Size {
  readonly path: string;
  readonly sha256: string;
}

/** Largest size to which pictures are decoded, in inputs of the network. */
const decodeScale = 1.5;

/**
 * Returns the size to which a picture is decoded before it is augmented. An augmentation without scaling gets the input's size: its
 * pixels are those of validation. Others get 1.5 times the input's size, but at most the picture's own.
 *
 * The factor is measured on sharp photographs, against a Lanczos resampling of the original. A picture in the input's size loses 5 to
 * 8 dB when it is enlarged by 1.25 to 1.5.
 */
export function decodeSize(picture: Size, size: Size, augmentation: DenseAugmentation = "none"): Size {
  if (!strengths[augmentation].scales) return size;
  return {
    width: Math.min(picture.width, Math.ceil(decodeScale * size.width)),
    height: Math.min(picture.height, Math.ceil(decodeScale * size.height)),
  };
}

/** Returns a function that decodes the picture of an item in the size of {@link decodeSize}. */
export function denseLoader(
  platform: Platform,
  { size, augmentation, ...rest }: DenseBatchOptions,
): (item: StoredPicture) => Promise<Pixels> {
  const load = pixelLoader(platform, rest);
  return (item) => load(item, decodeSize(item, size, augmentation));
}

/** Yields samples in batches, and makes them ahead of the consumer. */
export async function* sampleBatches<Item, Sample>(
  items: readonly Item[],
  make: (item: Item) => Promise<Sample>,
  platform: Platform,
  { batchSize, order = items.map((_, i) => i), prefetch, signal }: DenseBatchOptions,
): AsyncGenerator<{ readonly samples: readonly Sample[]; readonly indices: readonly number[] }, void, void> {
  if (!(Number.isInteger(batchSize) && batchSize >= 1))
    throw new EngraftError("OptionError", `batchSize is ${batchSize}`, {
      help: "give a whole number from 1 on",
    });
  const ahead = prefetch ?? Math.max(3 * batchSize, 4 * platform.cores());
  const sampleOf = async (index: number): Promise<Sample> => {
    stopIf(signal);
    const item = items[index];
    if (item === undefined)
      throw new EngraftError("InternalError", `batch order names item ${index} of ${items.length}`);
    return make(item);
  };
  let samples: Sample[] = [];
  let taken = 0;
  for await (const sample of inOrder(order, ahead, sampleOf)) {
    stopIf(signal);
    samples.push(sample);
    taken++;
    if (samples.length < batchSize && taken < order.length) continue;
    yield { samples, indices: order.slice(taken - samples.length, taken) };
    samples = [];
  }
}

/** Joins arrays of bytes. */
export const joinBytes = (rows: readonly Uint8Array[]): Uint8Array =>
  joinInto(rows, new Uint8Array(lengthOf(rows)));
/** Joins arrays of numbers. */
export const joinFloats = (rows: readonly Float32Array[]): Float32Array =>
  joinInto(rows, new Float32Array(lengthOf(rows)));
/** Joins arrays of whole numbers. */
export const joinIntegers = (rows: readonly Int32Array[]): Int32Array =>
  joinInto(rows, new Int32Array(lengthOf(rows)));

const lengthOf = (rows: readonly ArrayLike<number>[]): number =>
  rows.reduce((sum, { length }) => sum + length, 0);

function joinInto<A extends Uint8Array | Float32Array | Int32Array>(rows: readonly A[], out: A): A {
  let at = 0;
  for (const row of rows) {
    out.set(row, at);
    at += row.length;
  }
  return out;
}
