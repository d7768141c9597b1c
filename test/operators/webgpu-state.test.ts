// On WebGPU the state of a training stays on the device: the same steps as the Loop's, without its way there and back.
// @module-tag thorough
import { afterAll, beforeAll, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { float32, type Tensor, toNumbers } from "../../src/core/tensor.js";
import { Builder, Graph, loopModel, stepModel, toOnnx } from "../../src/graph/index.js";
import { openEvaluator, openSession } from "../../src/runtime/open.js";
import type { Runtime, TrainingSession } from "../../src/runtime/runtime.js";
import { uniform } from "../../src/testing/cases/make.js";
import { interpret } from "../../src/testing/reference/index.js";
import { trainingModel } from "../../src/train/step/training-model.js";
import { GpuTab } from "./gpu-tab.js";

let tab: GpuTab;
let runtime: Runtime;
beforeAll(async () => {
  tab = await GpuTab.open();
  runtime = await tab.runtime();
});
afterAll(() => tab?.close());

/** Two weights of 16 KB: y = tanh(x w) v, loss = mean y², plain descent. */
const [rows, width] = [4, 64] as const;
function network() {
  const graph = new Graph("step");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [rows, width] });
  const weights = ["w", "v"].map((v) => graph.input(v, { dtype: "float32", shape: [width, width] }));
  const y = g.matmul(g.tanh(g.matmul(x, weights[0]!)), weights[1]!);
  const loss = g.reduceMean(g.mul(y, y));
  const gradients = differentiate(graph, loss, weights);
  const state = weights.map((input) => ({
    input,
    output: g.sub(input, g.mul(gradients.get(input)!, g.number(0.5))),
    initial: uniform([width, width]) as Tensor,
  }));
  graph.outputs.push(...state.map((s) => s.output), loss);
  return { graph, state, perStep: ["x"], scalars: [loss] };
}
const step = network();
const [loss] = step.scalars as [string];
const start = () => new Map(step.state.map((s) => [s.input, s.initial]));
const stateBytes = 2 * 4 * width * width;
const count = 8;
const x = uniform([count, rows, width]);
const first = (n: number) => float32([n, rows, width], (x.data as Float32Array).slice(0, n * rows * width));
const open = (model: Uint8Array): Promise<TrainingSession> => runtime.training(model, { state: start() });
const models = {
  loop: loopModel(step.graph, { ...step, steps: "steps" }),
  bound: stepModel(step.graph, step),
};

test("a runtime that keeps state is given a graph of one step, however small the state", () => {
  const { movedBytes, bytes } = trainingModel(step.graph, step, runtime);
  expect(movedBytes).toBe(0);
  expect(bytes).toEqual(models.bound);
});

test("the same losses and weights as the Loop's, and the state does not cross", async () => {
  const seen: Record<string, { losses: number[]; state: number[]; up: number; down: number }> = {};
  for (const [form, model] of Object.entries(models)) {
    const session = await open(model);
    await session.steps({ x }, count);
    await tab.traffic();
    const results = await session.steps({ x }, count);
    const { up, down } = await tab.traffic();
    const state = [...(await session.readState()).values()].flatMap(toNumbers);
    seen[form] = { losses: toNumbers(results[loss]!), state, up: up / count, down: down / count };
    await session.dispose();
  }
  const { loop, bound } = seen;
  const apart = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  expect(apart(bound!.losses, loop!.losses)).toBeLessThan(1e-4);
  expect(apart(bound!.state, loop!.state)).toBeLessThan(1e-4);
  // Of the Loop it does, at every step; bound, only data goes up and the loss comes back.
  expect(loop!.down).toBeGreaterThan(0.9 * stateBytes);
  expect(bound!.down).toBeLessThan(64);
  expect(bound!.up).toBeLessThan(4 * rows * width + 2048);
});

test("what was computed is freed: buffers do not grow from block to block", async () => {
  const session = await open(models.bound);
  await session.steps({ x }, count);
  await session.steps({ x }, count);
  const { buffers } = await tab.traffic();
  for (let i = 0; i < 5; i++) await session.steps({ x }, count);
  expect((await tab.traffic()).buffers).toBeLessThanOrEqual(buffers + 2);
  await session.dispose();
});

test("undo, a written state and an evaluator see the state that lies on the device", async () => {
  const session = await open(models.bound);
  const read = async () => toNumbers((await session.readState()).get("w")!);
  const before = await read();
  await session.steps({ x }, count);
  const after = await read();
  expect(after).not.toEqual(before);
  const graph = new Graph("evaluation");
  graph.input("w", { dtype: "float32", shape: [width, width] });
  graph.outputs.push(new Builder(graph).neg("w"));
  const evaluator = await session.evaluator(toOnnx(graph));
  const seen = async () => toNumbers((await evaluator.run({}))[graph.outputs[0]!]!).map((v) => -v);
  expect(await seen()).toEqual(after);
  await session.undo!();
  expect(await read()).toEqual(before);
  await session.steps({ x: first(1) }, 1);
  const ones = float32([width, width], new Array<number>(width * width).fill(1));
  await session.writeState(new Map([["w", ones]]));
  expect(await seen()).toEqual(toNumbers(ones));
  await session.steps({ x: first(2) }, 2);
  await evaluator.dispose();
  await session.dispose();
});

// Six channels into four: as it is, its kernel computes wrong numbers there.
test("a session for inference, and one next to a training, has the right form", async () => {
  const graph = new Graph("threes");
  const feeds = { x: uniform([2, 6, 5, 5]), w: uniform([4, 6, 3, 3]) };
  for (const [name, { dtype, dims }] of Object.entries(feeds)) graph.input(name, { dtype, shape: dims });
  graph.outputs.push(new Builder(graph).conv("x", "w"));
  const [y] = graph.outputs as [string];
  const expected = toNumbers(interpret(graph, feeds).get(y)! as Tensor);
  const training = await open(models.bound);
  for (const session of [
    await openSession(runtime, graph),
    await openEvaluator(runtime, training, rewired(graph)),
  ]) {
    const found = await session.run(
      Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name[0] as "x"]])),
    );
    const apart = toNumbers(found[y]!).map((value, i) => Math.abs(value - expected[i]!));
    expect(Math.max(...apart)).toBeLessThan(1e-4);
    await session.dispose();
  }
  await training.dispose();
});

/** The same with its weight under a name that is no state of the training. */
function rewired(graph: Graph): Graph {
  const other = new Graph("other");
  for (const v of graph.inputs) other.input(v === "w" ? "w2" : v, graph.typeOf(v));
  for (const node of graph.nodes)
    other.push({ ...node, inputs: node.inputs.map((v) => (v === "w" ? "w2" : v)) }, graph.typesOf(node));
  other.outputs.push(...graph.outputs);
  return other;
}
