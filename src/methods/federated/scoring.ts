import type { HolderFacts } from "../../core/events/run-outcome.js";
import { piecesOf, type Rows } from "../../core/results/rows.js";
import { scoredBy } from "../../evaluate/metric-sums.js";
import { multiply } from "../../linalg/products.js";
import { argmax } from "../../linalg/softmax.js";
import { difference, disagreement, mcNemar } from "../../statistics/index.js";
import { mean } from "../../statistics/samples.js";

/** A linear head, and which class or number each of its K outputs is. */
export interface LinearOutputs {
  /** float64[K, D] */
  readonly weight: Float64Array;
  /** float64[K]. Default: 0 */
  readonly bias?: Float64Array;
  readonly outputs: readonly number[];
}

/** Samples that score heads. */
export interface Scoring {
  readonly metric: HolderFacts["metric"];
  /** n */
  readonly count: number;
  /** Classes or numbers. */
  readonly names: readonly string[];
  /** Scores each sample by a head. The mean is the metric, and 0 that of a model that has learnt nothing. */
  readonly scoresOf: (head: LinearOutputs) => ArrayLike<number>;
  /** Returns p of two models that are equally good, two-sided. */
  readonly pOf: (a: ArrayLike<number>, b: ArrayLike<number>) => number;
}

interface SamplesOf {
  /** float32[n, D] */
  readonly rows: Rows;
  readonly names: readonly string[];
}

/** Scores heads by the accuracy, and compares them by McNemar's exact test. @param samples labels are indices into the names */
export function scoringOfClasses(samples: SamplesOf & { readonly labels: readonly number[] }): Scoring {
  return {
    metric: "accuracy",
    count: samples.labels.length,
    names: samples.names,
    scoresOf: (head) => rightOf(samples, head),
    pOf: (a, b) => mcNemar(disagreement(a, b)),
  };
}

/**
 * Scores heads by R², the mean over the numbers, and compares them by Student's t over the shares of the samples, or of their groups.
 * @param samples values float64[n, T], and the group of each sample
 */
export function scoringOfNumbers(
  samples: SamplesOf & {
    readonly values: ArrayLike<number>;
    readonly groups?: readonly string[] | undefined;
  },
): Scoring {
  const { rows, values, names, groups } = samples;
  const t = names.length;
  return {
    metric: "r2",
    count: rows.count,
    names,
    scoresOf: (head) => {
      // (y − ŷ)² and y of each number.
      const sums = new Float64Array(2 * rows.count * t);
      for (const { first, z } of outputsOf(rows, head))
        for (const [p, predicted] of z.entries()) {
          const at = (first + Math.floor(p / t)) * t + head.outputs[p % t]!;
          sums.set([(values[at]! - predicted) ** 2, values[at]!], 2 * at);
        }
      return scoredBy({ metric: "r2", k: 2 * t, values: [...sums] }).shares;
    },
    pOf: (a, b) => difference([a], [b], { binary: false, ...(groups && { groups }) }).p ?? 1,
  };
}

/** Compares the scores of two models on the same samples. */
export function compareScores(
  { count: n, pOf }: Scoring,
  own: ArrayLike<number>,
  without: ArrayLike<number>,
): HolderFacts["test"] {
  return { n, with: meanOf(own), without: meanOf(without), p: pOf(own, without) };
}

const meanOf = (scores: ArrayLike<number>): number => mean(Array.from(scores));

/** Yields x Wᵀ + b of some rows, float64[count, K]. */
function* outputsOf(rows: Rows, { weight, bias, outputs: { length: k } }: LinearOutputs) {
  for (const { first, count, values } of piecesOf(rows)) {
    const z = new Float64Array(count * k);
    multiply(values, count, rows.width, weight, k, z);
    if (bias) for (let i = 0; i < z.length; i++) z[i]! += bias[i % k]!;
    yield { first, count, z };
  }
}

/** Returns whether a head is right for each sample, 1 or 0. */
export function rightOf(
  { rows, labels }: { readonly rows: Rows; readonly labels: readonly number[] },
  head: LinearOutputs,
): number[] {
  const { outputs } = head;
  const k = outputs.length;
  const right: number[] = [];
  for (const { first, count, z } of outputsOf(rows, head))
    for (let i = 0; i < count; i++) right.push(outputs[argmax(z, i * k, k)] === labels[first + i] ? 1 : 0);
  return right;
}
