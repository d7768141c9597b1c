// A training that takes a tenth of a second: a residual network of random weights with the probe's head on it, pictures of
// noise with a tint, and a run that may be stopped and gone on with.
import { expect } from "vitest";
import { bodyOf, oldScoresOf } from "../../src/bases/body.js";
import { headValues, withHead, withWeights } from "../../src/bases/heads.js";
import { draws } from "../../src/core/random.js";
import { float32, int64, type Tensor } from "../../src/core/tensor.js";
import type { Graph } from "../../src/graph/graph.js";
import { bindDims, extract, parametersOf } from "../../src/graph/surgery/index.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { fitOfPlan } from "../../src/methods/fit-plan.js";
import { fitProbe } from "../../src/methods/index.js";
import type { PlanRequest, TrainingPlan } from "../../src/methods/plan.js";
import { plannerOf, rowOf, type StrategyName, strategies } from "../../src/methods/registry.js";
import { relationshipName, relationshipOf } from "../../src/methods/regularised/co-tuning.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import type { Checkpoint } from "../../src/train/epochs/checkpoint.js";
import {
  type CheckpointStore,
  type Fit,
  type FitResult,
  prepareFit,
  type Validation,
} from "../../src/train/fit.js";
import type { StepFeeds } from "../../src/train/loop.js";
import { tinyGraph } from "../support/fixtures.js";

export const [classes, side, batch, examples] = [3, 16, 8, 44] as const;
export const stepsPerEpoch = Math.ceil(examples / batch);
const size = 3 * side * side;

/** Noise with a tint that says the class. */
function pictures(): { x: Float32Array; y: number[] } {
  const draw = draws(1, "pictures", "x");
  const y = Array.from({ length: examples }, (_, i) => i % classes);
  const x = new Float32Array(examples * size);
  for (let i = 0; i < x.length; i++) {
    const [example, channel] = [Math.floor(i / size), Math.floor((i % size) / (side * side))];
    x[i] = draw.normal() + (channel === y[example] ? 0.3 : 0);
  }
  return { x, y };
}
export const data = pictures();

export function rows(indices: readonly number[]): Tensor {
  const x = new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    x.set(data.x.subarray(index * size, (index + 1) * size), i * size);
  });
  return float32([indices.length, 3, side, side], x);
}

/** The last batch of an epoch is filled up with rows of weight 0. */
export async function* feeds(epoch: number, from: number): AsyncGenerator<StepFeeds> {
  for (let step = from; step < stepsPerEpoch; step++) {
    const indices = Array.from({ length: batch }, (_, i) => step * batch + i);
    const live = indices.filter((i) => i < examples).map((i) => (i + epoch * 5) % examples);
    const all = indices.map((_, i) => live[i] ?? live[0]!);
    yield {
      "train.x": rows(all),
      "train.labels": int64(
        [batch],
        all.map((i) => data.y[i]!),
      ),
      "train.weights": float32(
        [batch],
        all.map((_, i) => (i < live.length ? 1 : 0)),
      ),
    };
  }
}

export let runtime: Runtime;
export let model: Graph;
/** Returns the same network with the classifier of the base, and the name of its logits. */
export let withOld: Graph;
export const oldScores = "logits";
export let head: Map<string, Tensor>;
/** How the classes resemble those of the base. */
let related: Tensor;
/** What the probe alone says. */
export let solved: Float64Array;

/** Make runtime, model and the probe's head. */
export async function openTiny(): Promise<void> {
  runtime = await nodeRuntime({ threads: 1 });
  const base = bindDims(tinyGraph(3), { height: side, width: side });
  const body = bodyOf(base, { classes: 5 });
  expect(oldScoresOf(base, body)).toBe(oldScores);
  const session = await runtime.session(toOnnx(body.graph));
  const all = rows(data.y.map((_, i) => i));
  const features = Object.values(await session.run({ pixel_values: all }))[0]!.data as Float32Array;
  await session.dispose();
  const part = { features, labels: Int32Array.from(data.y), items: [] };
  const probe = await fitProbe({ train: part, validation: part, dims: body.width, classes });
  const scores = await valueAfter(base, new Map(), oldScores);
  related = relationshipOf(scores, Int32Array.from(data.y), classes);
  solved = new Float64Array(examples * classes);
  for (let i = 0; i < solved.length; i++) {
    const [example, k] = [Math.floor(i / classes), i % classes];
    solved[i] = probe.bias[k]!;
    for (let d = 0; d < body.width; d++)
      solved[i]! += probe.weight[k * body.width + d]! * features[example * body.width + d]!;
  }
  const empty = { weight: new Float32Array(classes * body.width), bias: new Float32Array(classes) };
  model = withHead(body, classes, empty);
  const kept = bodyOf(base, { classes: 5, keep: [oldScores] });
  withOld = withHead(kept, classes, empty);
  head = new Map([
    [headValues.weight, float32([classes, body.width], Float32Array.from(probe.weight))],
    [headValues.bias, float32([classes], Float32Array.from(probe.bias))],
  ]);
}

/** Values that a plan starts from: the probe's head if it trains one, and the matrix if it is given one. */
function startOf(plan: TrainingPlan): Map<string, Tensor> {
  const { trainable, objective } = fitOfPlan(plan);
  const trains = trainable.some(({ value }) => value === headValues.weight);
  const isGiven = objective.given?.[relationshipName] !== undefined;
  return new Map([...(trains ? head : []), ...(isGiven ? ([[relationshipName, related]] as const) : [])]);
}
export const closeTiny = (): Promise<void> => runtime.close();

const names = Object.keys(strategies) as StrategyName[];
const planners = new Map(
  await Promise.all(names.map(async (name) => [name, await plannerOf(name)] as const)),
);

export function planFor(name: StrategyName, request: Partial<PlanRequest> = {}): TrainingPlan {
  const known = ["red", "green", "blue"].map((name) => ({ name, count: 1 }));
  return planners.get(name)!(modelFor(name), {
    examples,
    batch,
    epochs: 3,
    oldScores,
    classes: known,
    ...request,
  });
}
export const modelFor = (name: StrategyName): Graph => (rowOf(name).oldHead ? withOld : model);

export interface Ran {
  readonly result: FitResult;
  /** All that the session keeps, after the last step. */
  readonly state: ReadonlyMap<string, Tensor>;
  readonly first: Float32Array;
}

/** Runs a plan; after `stopAfter` steps it stops, and another fit resumes it. */
export async function run(
  plan: TrainingPlan,
  stopAfter?: number,
  net = model,
  start = startOf(plan),
): Promise<Ran> {
  let kept: Checkpoint | undefined;
  const store: CheckpointStore = {
    load: async () => kept,
    save: async (checkpoint) => {
      kept = structuredClone(checkpoint);
    },
  };
  const stop = new AbortController();
  const prepare = (signal?: AbortSignal): Promise<Fit> =>
    prepareFit({
      runtime,
      model: plan.adaptation?.graph ?? net,
      ...fitOfPlan(plan),
      stepsPerEpoch,
      feeds,
      validate: async (evaluate) => {
        const scores = await evaluate(rows(data.y.map((_, i) => i)));
        first ??= scores;
        return scored(scores);
      },
      stage: "test",
      store,
      checkpointSeconds: 0,
      ...(signal && { signal }),
      onEvent: (event) => {
        if (event.event === "progress" && event.done >= (stopAfter ?? Number.POSITIVE_INFINITY)) stop.abort();
      },
    });
  let first: Float32Array | undefined;
  if (stopAfter !== undefined) {
    const fit = await prepare(stop.signal);
    await expect(fit.run(start)).rejects.toThrow("stopped at step");
    await fit.dispose();
    expect((kept!.note as { step: number }).step).toBeGreaterThanOrEqual(stopAfter);
  }
  const fit = await prepare();
  const result = await fit.run(start);
  const state = await fit.session.readState();
  await fit.dispose();
  return { result, state, first: first! };
}

export function scored(scores: Float32Array): Validation {
  let [hits, loss] = [0, 0];
  for (const [i, label] of data.y.entries()) {
    const z = [...scores.subarray(i * classes, (i + 1) * classes)];
    const sum = Math.log(z.reduce((s, v) => s + Math.exp(v), 0));
    loss += (sum - z[label]!) / examples;
    if (z.every((v) => v <= z[label]!)) hits++;
  }
  return { loss, score: hits / examples };
}

/** Names of the weights that are others than before the run. */
export function moved(state: ReadonlyMap<string, Tensor>): string[] {
  return [...state]
    .filter(([name]) => withOld.initializers.has(name))
    .filter(([name, { data: now }]) => {
      const before = (head.get(name) ?? withOld.initializers.get(name)!).data as Float32Array;
      return before.some((v, i) => v !== now[i]);
    })
    .map(([name]) => name)
    .sort();
}

export const body = (test: (name: string) => boolean): string[] =>
  parametersOf(model)
    .filter((p) => p.kind !== "statistic" && !p.value.startsWith("engraft/") && test(p.value))
    .map((p) => p.value);
export const headNames = [headValues.weight, headValues.bias];
export const everything = (): string[] => body(() => true);

/** What a value of a model is for all pictures, with the weights of a state. */
export async function valueAfter(
  net: Graph,
  state: ReadonlyMap<string, Tensor>,
  value: string,
): Promise<Float32Array> {
  const session = await runtime.session(toOnnx(extract(withWeights(net, state), [value])));
  const out = await session.run({ pixel_values: rows(data.y.map((_, i) => i)) });
  await session.dispose();
  return Object.values(out)[0]!.data as Float32Array;
}
