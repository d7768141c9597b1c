// Graphs for the conformance suite of the runtimes.
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import { type LoopSpec, loopModel } from "../graph/to-onnx-loop.js";
import { stepModel } from "../graph/to-onnx-step.js";

/** y = x w, with x float32[N, 3] and w float32[3, 2] a constant. */
export function linear(w: readonly number[]): Uint8Array {
  const graph = new Graph("linear");
  graph.input("x", { dtype: "float32", shape: ["N", 3] });
  const y = new Builder(graph).matmul("x", graph.initializer("w", float32([3, 2], w)));
  graph.outputs.push(y);
  return toOnnx(graph);
}

/** y = x w with w as an input, as in an evaluator. */
export function evaluation(): Uint8Array {
  const graph = new Graph("evaluation");
  graph.input("x", { dtype: "float32", shape: [2, 3] });
  graph.input("w", { dtype: "float32", shape: [3, 2] });
  graph.outputs.push(new Builder(graph).matmul("x", "w"));
  return toOnnx(graph);
}

/** L = ½ Σ (x w - t)²,  dw = xᵀ (x w - t),  v ← μ v + dw,  w ← w - η v.   μ = 0.5; η differs between steps. */
export function training(form: Form): Uint8Array {
  const graph = new Graph("training");
  const type = (...shape: number[]) => ({ dtype: "float32", shape }) as const;
  const g = new Builder(graph);
  graph.input("x", type(2, 3));
  graph.input("t", type(2, 2));
  graph.input("rate", type());
  graph.input("w", type(3, 2));
  graph.input("v", type(3, 2));
  const error = g.sub(g.matmul("x", "w"), "t");
  const loss = g.mul(g.number(0.5), g.reduceSumSquare(error));
  const v = g.add(g.mul(g.number(0.5), "v"), g.matmul(g.transpose("x", [1, 0]), error));
  const w = g.sub("w", g.mul("rate", v));
  graph.outputs.push(w, v, loss);
  const state = [
    { input: "w", output: w },
    { input: "v", output: v },
  ];
  return form(graph, { state, perStep: ["x", "t", "rate"], scalars: [loss], steps: "steps" });
}

/** s ← s + x w, w float32[3, 2] an input that never changes. */
export function branchWithFrozen(form: Form): Uint8Array {
  const graph = new Graph("beside");
  graph.input("x", { dtype: "float32", shape: [2, 3] });
  graph.input("w", { dtype: "float32", shape: [3, 2] });
  graph.input("s", { dtype: "float32", shape: [2, 2] });
  const g = new Builder(graph);
  const next = g.add("s", g.matmul("x", "w"));
  const sum = g.reduceSum(next);
  graph.outputs.push(next, sum);
  const state = [{ input: "s", output: next }];
  return form(graph, { state, perStep: ["x"], scalars: [sum], steps: "steps" });
}

/** s ← s + x; c float32[3] is state that is passed through unchanged. */
export function branchWithState(form: Form): Uint8Array {
  const graph = new Graph("carried");
  graph.input("x", { dtype: "float32", shape: [3] });
  graph.input("s", { dtype: "float32", shape: [3] });
  graph.input("c", { dtype: "float32", shape: [3] });
  const g = new Builder(graph);
  const [next, same] = [g.add("s", g.mul("x", "c")), g.identity("c")];
  const sum = g.reduceSum(next);
  graph.outputs.push(next, same, sum);
  const state = [
    { input: "s", output: next },
    { input: "c", output: same },
  ];
  return form(graph, { state, perStep: ["x"], scalars: [sum], steps: "steps" });
}

export type Form = (step: Graph, spec: LoopSpec) => Uint8Array;
export const forms: readonly (readonly [name: string, form: Form])[] = [
  ["a Loop over the steps", loopModel],
  ["a graph of one step", (step, spec) => stepModel(step, spec)],
];
/** Only for a runtime that copies its outputs to JavaScript. */
export const inPlaceForms: typeof forms = [
  ["a graph of one step, written in place", (step, spec) => stepModel(step, spec, { stop: true })],
];
