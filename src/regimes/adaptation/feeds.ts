import { permutation } from "../../core/random.js";
import type { Tensor } from "../../core/tensor.js";
import { stepsPerEpoch } from "../../methods/adapt/index.js";
import type { Evaluator } from "../../train/fit.js";
import type { StepFeeds } from "../../train/loop.js";
import { feedNames } from "../../train/step/state-names.js";
import type { DomainItem, Inputs } from "./domain.js";

/** What the steps of an adaptation are fed from. */
export interface TwoStreams {
  readonly inputs: Inputs;
  readonly source: readonly DomainItem[];
  /** Missing for a method that looks at no target. */
  readonly target?: readonly DomainItem[];
  /** Weight of each source item. Default 1. */
  readonly weights?: Float64Array;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
  /** Numbers of a step, from the share of the run that is done. */
  readonly numbers?: Readonly<Record<string, (progress: number) => number>>;
}

/**
 * Feeds of the steps of one epoch, from step `from` on: `batch` source items in a fresh order each epoch, and as many target items, which go
 * round and round in an order of each round's own: the smaller domain is seen more often. Only whole batches. Where the n-th batch of either
 * begins depends on n alone, so a run that was stopped goes on as it would have.
 */
export async function* twoStreams(
  streams: TwoStreams,
  epoch: number,
  from: number,
): AsyncGenerator<StepFeeds> {
  const { inputs, source, target, weights, batch, epochs, seed, numbers = {} } = streams;
  const steps = stepsPerEpoch(source.length, batch);
  const order = permutation(source.length, seed, "order", epoch).slice(from * batch, steps * batch);
  const labelled = inputs.batches(source, { order, batch, epoch });
  const first = epoch * steps + from;
  const unlabelled =
    target &&
    inputs.batches(target, {
      order: goingRound(target.length, first * batch, (epoch + 1) * steps * batch, seed),
      batch,
      epoch,
    });
  const others = unlabelled?.[Symbol.asyncIterator]();
  const names = { source: feedNames("source"), target: feedNames("target") };
  const ones = new Float32Array(batch).fill(1);
  let step = first;
  try {
    for await (const { x, indices } of labelled) {
      const feeds: Record<string, Tensor> = {
        [names.source.x]: x,
        [names.source.labels]: labelsOf(indices.map((i) => source[i]!.label)),
        [names.source.weights]: {
          dtype: "float32",
          dims: [batch],
          data: weights ? Float32Array.from(indices, (i) => weights[i]!) : ones.slice(),
        },
      };
      if (others) {
        const next = await others.next();
        if (next.done) return;
        feeds[names.target.x] = next.value.x;
        // There are none, and nothing reads them.
        feeds[names.target.labels] = labelsOf(indices.map(() => 0));
        feeds[names.target.weights] = { dtype: "float32", dims: [batch], data: ones.slice() };
      }
      const progress = step / (epochs * steps);
      for (const [name, at] of Object.entries(numbers))
        feeds[name] = { dtype: "float32", dims: [], data: Float32Array.of(at(progress)) };
      step++;
      yield feeds;
    }
  } finally {
    await others?.return?.(undefined);
  }
}

/** Positions `from` … `to - 1` of an endless row of orders of n items. */
function goingRound(n: number, from: number, to: number, seed: number): number[] {
  const out: number[] = [];
  let round = -1;
  let order: number[] = [];
  for (let at = from; at < to; at++) {
    const now = Math.floor(at / n);
    if (now !== round) {
      round = now;
      order = permutation(n, seed, "target order", round);
    }
    out.push(order[at % n]!);
  }
  return out;
}

function labelsOf(labels: readonly number[]): Tensor {
  return { dtype: "int64", dims: [labels.length], data: BigInt64Array.from(labels, BigInt) };
}

/** Items a run where nothing trains. */
const scoredAtOnce = 64;

/** One row of numbers for each item, in their order. @param run a batch in, `width` numbers an item out */
export async function rowsFor(
  run: Evaluator,
  inputs: Inputs,
  items: readonly DomainItem[],
  width: number,
): Promise<Float32Array> {
  const rows = new Float32Array(items.length * width);
  const order = items.map((_, i) => i);
  for await (const { x, indices } of inputs.batches(items, { order, batch: scoredAtOnce })) {
    const out = await run(x);
    indices.forEach((index, i) => {
      rows.set(out.subarray(i * width, (i + 1) * width), index * width);
    });
  }
  return rows;
}
