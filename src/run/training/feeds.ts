import { draws } from "../../core/random.js";
import type { Tensor } from "../../core/tensor.js";
import { arePictures, batches, inputBatches, type Mix } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { Evaluator } from "../../train/fit.js";
import type { StepFeeds } from "../../train/loop.js";
import { targetRows } from "../../train/objectives/target-rows.js";
import { feedNames } from "../../train/step/state-names.js";
import { type HeldSource, noClass, orderOf, type TrainSource } from "./train-source.js";

/**
 * Yields the feeds of one epoch, from step `from` on, in a new order each epoch. The last short batch is padded with
 * its first item at weight 0; only `whole` batches are used if BatchNormalization uses batch statistics. With `mix` the
 * items of a batch are mixed, by draws of (seed, epoch, step), and shares of classes are fed too.
 */
export async function* epochFeeds(
  source: TrainSource,
  epoch: number,
  from: number,
  whole: boolean,
  mix?: Mix & { readonly classes: number },
): AsyncGenerator<StepFeeds> {
  const { batch, seed, inputs, augmentation, augmentOptions, signal, classOf = noClass } = source;
  const names = feedNames("train");
  if (!arePictures(inputs)) {
    yield* (await import("./row-feeds.js")).rowFeeds(source, inputs, epoch, from, whole, mix);
    return;
  }
  const { preprocessing, decoded, platform } = inputs;
  const epochs = source.order ? { items: source.items, order: source.order(epoch) } : orderOf(source, epoch);
  const { items } = epochs;
  let order = epochs.order.slice(from * batch);
  if (whole) order = order.slice(0, order.length - (order.length % batch));
  const given = batches(items, {
    order,
    batchSize: batch,
    preprocessing,
    augmentation,
    augmentOptions,
    seed,
    epoch,
    decoded,
    platform,
    signal,
  });
  // Loaded on demand, like augmentation.
  const mixBatch = mix && (await import("../../data/augment/mix.js")).mixBatch;
  const { height, width } = preprocessing;
  const each = height * width * 3;
  let step = from;
  for await (const { pixels: plain, indices } of given) {
    const labels = indices.map((i) => classOf(items[i]!));
    const n = labels.length;
    const mixed =
      mix &&
      mixBatch?.(
        plain,
        labels,
        { height, width, classes: mix.classes },
        mix,
        draws(seed, "mix", epoch, step),
      );
    step++;
    const pixels = mixed?.pixels ?? plain;
    const x = n === batch ? pixels : new Uint8Array(batch * each);
    const y = new BigInt64Array(batch);
    const w = new Float32Array(batch);
    if (n < batch) x.set(pixels);
    for (let i = 0; i < batch; i++) {
      if (i >= n) x.set(pixels.subarray(0, each), i * each);
      y[i] = BigInt(labels[i < n ? i : 0]!);
      w[i] = i < n ? 1 : 0;
    }
    const dims = [batch, height, width, 3];
    const fed: Tensor = { dtype: "uint8", dims, data: x };
    const filled = Array.from({ length: batch }, (_, i) => indices[i < n ? i : 0]!);
    const rows = (await source.rows?.({ epoch, indices: filled, pixels: fed })) ?? {};
    yield {
      ...Object.fromEntries(Object.entries(rows).map(([name, row]) => [`train.${name}`, row])),
      [names.x]: fed,
      [names.labels]: { dtype: "int64", dims: [batch], data: y },
      [names.weights]: { dtype: "float32", dims: [batch], data: w },
      ...(mixed && {
        [`train.${targetRows}`]: {
          dtype: "float32",
          dims: [batch, mix!.classes],
          data: padded(mixed.targets, batch * mix!.classes),
        },
      }),
    };
  }
}

/** Pads with zeros: rows of weight 0. */
function padded(values: Float32Array, length: number): Float32Array {
  if (values.length === length) return values;
  const all = new Float32Array(length);
  all.set(values);
  return all;
}

/** Steps per epoch of {@link epochFeeds}. */
export function stepsOf(examples: number, batch: number, whole: boolean): number {
  return Math.max(1, whole ? Math.floor(examples / batch) : Math.ceil(examples / batch));
}

/** Returns the logits of items under an evaluator, float32[N, C]; of several views those of the mean of their answers. */
export async function predictAll(
  evaluate: Evaluator,
  source: HeldSource & Pick<TrainSource, "signal">,
  classes: number,
): Promise<Float32Array> {
  const { views = 1, viewAverage = "softmax", ...one } = source;
  if (views === 1) return predictView(evaluate, one, classes);
  const { averageViews } = await import("./average-views.js");
  return averageViews(views, viewAverage, classes, (view) => predictView(evaluate, one, classes, view));
}

async function predictView(
  evaluate: Evaluator,
  { items, inputs, signal }: HeldSource & Pick<TrainSource, "signal">,
  classes: number,
  view?: number,
): Promise<Float32Array> {
  const logits = new Float32Array(items.length * classes);
  for await (const { x, indices } of inputBatches(items, inputs, { view, signal })) {
    const scores = await evaluate(x);
    indices.forEach((index, i) => {
      logits.set(scores.subarray(i * classes, (i + 1) * classes), index * classes);
    });
  }
  return logits;
}

/** Returns the logits of a model whose weights are initializers. */
export async function predictWith(
  runtime: Runtime,
  model: Graph,
  source: HeldSource,
  classes: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const session = await openSession(runtime, model, { label: "the trained model" });
  try {
    return await predictAll((x) => firstOutput(session, x), { ...source, signal }, classes);
  } finally {
    await session.dispose();
  }
}
