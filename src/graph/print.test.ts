import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { Builder } from "./builder.js";
import { Graph } from "./graph.js";
import { printGraph } from "./print.js";

test("a graph reads top to bottom, every value with its type", () => {
  const graph = new Graph("head");
  graph.input("x", { dtype: "float32", shape: ["N", 8, 2, 2] });
  const g = new Builder(graph);
  const pooled = g.flatten(g.globalAveragePool("x"));
  const w = g.weight("fc", float32([2, 8], new Float32Array(16)));
  const b = g.weight("bias", float32([2], [0.5, -1]));
  graph.outputs.push(g.gemm(pooled, w, b, { transB: true }), g.clip(pooled, "", g.number(6, pooled)));
  expect(printGraph(graph)).toBe(
    `graph "head"
  input  %x: float32[N, 8, 2, 2]
  weight %fc: float32[2, 8]
  weight %bias: float32[2] = [0.5, -1]
  weight %const: float32[] = [6]
  %GlobalAveragePool: float32[N, 8, 1, 1] = GlobalAveragePool(%x)
  %Flatten: float32[N, 8] = Flatten(%GlobalAveragePool) {axis: 1}
  %Gemm: float32[N, 2] = Gemm(%Flatten, %fc, %bias) {alpha: 1, beta: 1, transA: false, transB: true}
  %Clip: float32[N, 8] = Clip(%Flatten, _, %const)
  output %Gemm
  output %Clip`,
  );
});

test("nodes that Engraft does not understand show their domain and what their subgraphs read", () => {
  const graph = new Graph("g");
  graph.input("x", { dtype: "float32", shape: undefined });
  graph.push({
    kind: "opaque",
    op: "Loop",
    domain: "com.example",
    name: "",
    inputs: ["x"],
    outputs: ["y", ""],
    captures: ["w"],
    attributes: [],
  });
  expect(printGraph(graph)).toBe(
    'graph "g"\n  input  %x: float32[...]\n  %y: ?, _ = com.example.Loop(%x) {reads %w}',
  );
});
