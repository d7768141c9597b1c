// One step of a language model: its loss, and the gradient of every weight.
import type { Tensor } from "../../src/core/tensor.js";
import { float32, int64 } from "../../src/core/tensor.js";
import type { Graph } from "../../src/graph/graph.js";
import { parametersOf } from "../../src/graph/surgery/index.js";
import { loopModel } from "../../src/graph/to-onnx-loop.js";
import { sgd } from "../../src/optim/index.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { languageModelling } from "../../src/train/objectives/language-objective.js";
import { buildStep } from "../../src/train/step/step.js";

/**
 * @param x int32[rows, length + 2 · count], see `languageModel`
 * @param weights of the places, rows · count numbers
 */
export async function languageStep(
  runtime: Runtime,
  model: Graph,
  { x, count, weights }: { readonly x: Tensor; readonly count: number; readonly weights: readonly number[] },
): Promise<{ readonly loss: number; readonly gradients: ReadonlyMap<string, readonly number[]> }> {
  const trainable = parametersOf(model).map(({ value }) => ({ value, group: 0, decay: false }));
  const objective = languageModelling(count);
  const batch = x.dims[0]!;
  const step = buildStep({ model, batch, trainable, objective, optimizer: sgd(), batchNorm: "frozen" });
  const parts = { state: step.state, perStep: step.perStep, scalars: step.scalars, steps: "steps" };
  const before = new Map(step.state.map((s) => [s.input, s.initial]));
  const session = await runtime.training(loopModel(step.graph, parts), { state: before });
  const places = batch * count;
  const feeds: Record<string, Tensor> = {
    "train.x": { ...x, dims: [1, ...x.dims] } as Tensor,
    "train.labels": int64([1, places], new Array<number>(places).fill(0)),
    "train.weights": float32([1, places], Float32Array.from(weights)),
    rates: float32([1, 1], Float32Array.of(1)),
    momentum: float32([1], Float32Array.of(0)),
    step: float32([1], Float32Array.of(1)),
  };
  // One step of gradient descent with rate 1: weights before minus weights after are the gradient.
  const { loss } = await session.steps(Object.fromEntries(step.perStep.map((n) => [n, feeds[n]!])), 1);
  const after = await session.readState();
  await session.dispose();
  const gradient = (name: string): number[] =>
    Array.from(before.get(name)!.data as Float32Array, (old, i) => old - Number(after.get(name)!.data[i]));
  return {
    loss: Number(loss!.data[0]),
    gradients: new Map(trainable.map(({ value }) => [value, gradient(value)])),
  };
}
