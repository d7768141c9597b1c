import { expect, test } from "vitest";
import type { TensorType } from "../core/shape.js";
import { zeros } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { countMacs } from "./macs.js";

function counted(shape: TensorType["shape"], build: (g: Builder, x: Value) => Value) {
  const graph = new Graph("g");
  const x = graph.input("x", { dtype: "float32", shape });
  graph.outputs.push(build(new Builder(graph), x));
  return countMacs(graph);
}
const weight = (g: Builder, ...dims: readonly number[]): Value => g.weight("w", zeros("float32", dims));

test("a convolution: output pixels times kernel times channels, for one picture", () => {
  // 8 · (5 · 5) · 3 · (3 · 3)
  const { total, input } = counted(["batch", 3, 7, 7], (g, x) => g.conv(x, weight(g, 8, 3, 3, 3)));
  expect(total).toBe(5400);
  expect(input).toEqual(["x float32[1, 3, 7, 7]"]);
});

test("a batch that the file fixes is counted once", () => {
  expect(counted([16, 3, 7, 7], (g, x) => g.conv(x, weight(g, 8, 3, 3, 3))).total).toBe(5400);
});

test("groups share the channels: depthwise is pixels times kernel times channels", () => {
  // 4 · (7 · 7) · 9
  const pads = [1, 1, 1, 1];
  expect(
    counted(["n", 4, 7, 7], (g, x) => g.conv(x, weight(g, 4, 1, 3, 3), "", { group: 4, pads })).total,
  ).toBe(1764);
});

test("a transposed convolution: input pixels times kernel times both channels", () => {
  // 4 · (7 · 7) · 6 · (2 · 2)
  expect(
    counted(["n", 4, 7, 7], (g, x) => g.convTranspose(x, weight(g, 4, 6, 2, 2), "", { strides: [2, 2] }))
      .total,
  ).toBe(4704);
});

test("products: rows times columns times inner size, for each of a stack", () => {
  expect(counted(["n", 5], (g, x) => g.gemm(x, weight(g, 7, 5), "", { transB: true })).total).toBe(35);
  // Three heads of [6, 4] times [4, 6].
  expect(counted(["n", 3, 6, 4], (g, x) => g.matmul(x, g.transpose(x, [0, 1, 3, 2]))).total).toBe(432);
});

test("sizes that the file leaves open are the usual ones, and said", () => {
  const { input } = counted(["n", 3, "height", "width"], (g, x) => g.relu(x));
  expect(input).toEqual(["x float32[1, 3, 224, 224]"]);
  expect(counted(["n", "length", 8], (g, x) => g.relu(x)).input).toEqual(["x float32[1, 128, 8]"]);
});

test("a product of unknown size is not counted, and the sum is not given", () => {
  const graph = new Graph("g");
  graph.input("x", { dtype: "float32", shape: ["n", 4] });
  const node = { kind: "opaque", domain: "my", name: "", captures: [], attributes: [] } as const;
  graph.push({ ...node, op: "Twirl", inputs: ["x"], outputs: ["y"] });
  graph.initializer("w", zeros("float32", [4, 2]));
  graph.push({ kind: "op", op: "MatMul", name: "", inputs: ["y", "w"], outputs: ["z"], attributes: {} });
  graph.outputs.push("z");
  expect(countMacs(graph)).toMatchObject({ total: undefined, uncounted: ["MatMul"] });
});
