import { permutation } from "../../core/random.js";
import { float32, scalar, type Tensor } from "../../core/tensor.js";
import { arePictures } from "../../data/index.js";
import { stepsPerEpoch } from "../../methods/adapt/index.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { Streams } from "../../run/context.js";
import { epochFeeds } from "../../run/training/feeds.js";
import { lengthsOf } from "../../run/training/lengths-of.js";
import type { TrainSource } from "../../run/training/train-source.js";
import type { StepFeeds } from "../../train/loop.js";
import { feedNames } from "../../train/step/state-names.js";
import type { DomainItem } from "./domain.js";

/** Parts of a step's batches in addition to the labelled source. */
export interface DomainStreams {
  /** Unlabelled target samples. Missing for a method that does not use the target. */
  readonly target?: readonly DomainItem[];
  /** Weight of each source sample. Default 1. */
  readonly weights?: Float64Array | undefined;
  /** Named values of a step as functions of the progress of the run, 0 … 1. */
  readonly numbers?: Readonly<Record<string, (progress: number) => number>>;
}

/**
 * Returns what feeds the steps: `batch` source samples, and as many target samples. Both have one padded length.
 *
 * Source samples have a new order in each epoch, target samples in each pass, so those of a smaller domain are repeated more
 * often. The order depends only on the step, so a resumed run continues with the same samples. It does not depend on lengths:
 * batches of similar lengths would not show how a domain is distributed.
 */
export function domainStreams(
  source: TrainSource,
  { epochs }: Pick<TrainingPlan, "epochs">,
  { target = [], weights, numbers = {} }: DomainStreams,
): Streams {
  const { batch, seed, inputs } = source;
  const known = source.items.length;
  const steps = stepsPerEpoch(known, batch);
  const streams = target.length > 0 ? (["source", "target"] as const) : (["source"] as const);
  // No label of the target reaches the step.
  const items = [...source.items, ...target.map((item) => ({ ...item, label: 0 }))];
  const rows = streams.length * batch;
  const lengths =
    arePictures(inputs) || inputs.uniform
      ? undefined
      : { sizes: lengthsOf(inputs, items, rows), fill: inputs.fill };
  const joined: TrainSource = {
    ...source,
    items,
    batch: rows,
    paired: true,
    ...(lengths && { lengths: lengths.sizes }),
    order(epoch) {
      const first = epoch * steps * batch;
      const orders = [
        permutation(known, seed, "order", epoch),
        ...(target.length > 0
          ? [roundOrder(target.length, first, first + steps * batch, seed).map((i) => known + i)]
          : []),
      ];
      return Array.from({ length: steps }, (_, step) =>
        orders.flatMap((order) => order.slice(step * batch, (step + 1) * batch)),
      ).flat();
    },
    ...(weights && {
      rows: async ({ indices }) => ({
        [importance]: float32(
          [indices.length],
          indices.map((i) => weights[i] ?? 1),
        ),
      }),
    }),
  };
  return {
    stepsPerEpoch: steps,
    ...(lengths && { lengths }),
    async *feeds(epoch, from) {
      let step = epoch * steps + from;
      for await (const feeds of epochFeeds(joined, epoch, from, true)) {
        const progress = step++ / (epochs * steps);
        yield {
          ...Object.assign({}, ...streams.map((stream, i) => batchOf(feeds, stream, i * batch, batch))),
          ...Object.fromEntries(Object.entries(numbers).map(([name, at]) => [name, scalar(at(progress))])),
        };
      }
    },
  };
}

/** Name of the rows that hold the weights of source samples. */
const importance = "importance";
const train = feedNames("train");

/** Returns `count` rows of the feeds from row `first` on, under the names of a stream. */
function batchOf(feeds: StepFeeds, stream: "source" | "target", first: number, count: number): StepFeeds {
  const names = feedNames(stream);
  const part = ({ dtype, dims, data }: Tensor) => {
    const width = data.length / dims[0]!;
    const some = (data as Float32Array).subarray(first * width, (first + count) * width);
    return { dtype, dims: [count, ...dims.slice(1)], data: some } as Tensor;
  };
  return {
    [names.x]: part(feeds[train.x]!),
    [names.labels]: part(feeds[train.labels]!),
    [names.weights]: part(feeds[`train.${importance}`] ?? feeds[train.weights]!),
  };
}

/** Returns positions `from` … `to - 1` of an endless sequence of permutations of n samples. */
function roundOrder(n: number, from: number, to: number, seed: number): number[] {
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
