import type { Tensor } from "../../core/tensor.js";
import { batches, type Pixels } from "../../data/index.js";
import type { Streams } from "../../run/context.js";
import { type PictureSource, stepsOf } from "../../run/training/feeds.js";
import { orderOf } from "../../run/training/item-order.js";
import type { StepFeeds } from "../../train/loop.js";
import { feedNames } from "../../train/step/state-names.js";

/** A sample of a step: the changed picture, and the rows of its targets. */
export interface DenseSample {
  readonly pixels: Pixels;
  /** One row for each additional input of the objective. */
  readonly rows: Readonly<Record<string, Float32Array>>;
}

/** How samples are made. */
export interface DenseSampling {
  /** Dimensions of a row, by name. */
  readonly rows: Readonly<Record<string, readonly number[]>>;
  /** Pictures of a sample in an epoch: one, or four for a mosaic. Default 1. */
  readonly pictures?: (epoch: number) => number;
  /** Makes a sample. @param indices positions in the items of the source, and the decoded pictures */
  readonly sampleOf: (indices: readonly number[], pictures: readonly Pixels[], epoch: number) => DenseSample;
}

/** Returns feeds of samples whose pixels and targets change together. The last short batch is filled with weight 0. */
export function denseStreams(source: PictureSource, whole: boolean, sampling: DenseSampling): Streams {
  return {
    stepsPerEpoch: stepsOf(source.items.length, source.batch, whole),
    feeds: (epoch, from) => denseFeeds(source, whole, sampling, epoch, from),
  };
}

async function* denseFeeds(
  source: PictureSource,
  whole: boolean,
  { rows, pictures = () => 1, sampleOf }: DenseSampling,
  epoch: number,
  from: number,
): AsyncGenerator<StepFeeds> {
  const { batch, items, preprocessing, decoded, platform, signal } = source;
  const { height, width } = preprocessing;
  const { order } = orderOf(source, epoch);
  const count = whole ? order.length - (order.length % batch) : order.length;
  const each = pictures(epoch);
  // The other pictures of a mosaic are the next ones in the order.
  const read = Array.from({ length: Math.max(0, count - from * batch) }, (_, i) =>
    Array.from({ length: each }, (__, k) => order[(from * batch + i + k) % order.length]!),
  ).flat();
  const how = { order: read, batchSize: each * batch, preprocessing, decoded, platform };
  for await (const { pixels, indices } of batches(items, { ...how, ...(signal && { signal }) })) {
    const plane = 3 * height * width;
    const picture = (k: number): Pixels => ({
      height,
      width,
      data: pixels.subarray(k * plane, (k + 1) * plane),
    });
    const samples = Array.from({ length: indices.length / each }, (_, i) => {
      const own = Array.from({ length: each }, (__, k) => i * each + k);
      return sampleOf(
        own.map((k) => indices[k]!),
        own.map(picture),
        epoch,
      );
    });
    yield stepFeeds(samples, batch, rows);
  }
}

/** Joins samples to the inputs of a step. */
function stepFeeds(samples: readonly DenseSample[], batch: number, rows: DenseSampling["rows"]): StepFeeds {
  const names = feedNames("train");
  const { height, width, data } = samples[0]!.pixels;
  const x = new Uint8Array(batch * data.length);
  for (const [i, { pixels }] of samples.entries()) x.set(pixels.data, i * data.length);
  const joined = Object.entries(rows).map(([name, dims]): [string, Tensor] => {
    const size = dims.reduce((a, b) => a * b, 1);
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
