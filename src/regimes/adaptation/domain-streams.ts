import { permutation } from "../../core/random.js";
import { stepsPerEpoch } from "../../methods/adapt/index.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { epochFeeds } from "../../run/training/feeds.js";
import { noClass, type TrainSource } from "../../run/training/train-source.js";
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
 * Returns the feeds of the steps of an epoch: `batch` source samples, and as many target samples.
 *
 * Source samples have a new order in each epoch, target samples in each pass, so those of a smaller domain are repeated more
 * often. The order depends only on the step, so a resumed run continues with the same samples.
 */
export function domainStreams(
  source: TrainSource,
  { epochs }: Pick<TrainingPlan, "epochs">,
  { target, weights, numbers = {} }: DomainStreams,
): (epoch: number, from: number) => AsyncGenerator<StepFeeds> {
  const { batch, seed } = source;
  const steps = stepsPerEpoch(source.items.length, batch);
  const labelled: TrainSource = {
    ...source,
    ...(weights && {
      rows: async ({ indices }) => ({
        [importance]: {
          dtype: "float32",
          dims: [batch],
          data: Float32Array.from(indices, (i) => weights[i]!),
        },
      }),
    }),
  };
  const unlabelled: TrainSource | undefined = target && {
    ...source,
    // No label of the target reaches the step.
    classOf: noClass,
    items: target,
    order: (epoch) => roundOrder(target.length, epoch * steps * batch, (epoch + 1) * steps * batch, seed),
  };
  return async function* (epoch, from) {
    const others = unlabelled && epochFeeds(unlabelled, epoch, from, true);
    let step = epoch * steps + from;
    try {
      for await (const feeds of epochFeeds(labelled, epoch, from, true)) {
        const other = await others?.next();
        if (other?.done) return;
        const progress = step++ / (epochs * steps);
        yield {
          ...named(feeds, "source"),
          ...(other && named(other.value, "target")),
          ...Object.fromEntries(
            Object.entries(numbers).map(([name, at]) => [
              name,
              { dtype: "float32" as const, dims: [], data: Float32Array.of(at(progress)) },
            ]),
          ),
        };
      }
    } finally {
      await others?.return(undefined);
    }
  };
}

/** Name of the rows that hold the weights of source samples. */
const importance = "importance";
const train = feedNames("train");

/** Returns the feeds of a batch under the names of a stream. */
function named(feeds: StepFeeds, stream: "source" | "target"): StepFeeds {
  const names = feedNames(stream);
  return {
    [names.x]: feeds[train.x]!,
    [names.labels]: feeds[train.labels]!,
    [names.weights]: feeds[`train.${importance}`] ?? feeds[train.weights]!,
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
