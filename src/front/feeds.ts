import { permutation } from "../core/random.js";
import type { Tensor } from "../core/tensor.js";
import {
  type Augmentation,
  batches,
  type ImageItem,
  type ImagePreprocessing,
  type PixelCache,
} from "../data/index.js";
import type { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Evaluator, Validation } from "../train/fit.js";
import type { StepFeeds } from "../train/loop.js";
import { feedNames } from "../train/state-names.js";
import { type Predictions, scoresOf } from "./scores.js";

/** Pictures of a data set as the training loop wants them. */
export interface PictureSource {
  readonly items: readonly ImageItem[];
  readonly preprocessing: ImagePreprocessing;
  readonly augmentation: Augmentation;
  readonly batch: number;
  readonly seed: number;
  readonly decoded: PixelCache;
  /** Where the pictures are read and decoded. */
  readonly platform: Platform;
  readonly signal?: AbortSignal;
  /** The order of an epoch's pictures, as many as there are items; some may come twice. Default: each once. */
  readonly order?: (epoch: number) => readonly number[];
  /** Further data of a batch by name, fed as `train.NAME`: see {@link RowsOf}. */
  readonly rows?: RowsOf;
}

/**
 * What else is fed of a batch. @param batch the pictures as they are fed, and their places in the items, both filled up
 */
export type RowsOf = (batch: {
  readonly epoch: number;
  readonly indices: readonly number[];
  readonly pixels: Tensor;
}) => Promise<Readonly<Record<string, Tensor>>>;

/** What scoring needs of a {@link PictureSource}. */
export type HeldSource = Pick<PictureSource, "items" | "preprocessing" | "decoded" | "platform">;

/**
 * Feeds of the steps of one epoch, from step `from` on: a fresh order each epoch. The last short batch is filled
 * up with its first picture at weight 0; `whole` batches only are given where BatchNormalization looks at the batch.
 */
export async function* pictureFeeds(
  source: PictureSource,
  epoch: number,
  from: number,
  whole: boolean,
): AsyncGenerator<StepFeeds> {
  const { items, batch, seed, preprocessing, augmentation, decoded, platform, signal } = source;
  const names = feedNames("train");
  const all = source.order?.(epoch) ?? permutation(items.length, seed, "order", epoch);
  let order = all.slice(from * batch);
  if (whole) order = order.slice(0, order.length - (order.length % batch));
  const given = batches(items, {
    order,
    batchSize: batch,
    preprocessing,
    augmentation,
    seed,
    epoch,
    decoded,
    platform,
    ...(signal && { signal }),
  });
  const each = preprocessing.height * preprocessing.width * 3;
  for await (const { pixels, labels, indices } of given) {
    const n = labels.length;
    const x = n === batch ? pixels : new Uint8Array(batch * each);
    const y = new BigInt64Array(batch);
    const w = new Float32Array(batch);
    if (n < batch) x.set(pixels);
    for (let i = 0; i < batch; i++) {
      if (i >= n) x.set(pixels.subarray(0, each), i * each);
      y[i] = BigInt(labels[i < n ? i : 0]!);
      w[i] = i < n ? 1 : 0;
    }
    const dims = [batch, preprocessing.height, preprocessing.width, 3];
    const fed: Tensor = { dtype: "uint8", dims, data: x };
    const filled = Array.from({ length: batch }, (_, i) => indices[i < n ? i : 0]!);
    const rows = (await source.rows?.({ epoch, indices: filled, pixels: fed })) ?? {};
    yield {
      ...Object.fromEntries(Object.entries(rows).map(([name, row]) => [`train.${name}`, row])),
      [names.x]: fed,
      [names.labels]: { dtype: "int64", dims: [batch], data: y },
      [names.weights]: { dtype: "float32", dims: [batch], data: w },
    };
  }
}

/** Steps of an epoch of {@link pictureFeeds}. */
export function stepsOf(examples: number, batch: number, whole: boolean): number {
  return Math.max(1, whole ? Math.floor(examples / batch) : Math.ceil(examples / batch));
}

/** Raw scores of items under an evaluator, pictures as they are (no augmentation). */
export async function predictAll(
  evaluate: Evaluator,
  source: HeldSource & Pick<PictureSource, "signal">,
  classes: number,
): Promise<Predictions> {
  const { items, preprocessing, decoded, platform, signal } = source;
  const logits = new Float32Array(items.length * classes);
  for await (const { pixels, indices } of batches(items, {
    batchSize: 32,
    preprocessing,
    decoded,
    platform,
    ...(signal && { signal }),
  })) {
    const dims = [indices.length, preprocessing.height, preprocessing.width, 3];
    const x: Tensor = { dtype: "uint8", dims, data: pixels };
    const scores = await evaluate(x);
    indices.forEach((index, i) => {
      logits.set(scores.subarray(i * classes, (i + 1) * classes), index * classes);
    });
  }
  return {
    logits,
    labels: Int32Array.from(items, (item) => item.label),
    items: items.map((item) => item.id),
  };
}

/** Raw scores under a model with its weights inside. */
export async function predictWith(
  runtime: Runtime,
  model: Graph,
  source: HeldSource,
  classes: number,
  signal: AbortSignal | undefined,
): Promise<Predictions> {
  const session = await runtime.session(toOnnx(model), { label: "the trained model" });
  try {
    return await predictAll(
      async (x) =>
        Object.values(await session.run({ [session.inputs[0]!.name]: x }))[0]!.data as Float32Array,
      { ...source, ...(signal && { signal }) },
      classes,
    );
  } finally {
    await session.dispose();
  }
}

/** Loss and accuracy on the validation part. */
export async function validateOn(
  evaluate: Evaluator,
  source: HeldSource & Pick<PictureSource, "signal">,
  classes: readonly string[],
): Promise<Validation> {
  const scores = scoresOf(classes, await predictAll(evaluate, source, classes.length));
  return { loss: scores.loss, accuracy: scores.accuracy };
}
