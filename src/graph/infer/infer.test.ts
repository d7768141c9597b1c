import { expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { formatShape, type Shape } from "../../core/shape.js";
import { float32, int64 } from "../../core/tensor.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import { inferGraph } from "./index.js";

function inputs(shapes: Readonly<Record<string, Shape>>): { graph: Graph; g: Builder } {
  const graph = new Graph();
  for (const [name, shape] of Object.entries(shapes)) graph.input(name, { dtype: "float32", shape });
  return { graph, g: new Builder(graph) };
}
const shapeOf = (graph: Graph, v: string): string => formatShape(graph.typeOf(v).shape);

test("a symbolic batch runs through a convolutional network to its logits", () => {
  const { graph, g } = inputs({ image: ["batch", 3, 224, 224] });
  const w = g.weight("w", float32([8, 3, 3, 3], new Float32Array(216)));
  const c = g.relu(g.conv("image", w, "", { strides: [2, 2], pads: [1, 1, 1, 1] }));
  const p = g.maxPool(c, { kernel: [3, 3], strides: [2, 2] });
  const f = g.flatten(g.globalAveragePool(p));
  const logits = g.gemm(f, g.weight("fc", float32([10, 8], new Float32Array(80))), "", { transB: true });
  expect([c, p, f, logits].map((v) => shapeOf(graph, v))).toEqual([
    "[batch, 8, 112, 112]",
    "[batch, 8, 55, 55]",
    "[batch, 8]",
    "[batch, 10]",
  ]);
});

test.each([
  [["batch", 256, 1, 1], [0, -1], "[batch, 256]"],
  [["batch", 256, 1, 1], [-1, 256], "[batch, 256]"],
  [["batch", 256, 6, 6], [0, -1], "[batch, 9216]"],
  [[null, 256, 6, 6], [0, -1], "[?, 9216]"],
  [["batch", 4, 5], [-1], "[?]"],
  [[2, 3, 4], [4, -1], "[4, 6]"],
  [["batch", "tokens", 64], [0, 0, 4, 16], "[batch, tokens, 4, 16]"],
  [["batch", "tokens", 64], [0, -1, 4, 16], "[batch, tokens, 4, 16]"],
] as const)("Reshape of %j to %j is %s", (from, to, expected) => {
  const { graph, g } = inputs({ x: from });
  expect(shapeOf(graph, g.reshape("x", to))).toBe(expected);
});

test("x.view(x.size(0), -1), as exporters write it, keeps the batch", () => {
  const { graph, g } = inputs({ x: ["batch", 256, 2, 2] });
  const size = g.gather(g.node("Shape", ["x"], { start: 0, end: undefined }), g.constant(int64([], [0])));
  const target = g.concat([g.unsqueeze(size, [0]), g.ints([-1])], 0);
  const y = g.node("Reshape", ["x", target], { allowzero: false });
  inferGraph(graph);
  expect(shapeOf(graph, y)).toBe("[batch, 1024]");
});

test("the shape that LayerNormalization's statistics get in its function's body is followed", () => {
  const { graph, g } = inputs({ x: ["batch", 3, 4] });
  const shape = g.node("Shape", ["x"], { start: 0, end: undefined });
  const first = g.node("Slice", [shape, g.ints([0]), g.ints([1])], {});
  const rest = g.sub(g.node("Size", [shape], {}), g.ints([1]));
  const ones = g.node("ConstantOfShape", [rest], { value: int64([1], [1]) });
  const y = g.node(
    "Reshape",
    [g.reduceMean("x", { axes: [1, 2], keepdims: false }), g.concat([first, ones], 0)],
    {
      allowzero: false,
    },
  );
  inferGraph(graph);
  expect(shapeOf(graph, y)).toBe("[batch, 1, 1]");
});

test("an error says what, where, why and what to do", () => {
  const { g } = inputs({ a: ["N", 512] });
  const b = g.weight("fc", float32([768, 10], new Float32Array(7680)));
  let error: unknown;
  try {
    g.matmul("a", b);
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(EngraftError);
  expect((error as EngraftError).format()).toBe(
    "ShapeError: MatMul: inner dimensions differ: a is float32[N, 512], b is float32[768, 10]\n" +
      '  at MatMul "MatMul", which reads "a", "fc"\n' +
      "  help: a's last axis (512) must equal b's first (768)",
  );
});
