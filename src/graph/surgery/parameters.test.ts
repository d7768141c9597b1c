import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import type { Value } from "../node.js";
import { parametersOf } from "./parameters.js";

/** A graph that begins with `build` on x[2, 4, 3], with constants of four numbers. */
function found(build: (g: Builder, x: Value, numbers: (name: string, ...v: number[]) => Value) => Value) {
  const graph = new Graph("t");
  const x = graph.input("x", { dtype: "float32", shape: [2, 4, 3] });
  const g = new Builder(graph);
  graph.outputs.push(build(g, x, (name, ...v) => g.weight(name, float32([v.length], v))));
  return parametersOf(graph).map(({ value, kind }) => `${kind} ${value}`);
}
const epsilon = 1e-5;

test("scale and bias of a layer normalisation are weights that do not decay", () => {
  const layer = found((g, x, w) =>
    g.node("LayerNormalization", [x, w("scale", 1, 1, 1), w("bias", 0, 0, 0)], { axis: -1, epsilon }),
  );
  expect(layer).toEqual(["norm scale", "norm bias"]);
});

test("so are those of an instance normalisation, where it has any", () => {
  const of = (scale: readonly number[], bias: readonly number[]) =>
    found((g, x, w) =>
      g.node("InstanceNormalization", [x, w("scale", ...scale), w("bias", ...bias)], { epsilon }),
    );
  expect(of([1, 2, 1, 1], [0, 0, 0, 0])).toEqual(["norm scale", "norm bias"]);
  expect(of([1, 1, 1, 1], [0, 0.5, 0, 0])).toEqual(["norm scale", "norm bias"]);
  expect(of([1, 1, 1, 1], [0, 0, 0, 0])).toEqual([]);
});

/** A graph in which a value that depends on a weight is added to a table [4, 6], or multiplied by a number. */
function behind(
  name: string,
  dims: number[],
  values: number[],
  op: "Add" | "Mul" | "Pow" | "Concat" = "Add",
) {
  return found((g, x, w) => {
    const weight = g.weight("net.first", float32([3, 6], new Array(18).fill(0.1)));
    const y = g.matmul(x, weight);
    const table = g.weight(name, float32(dims, values));
    w("net.unread", 1);
    return op === "Concat"
      ? g.node("Concat", [y, table], { axis: 1 })
      : g.node(op, [y, table], {} as Record<string, never>);
  }).slice(1);
}
const drawn = (n: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(i + 0.3));

test("a table that is added is a bias, whoever exported it", () => {
  for (const name of ["net.positions", "onnx::Add_12", "vit/positions:0", "StatefulPartitionedCall/add/y"])
    expect(behind(name, [4, 6], drawn(24))).toEqual([`bias ${name}`]);
});

test("constants and buffers by their names are not weights", () => {
  for (const name of [
    "/attn/Constant_3_output_0",
    "Constant_12",
    "head/const_2",
    "const_fold_opt__17",
    "val_4",
    "lifted_tensor_0",
    "/rope/Cos_output_0",
    "layers.0.attn_mask",
    "rope.cos_cached",
    "encoder.pe",
    "rope.sin_cache",
    "decoder.final_logits_bias",
    "norm.eps",
  ])
    expect(behind(name, [4, 6], drawn(24)), name).toEqual([]);
});

test("masks, grids and tables of sines are not weights, by their numbers", () => {
  const mask = Array.from({ length: 24 }, (_, i) => (i % 5 === 0 ? -100 : 0));
  const grid = Array.from({ length: 24 }, (_, i) => i / 2);
  const infinite = mask.map((v) => (v === 0 ? 0 : Number.NEGATIVE_INFINITY));
  // sin and cos of position p at frequencies 1, 0.1, 0.01, alternating and in two halves
  const angle = (i: number): number => Math.floor(i / 6) * 0.1 ** (i % 3);
  const halves = Array.from({ length: 24 }, (_, i) => (i % 6 < 3 ? Math.sin(angle(i)) : Math.cos(angle(i))));
  for (const numbers of [mask, grid, infinite, halves])
    expect(behind("net.positions", [4, 6], numbers)).toEqual([]);
});

/** sin or cos of position p at frequency 10^(-2k/D), for [N, D]. */
const waves = (rows: number, width: number, f: (angle: number) => number): number[] =>
  Array.from({ length: rows * width }, (_, i) =>
    Math.fround(f(Math.floor(i / width) * 10 ** (-2 * ((i % width) / width)))),
  );

/** A value that depends on a weight, multiplied by a table of any shape. */
const multiplied = (name: string, dims: readonly number[], values: readonly number[]) =>
  found((g, x) => {
    const y = g.matmul(x, g.weight("net.first", float32([3, 3], drawn(9))));
    const one = g.node("ReduceMean", [y], { keepdims: false, noop_with_empty_axes: false });
    return g.mul(one, g.weight(name, float32(dims, values)));
  }).slice(1);

test("tables of sines alone and of cosines alone are not weights, whatever their axes", () => {
  for (const f of [Math.sin, Math.cos]) {
    for (const dims of [
      [8, 4],
      [1, 1, 8, 4],
      [1, 8, 1, 4, 1],
    ])
      expect(multiplied("net.rotary", dims, waves(8, 4, f)), `${dims}`).toEqual([]);
    // Stored in 16 bit
    const rounded = waves(64, 4, f).map((v) => Math.round(v * 1024) / 1024);
    expect(multiplied("net.rotary", [64, 4], rounded)).toEqual([]);
  }
});

test("a trained table is a weight, although its first row is that of a padding token", () => {
  const table = drawn(32).map((v, i) => (i < 4 ? 0 : 0.02 * v * Math.cos(i * i)));
  expect(multiplied("net.table", [8, 4], table)).toEqual(["norm net.table"]);
});

test("positions that are looked up are not weights; words are", () => {
  const lookedUp = (values: number[]) =>
    found((g, x) => {
      const table = g.weight("net.embedding.weight", float32([8, 4], values));
      return g.add(
        x,
        g.node("ReduceMean", [g.gather(table, g.ints([1, 2, 3, 4]))], {
          keepdims: true,
          noop_with_empty_axes: false,
        }),
      );
    });
  // Marian's positions: all sines, then all cosines
  const [sines, cosines] = [waves(8, 2, Math.sin), waves(8, 2, Math.cos)];
  const halves = Array.from({ length: 8 }, (_, p) => [
    ...sines.slice(2 * p, 2 * p + 2),
    ...cosines.slice(2 * p, 2 * p + 2),
  ]);
  expect(lookedUp(halves.flat())).toEqual([]);
  expect(lookedUp(sines.flatMap((v) => [v, v]))).toEqual([]);
  expect(lookedUp(drawn(32))).toEqual(["weight net.embedding.weight"]);
});

test("the epsilon under a square root never trains, whatever its name", () => {
  const normalised = (name: string, root: (g: Builder, v: Value) => Value) =>
    found((g, x, w) => {
      const y = g.matmul(x, g.weight("net.first", float32([3, 3], drawn(9))));
      const squares = g.node("ReduceMean", [g.mul(y, y)], { keepdims: true, noop_with_empty_axes: false });
      const r = root(g, g.add(squares, g.weight(name, float32([], [1e-5]))));
      return g.mul(g.div(y, r), w("net.scale", 1.1, 0.7, 0.9));
    });
  for (const name of ["eps", "net.norm.tiny", "variance"]) {
    const expected = ["weight net.first", "norm net.scale"];
    expect(normalised(name, (g, v) => g.sqrt(v))).toEqual(expected);
    expect(normalised(name, (g, v) => g.pow(v, g.number(0.5)))).toEqual(expected);
  }
});

test("the scale of attention does not train; a temperature of a module does", () => {
  const attention = (name: string) =>
    found((g, x) => {
      const q = g.matmul(x, g.weight("net.q", float32([3, 3], drawn(9))));
      const scaled = g.mul(q, g.weight(name, float32([], [0.5])));
      const scores = g.matmul(scaled, g.transpose(q, [0, 2, 1]));
      return g.node("Softmax", [scores], { axis: -1 });
    });
  expect(attention("scale")).toEqual(["weight net.q"]);
  expect(attention("net.temperature")).toEqual(["weight net.q", "norm net.temperature"]);
});

test("a factor of a branch is a weight, although attention follows behind the next layer", () => {
  const layers = found((g, x) => {
    const y = g.matmul(x, g.weight("net.a", float32([3, 3], drawn(9))));
    const sum = g.add(x, g.mul(y, g.weight("alpha", float32([], [0.1]))));
    const q = g.matmul(sum, g.weight("net.q", float32([3, 3], drawn(9))));
    return g.node("Softmax", [g.matmul(q, g.transpose(q, [0, 2, 1]))], { axis: -1 });
  });
  expect(layers).toEqual(["weight net.a", "norm alpha", "weight net.q"]);
});

test("a single number is a weight only under the name of a module's attribute", () => {
  for (const name of ["pool.p", "blocks.0.alpha", "logit_scale"])
    for (const op of ["Mul", "Pow"] as const) expect(behind(name, [1], [2.7], op)).toEqual([`norm ${name}`]);
  for (const name of ["onnx::Mul_3", "lambda/pow/y:0", "/Mul_output_0", "mul_3", "scalar_tensor_default_1"])
    for (const op of ["Mul", "Pow"] as const) expect(behind(name, [1], [2.7], op), name).toEqual([]);
});

test("a token that is put before the others is a weight under the name of a parameter", () => {
  for (const name of ["net.class_token", "cls_token", "vit/cls/ReadVariableOp:0", "onnx::Concat_7"])
    expect(behind(name, [2, 1, 6], drawn(12), "Concat")).toEqual([`bias ${name}`]);
  // Zeros are the initial value of a class token, and also padding.
  expect(behind("net.class_token", [2, 1, 6], new Array(12).fill(0), "Concat")).toEqual([
    "bias net.class_token",
  ]);
  expect(behind("onnx::Concat_7", [2, 1, 6], new Array(12).fill(0), "Concat")).toEqual([]);
  expect(behind("anchors/points", [2, 1, 6], drawn(12), "Concat")).toEqual([]);
});

test("without names of modules in the file, a name without a dot says nothing", () => {
  const of = (first: string) =>
    found((g, x) => {
      const y = g.matmul(x, g.weight(first, float32([3, 6], new Array(18).fill(0.1))));
      return g.node("Pow", [y, g.weight("p", float32([1], [3]))], {});
    });
  expect(of("w")).toEqual(["weight w"]);
  expect(of("layer.weight")).toEqual(["weight layer.weight", "norm p"]);
});

test("rotary frequencies and bins in a product are not weights", () => {
  const product = (values: number[]) =>
    found((g, x) => g.matmul(x, g.weight("onnx::MatMul_3", float32([3, 2], values))));
  expect(product([0, 1, 2, 3, 4, 5])).toEqual([]);
  expect(product([0, 1, 2, 3, 4, 5].map((i) => 10000 ** (-i / 6)))).toEqual([]);
  expect(product([1, 1, 1, 1, 1, 1])).toEqual(["weight onnx::MatMul_3"]);
  expect(product([1, 0.5, 0.25, 0.125, 0.0625, 0.03])).toEqual(["weight onnx::MatMul_3"]);
});

test("arithmetic on the bare input is pre-processing, whatever its names", () => {
  expect(
    found((g, x) => {
      const scaled = g.mul(g.sub(x, g.weight("net.shift", float32([3], [0.4, 0.5, 0.6]))), g.number(2));
      return g.matmul(scaled, g.weight("net.weight", float32([3, 2], drawn(6))));
    }),
  ).toEqual(["weight net.weight"]);
});

test("a value depends on a weight that an earlier node has read", () => {
  // As in an encoder–decoder whose parts share a word embedding, and scale it without a layer in between.
  const parts = found((g, x, w) => {
    const shared = g.weight("shared", float32([3, 3], drawn(9)));
    const first = g.mul(g.matmul(x, shared), w("first.scale", 0.3, 1.2, 0.7));
    return g.add(first, g.mul(g.matmul(g.relu(x), shared), w("second.scale", 0.4, 0.9, 1.1)));
  });
  expect(parts).toEqual(["weight shared", "norm first.scale", "norm second.scale"]);
});
