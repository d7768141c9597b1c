import {
  type DenseHeadShape,
  levelNames,
  mapNames,
  normEpsilon,
  silu,
} from "../../bases/dense/dense-head.js";
import { permutation } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { optimizers, schedules } from "../../optim/index.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { Weights } from "../../train/epochs/average-weights.js";
import { prepareFit } from "../../train/fit.js";
import type { StepFeeds } from "../../train/loop.js";
import type { Objective } from "../../train/objectives/objective.js";
import { feedNames } from "../../train/step/state-names.js";
import type { CellTable, MapStatistics } from "./cell-table.js";

/** How the head of a level is solved on sampled cells. */
export interface SolveCellsOptions {
  readonly runtime: Runtime;
  /** Weights that the solution starts from. */
  readonly start: Weights;
  /** The loss of rows; a row is a sample with one cell. */
  readonly objective: Objective;
  /** Name of the row that gets the weights of the cells. */
  readonly weighted: string;
  /** Dimensions of the predictions of a row, as the objective reads them. */
  readonly outputDims: readonly number[];
  readonly seed: number;
  /** Returns the number of passes. Default: {@link passesOver}. */
  readonly passes?: ((secondsPerPass: number) => Promise<number>) | undefined;
  /** Called after each pass. */
  readonly onPass?: () => void;
  readonly signal?: AbortSignal;
}

/** Rows of a step, and the peak learning rate. */
const [batch, rate] = [2048, 5e-3] as const;
/** Fewest passes over all rows, and fewest steps. */
const [fewestPasses, fewestSteps] = [30, 300] as const;

/** Returns the number of passes over the rows of a table. */
export const passesOver = ({ count }: Pick<CellTable, "count">): number =>
  Math.max(fewestPasses, Math.ceil(fewestSteps / Math.ceil(count / batch)));

/**
 * Solves the first and the last convolution of a level on rows of features: logits = W₂ silu(W₁ x + b₁) + b₂. The residual blocks in
 * between stay as they are: they add nothing at first.
 * @returns the weights of the level
 */
export async function solveCells(
  table: CellTable,
  level: number,
  shape: DenseHeadShape,
  options: SolveCellsOptions,
): Promise<Weights> {
  const { model, names } = rowModel(shape, level, options);
  const stepsPerEpoch = Math.ceil(table.count / batch);
  const fit = await prepareFit({
    runtime: options.runtime,
    model,
    objective: options.objective,
    trainable: [...names.keys()].map((value) => ({ value, group: 0, decay: !value.endsWith("bias") })),
    optimizer: optimizers.adamw({ weightDecay: 0.01 }),
    batchNorm: "frozen",
    clipNorm: 10,
    schedule: schedules.cosine({}),
    rates: [rate],
    epochs: passesOver(table),
    batch,
    stepsPerEpoch,
    stage: "head",
    keep: "last",
    // The last pass is kept.
    validate: async () => ({ score: 0, loss: 0 }),
    guessing: { loss: Number.POSITIVE_INFINITY, words: "" },
    onEvent: (event) => event.event === "epoch" && options.onPass?.(),
    feeds: (epoch, from) => rowFeeds(table, level, options, epoch, from),
    signal: options.signal,
  });
  try {
    const passes = await options.passes?.(stepsPerEpoch * (await fit.measure()));
    const { weights } = await fit.run(
      undefined,
      passes === undefined ? {} : { steps: passes * stepsPerEpoch },
    );
    return new Map(
      [...names].map(([value, [name, dims]]) => [
        name,
        float32(dims, weights.get(value)!.data as Float32Array),
      ]),
    );
  } finally {
    await fit.dispose();
  }
}

/** Returns the head of a level for rows, and for each of its weights the name and dimensions of its weight in the dense head. */
function rowModel(
  shape: DenseHeadShape,
  level: number,
  { start, outputDims }: Pick<SolveCellsOptions, "start" | "outputDims">,
) {
  const { reads } = shape.levels[level]!;
  const own = levelNames(level);
  const model = new Graph("rows");
  const g = new Builder(model);
  const dims = reads.map((m) => shape.maps[m]!.channels);
  const all = dims.reduce((a, b) => a + b, 0);
  const x = model.input("x", { dtype: "float32", shape: ["batch", all] });
  const names = new Map<Value, readonly [Value, readonly number[]]>();
  const weight = (value: Value, name: Value, dense: readonly number[], plain: readonly number[]): Value => {
    names.set(value, [name, dense]);
    const data = (start.get(name)?.data as Float32Array | undefined) ?? new Float32Array(sizeOf(plain));
    return model.initializer(value, float32(plain, data));
  };
  let first = 0;
  const mixed = reads.map((m, k) => {
    const channels = dims[k]!;
    const part =
      reads.length === 1 ? x : g.slice(x, { starts: [first], ends: [first + channels], axes: [1] });
    first += channels;
    const w = weight(
      k === 0 ? "mix" : `mix${m}`,
      own.mix(m),
      [shape.width, channels, 1, 1],
      [shape.width, channels],
    );
    const b = k === 0 ? weight("mix bias", own.mixBias, [shape.width], [shape.width]) : "";
    return g.gemm(part, w, b, { transB: true });
  });
  const inner = silu(
    g,
    mixed.reduce((a, b) => g.add(a, b)),
  );
  const { outputs, width } = shape;
  const out = weight("out", own.out, [outputs, width, 1, 1], [outputs, width]);
  const bias = weight("out bias", own.outBias, [outputs], [outputs]);
  model.outputs.push(g.reshape(g.gemm(inner, out, bias, { transB: true }), [0, ...outputDims]));
  return { model, names };
}

async function* rowFeeds(
  table: CellTable,
  level: number,
  { objective, weighted, seed }: SolveCellsOptions,
  epoch: number,
  from: number,
): AsyncGenerator<StepFeeds> {
  const { count, width, features, weights, targets } = table;
  const names = feedNames("train");
  const order = permutation(count, seed, "cells", level, epoch);
  for (let first = from * batch; first < count; first += batch) {
    // The last short batch is filled with rows of weight 0.
    const chosen = Array.from({ length: batch }, (_, i) => order[(first + i) % count]!);
    const gathered = (data: Float32Array, size: number, dims: readonly number[]): Tensor => {
      const out = new Float32Array(batch * size);
      for (const [i, row] of chosen.entries()) out.set(data.subarray(row * size, (row + 1) * size), i * size);
      return float32([batch, ...dims], out);
    };
    const counted = Float32Array.from(chosen, (row, i) => (first + i < count ? weights[row]! : 0));
    yield {
      [names.x]: gathered(features, width, [width]),
      [names.labels]: { dtype: "int64", dims: [batch], data: new BigInt64Array(batch) },
      [names.weights]: float32([batch], new Float32Array(batch).fill(1)),
      ...Object.fromEntries(
        Object.entries(objective.rows!).map(([name, dims]) => [
          `train.${name}`,
          name === weighted
            ? float32([batch, ...dims], counted)
            : gathered(targets[name]!, sizeOf(dims), dims),
        ]),
      ),
    };
  }
}

/**
 * Returns the normalisation of maps as scale and bias: γ = √(1 + ε) / √(σ² + ε), β = −μ / √(σ² + ε). The running statistics stay 0 and
 * 1, because a training starts from weights that it trains, and frozen statistics are none.
 */
export const normWeights = (statistics: readonly MapStatistics[]): Weights =>
  new Map(
    statistics.flatMap(({ mean, variance }, m) => {
      const inverse = variance.map((v) => 1 / Math.sqrt(v + normEpsilon));
      const scale = inverse.map((one) => one * Math.sqrt(1 + normEpsilon));
      const bias = inverse.map((one, c) => -mean[c]! * one);
      return [
        [mapNames(m).scale, float32([scale.length], scale)] as const,
        [mapNames(m).bias, float32([bias.length], bias)] as const,
      ];
    }),
  );
