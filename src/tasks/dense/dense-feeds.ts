import { stopIf } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { Size } from "../../data/boxes/box.js";
import { decodeSize } from "../../data/dense/decode-size.js";
import type { DenseAugmentation } from "../../data/dense/strengths.js";
import { pixelLoader } from "../../data/images/load-pixels.js";
import { PixelCache, type Pixels, requirePictures } from "../../data/index.js";
import { inOrder } from "../../data/split/in-order.js";
import type { Streams } from "../../run/context.js";
import { stepsOf } from "../../run/training/feeds.js";
import { orderOf, type TrainSource } from "../../run/training/train-source.js";
import type { StepFeeds } from "../../train/loop.js";
import { feedNames } from "../../train/step/state-names.js";

/** A sample of a step: the changed picture, and the rows of its targets. */
export interface DenseSample {
  /** In the size of the network's input. */
  readonly pixels: Pixels;
  /** One row for each additional input of the objective. */
  readonly rows: Readonly<Record<string, Float32Array>>;
}

/** How samples are made. */
export interface DenseSampling {
  /** Dimensions of a row, by name. */
  readonly rows: Readonly<Record<string, readonly number[]>>;
  /** Sizes of the source's pictures as they are stored. */
  readonly sizes: readonly Size[];
  readonly augmentation: DenseAugmentation;
  /** Positions of the pictures that a sample is made of; the first is the sample's own. Default: that one alone. */
  readonly picturesOf?: (index: number, epoch: number) => readonly number[];
  /**
   * Makes a sample.
   * @param indices positions in the items of the source
   * @param pictures decoded in the size of {@link decodeSize}; they must not be changed
   */
  readonly sampleOf: (
    indices: readonly number[],
    pictures: readonly Pixels[],
    epoch: number,
  ) => DenseSample | Promise<DenseSample>;
}

/** Returns feeds of samples whose pixels and targets change together. The last short batch is filled with weight 0. */
export function denseStreams(source: TrainSource, whole: boolean, sampling: DenseSampling): Streams {
  return {
    stepsPerEpoch: stepsOf(source.items.length, source.batch, whole),
    feeds: (epoch, from) => denseFeeds(source, whole, sampling, epoch, from),
  };
}

/** Returns a cache for pictures that are decoded to the network's input, and those of the training split also for augmentation. */
export function denseCache(
  items: readonly (Size & { readonly part: string })[],
  size: Size,
  augmentation: DenseAugmentation,
): PixelCache {
  const area = ({ width, height }: Size): number => width * height;
  const areas = items.map((item) => {
    const changed = item.part === "train" ? decodeSize(item, size, augmentation) : size;
    return area(size) + (changed === size ? 0 : area(changed));
  });
  return PixelCache.ofSize(3 * areas.reduce((a, b) => a + b, 0));
}

async function* denseFeeds(
  source: TrainSource,
  whole: boolean,
  sampling: DenseSampling,
  epoch: number,
  from: number,
): AsyncGenerator<StepFeeds> {
  const { batch, signal } = source;
  const { preprocessing, decoded, platform } = requirePictures(source.inputs);
  const { rows, sizes, augmentation, picturesOf = (index) => [index], sampleOf } = sampling;
  const { items, order } = orderOf(source, epoch);
  const count = whole ? order.length - (order.length % batch) : order.length;
  const load = pixelLoader(platform, { decoded, signal });
  const made = async (first: number): Promise<DenseSample> => {
    const indices = picturesOf(order[first]!, epoch);
    const loaded = indices.map((i) => load(items[i]!, decodeSize(sizes[i]!, preprocessing, augmentation)));
    return sampleOf(indices, await Promise.all(loaded), epoch);
  };
  const places = Array.from({ length: Math.max(0, count - from * batch) }, (_, i) => from * batch + i);
  const ahead = Math.max(3 * batch, 4 * platform.cores());
  let samples: DenseSample[] = [];
  let left = places.length;
  for await (const sample of inOrder(places, ahead, made)) {
    stopIf(signal);
    samples.push(sample);
    left--;
    if (samples.length < batch && left > 0) continue;
    yield stepFeeds(samples, batch, rows);
    samples = [];
  }
}

/** Joins samples to the inputs of a step. */
function stepFeeds(samples: readonly DenseSample[], batch: number, rows: DenseSampling["rows"]): StepFeeds {
  const names = feedNames("train");
  const { height, width, data } = samples[0]!.pixels;
  const x = new Uint8Array(batch * data.length);
  for (const [i, { pixels }] of samples.entries()) x.set(pixels.data, i * data.length);
  const joined = Object.entries(rows).map(([name, dims]): [string, Tensor] => {
    const size = sizeOf(dims);
    const values = new Float32Array(batch * size);
    for (let i = 0; i < batch; i++) values.set(samples[i % samples.length]!.rows[name]!, i * size);
    return [`train.${name}`, { dtype: "float32", dims: [batch, ...dims], data: values }];
  });
  const weights = Float32Array.from({ length: batch }, (_, i) => (i < samples.length ? 1 : 0));
  return {
    [names.x]: { dtype: "uint8", dims: [batch, height, width, 3], data: x },
    [names.labels]: { dtype: "int64", dims: [batch], data: new BigInt64Array(batch) },
    [names.weights]: { dtype: "float32", dims: [batch], data: weights },
    ...Object.fromEntries(joined),
  };
}
