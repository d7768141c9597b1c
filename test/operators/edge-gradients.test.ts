/** Gradients of tensors without elements and without axes: they have the shape of what they belong to, and run. */
import { expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { sizeOf } from "../../src/core/shape.js";
import { float32, int64 } from "../../src/core/tensor.js";
import type { Builder } from "../../src/graph/builder.js";
import type { Value } from "../../src/graph/index.js";
import { agree, graphOf } from "./edge-semantics.js";

type Make = (g: Builder, x: Value, dims: readonly number[]) => Value;

/** Operators that take any shape. */
const anywhere: Readonly<Record<string, Make>> = {
  arithmetic: (g, x) =>
    g.div(g.sub(g.mul(g.add(x, g.number(1)), x), g.number(2)), g.add(g.exp(x), g.number(1))),
  extrema: (g, x) => g.max(x, g.min(g.number(0), g.neg(x))),
  powers: (g, x) => g.pow(g.add(g.abs(x), g.number(1)), g.number(1.5)),
  activations: (g, x) =>
    g.relu(g.sigmoid(g.tanh(g.node("Gelu", [g.node("HardSwish", [x], {})], { approximate: "none" })))),
  clip: (g, x) => g.clip(x, g.number(-1), g.number(1)),
  where: (g, x) => g.where(g.greater(x, g.number(0)), x, g.number(0)),
  "sum of all": (g, x) => g.reduceSum(g.mul(x, x)),
  norms: (g, x) => g.node("ReduceL2", [x], { keepdims: false, noop_with_empty_axes: false }),
  reshape: (g, x, dims) => g.reshape(x, [...dims, 1]),
  unsqueeze: (g, x) => g.squeeze(g.unsqueeze(x, [0, -1]), [0]),
  transpose: (g, x, dims) =>
    g.transpose(
      x,
      dims.map((_, i) => dims.length - 1 - i),
    ),
  expand: (g, x, dims) => g.expand(x, [2, ...dims]),
  "a copy": (g, x) => g.node("Identity", [x], {}),
};
/** Operators that need an axis; the last one. (Of no elements, onnxruntime 1.30 does not see axes from the end.) */
const alongAxis: Readonly<Record<string, Make>> = {
  softmax: (g, x) => g.node("Softmax", [x], { axis: -1 }),
  "log-softmax": (g, x) => g.node("LogSoftmax", [x], { axis: -1 }),
  "sum along": (g, x, dims) => g.reduceSum(x, { axes: [dims.length - 1], keepdims: false }),
  concat: (g, x) => g.concat([x, x], -1),
  "running sum": (g, x, dims) =>
    g.node("CumSum", [x, g.constant(int64([], [dims.length - 1]))], { exclusive: false, reverse: false }),
  split: (g, x, dims) => g.nodes("Split", [x, g.ints([0, dims.at(-1)!])], { axis: -1 }, 2)[1]!,
  slice: (g, x) => g.node("Slice", [x, g.ints([0]), g.ints([1]), g.ints([-1])], {}),
  pad: (g, x, dims) =>
    g.node("Pad", [x, g.ints(new Array<number>(2 * dims.length).fill(1))], { mode: "constant" }),
  "no places": (g, x) => g.node("Gather", [x, g.constant(int64([0], []))], { axis: 0 }),
  tile: (g, x, dims) => g.node("Tile", [x, g.ints(dims.map(() => 2))], {}),
};
/** Operators with weights, on [rows, 3] or pictures. */
const withWeights: Readonly<Record<string, readonly [dims: readonly number[], make: Make]>> = {
  "a layer of no rows": [
    [0, 3],
    (g, x) => g.gemm(x, g.weight("w", float32([2, 3], [1, 2, 3, 4, 5, 6])), undefined, { transB: true }),
  ],
  "a product of no rows": [[0, 3], (g, x) => g.matmul(x, g.weight("w", float32([3, 2], [1, 2, 3, 4, 5, 6])))],
  "a convolution of no pictures": [
    [0, 1, 3, 3],
    (g, x) => g.conv(x, g.weight("w", float32([1, 1, 2, 2], [1, 2, 3, 4]))),
  ],
  "a mean of no pictures": [[0, 2, 3, 3], (g, x) => g.node("GlobalAveragePool", [x], {})],
  "a normalisation of no rows": [
    [0, 3],
    (g, x) =>
      g.node("LayerNormalization", [x, g.weight("s", float32([3], [1, 2, 3]))], { axis: -1, epsilon: 1e-3 }),
  ],
};

const cases: [string, readonly number[], Make][] = [
  ...Object.entries(anywhere).flatMap(([name, make]) =>
    [[], [0], [2, 0], [0, 3], [1]].map((dims): [string, number[], Make] => [
      `${name} of [${dims}]`,
      dims,
      make,
    ]),
  ),
  ...Object.entries(alongAxis).flatMap(([name, make]) =>
    [[0], [2, 0], [0, 3]].map((dims): [string, number[], Make] => [`${name} of [${dims}]`, dims, make]),
  ),
  ...Object.entries(withWeights).map(([name, [dims, make]]): [string, readonly number[], Make] => [
    name,
    dims,
    make,
  ]),
];

test.each(cases)("%s", async (_, dims, make) => {
  const x = float32(
    dims,
    Array.from({ length: sizeOf(dims) }, (_, i) => i + 0.75),
  );
  let gradient = "";
  const graph = graphOf({ x }, (g) => {
    const y = make(g, "x", dims);
    const weights = [...g.graph.initializers.keys()].filter(
      (v) => g.dtype(v) === "float32" && /\/?[ws](_\d+)?$/.test(v),
    );
    const gradients = differentiate(g.graph, g.reduceSum(y), ["x", ...weights]);
    gradient = gradients.get("x")!;
    return [y, ...gradients.values()];
  });
  expect(graph.dims(gradient)).toEqual(dims);
  expect(await agree(graph, { x })).toBeUndefined();
});
