import type { LengthsEvent } from "../../core/events/lengths-event.js";
import type { ItemInputs, Sample } from "../../data/index.js";
import { batchesByLength, batchesInOrder, paddingOf, trainingLengths } from "../../data/lengths.js";
import type { PairPlan } from "../../methods/setfit/pair-plan.js";
import { pairOrder } from "../../methods/setfit/pairs.js";

/** Pairs of samples of the same class, or of two. */
interface PairsOfClasses {
  readonly plan: PairPlan;
  readonly classOf: (item: Sample) => number;
}

/** Padded lengths of a training's batches, ascending. */
export function lengthsOf(
  { fixed, lengthOf }: ItemInputs,
  items: readonly Sample[],
  batch: number,
): readonly number[] {
  return fixed === undefined ? trainingLengths(items.map(lengthOf), batch) : [fixed];
}

/**
 * Returns the lengths of a run's items, and the share of padding in its batches.
 * @param batch of its training, if it trains
 * @param pairs of its batches, if it learns from pairs
 */
export function lengthsEvent(
  inputs: ItemInputs,
  items: readonly Sample[],
  { batch, pairs, seed }: { readonly batch?: number; readonly pairs?: PairsOfClasses; readonly seed: number },
): LengthsEvent {
  const lengthOf = (i: number) => inputs.lengthOf(items[i]!);
  const sizes =
    batch === undefined
      ? [...new Set(items.map((item) => inputs.sizeOf(item)))].sort((a, b) => a - b)
      : lengthsOf(inputs, items, batch);
  const epoch = { batch: batch ?? 1, sizes, seed, epoch: 0 };
  const batches = pairs
    ? batchesInOrder(pairOrder(items.map(pairs.classOf), pairs.plan, seed, 0), lengthOf, epoch)
    : batchesByLength([...items.keys()], lengthOf, epoch);
  const padding = paddingOf(batches, lengthOf);
  const { count: cut, of: texts, at: limit } = inputs.cut;
  return { event: "lengths", texts, cut, limit, batches: sizes, padding: Number(padding.toFixed(4)) };
}
