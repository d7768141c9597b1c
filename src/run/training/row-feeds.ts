import { stopIf } from "../../core/errors.js";
import { draws } from "../../core/random.js";
import type { ItemInputs } from "../../data/index.js";
import { batchesByLength, batchesInOrder } from "../../data/lengths.js";
import type { StepFeeds } from "../../train/loop.js";
import { mixingRows, targetRows } from "../../train/objectives/target-rows.js";
import { feedNames } from "../../train/step/state-names.js";
import { noClass, orderOf, type TrainSource } from "./train-source.js";

/**
 * Yields the feeds of one epoch for items that are no images: see epochFeeds. With `mix` they are mixed, by draws of (seed, epoch,
 * step): their inputs, if these can be blended ({@link pairsOf}), else their features ({@link mixingMatrix}).
 */
export async function* rowFeeds(
  source: Omit<TrainSource, "inputs" | "augmentation">,
  inputs: ItemInputs,
  epoch: number,
  from: number,
  whole: boolean,
  mix?: { readonly mixup: number; readonly classes: number },
): AsyncGenerator<StepFeeds> {
  const { batch, seed, signal, classOf = noClass } = source;
  const mixed = mix && (await import("../../data/augment/mix.js"));
  const names = feedNames("train");
  const { items, order } = source.order
    ? { items: source.items, order: source.order(epoch) }
    : orderOf(source, epoch);
  const sizes = source.lengths ?? [inputs.longest];
  const lengthOf = (i: number): number => inputs.lengthOf(items[i]!);
  const all =
    source.paired === true || inputs.uniform
      ? batchesInOrder(order, lengthOf, { batch, sizes })
      : batchesByLength(order, lengthOf, { batch, sizes, seed, epoch });
  let step = from;
  for (const { indices, size } of all.filter((one) => !whole || one.indices.length === batch).slice(from)) {
    stopIf(signal);
    const filled = Array.from({ length: batch }, (_, i) => indices[i] ?? indices[0]!);
    const rowsOf = filled.map((i) => items[i]!);
    const pairs = mixed?.pairsOf(
      indices.map((i) => classOf(items[i]!)),
      { size: batch, classes: mix!.classes, alpha: mix!.mixup },
      draws(seed, "mix", epoch, step),
    );
    step++;
    const x =
      pairs && inputs.blended
        ? inputs.blended(rowsOf, size, epoch, pairs)
        : (inputs.changed?.(rowsOf, size, epoch) ?? inputs.tensor(rowsOf, size));
    const { labels: y, weights: w } = inputs.tagsOf?.(rowsOf, size) ?? {
      labels: BigInt64Array.from(filled, (i) => BigInt(classOf(items[i]!))),
      weights: new Float32Array(batch).fill(1),
    };
    // A short batch is padded with its first item, at weight 0.
    w.fill(0, (w.length / batch) * indices.length);
    const rows = (await source.rows?.({ epoch, indices: filled, pixels: x })) ?? {};
    yield {
      ...Object.fromEntries(Object.entries(rows).map(([name, row]) => [`train.${name}`, row])),
      [names.x]: x,
      [names.labels]: { dtype: "int64", dims: [y.length], data: y },
      [names.weights]: { dtype: "float32", dims: [w.length], data: w },
      ...(pairs && {
        [`train.${targetRows}`]: { dtype: "float32", dims: [batch, mix!.classes], data: pairs.targets },
        ...(!inputs.blended && { [`train.${mixingRows}`]: mixed!.mixingMatrix(pairs) }),
      }),
    };
  }
}
