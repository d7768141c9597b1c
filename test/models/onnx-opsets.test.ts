import { expect, test } from "vitest";
import { float32, int64 } from "../../src/core/tensor.js";
import { toOnnx } from "../../src/graph/index.js";
import { attribute as a } from "../../src/onnx/index.js";
import {
  feedsFor,
  graphOf,
  type Model,
  node,
  numbersOf,
  opsOf,
  run,
  same,
  weights,
} from "../support/onnx-models.js";

test("opset 7: attributes that became inputs, weights listed as inputs, a fixed batch", async () => {
  const imported = await same({
    opset: 7,
    listed: true,
    inputs: { x: ["float32", [1, 3, 9, 8]] },
    outputs: { y: ["float32", [1, 4]] },
    weights: {
      w: weights(4, 3, 3, 3),
      scale: weights(4),
      bias: weights(4),
      mean: weights(4),
      variance: float32([4], [1, 2, 0.5, 1]),
      target: int64([2], [1, 4]),
    },
    nodes: [
      node("Conv", "x w", "c", [a.string("auto_pad", "SAME_LOWER"), a.ints("strides", [2, 2])]),
      node("BatchNormalization", "c scale bias mean variance", "n", [a.float("epsilon", 1e-3)]),
      node("Clip", "n", "k", [a.float("min", -1), a.float("max", 1)]),
      node("Pad", "k", "p", [a.ints("pads", [0, 0, 1, 0, 0, 0, 0, 2]), a.float("value", 0.5)]),
      node("Dropout", "p", "d", [a.float("ratio", 0.4)]),
      node("Sum", "d p p", "s"),
      node("AveragePool", "s", "v", [a.ints("kernel_shape", [3, 2]), a.string("auto_pad", "SAME_UPPER")]),
      node("GlobalAveragePool", "v", "g"),
      node("Softmax", "g", "f"),
      node("Reshape", "f target", "y"),
    ],
  });
  expect(opsOf(imported)).toBe(
    "Conv BatchNormalization Clip Pad Add Add AveragePool GlobalAveragePool Softmax Reshape",
  );
  expect(imported.graph.inputs).toEqual(["x"]);
  expect(imported.graph.typeOf("x").shape).toEqual(["batch", 3, 9, 8]);
  expect(imported.graph.typeOf("y").shape).toEqual(["batch", 4]);
  expect(imported).toMatchObject({ opset: 7, irVersion: 3, producer: "test 1", notes: [] });
  // Two pictures at once give what each gives alone.
  const bytes = toOnnx(imported.graph);
  const shape: Model["inputs"] = { x: ["float32", ["batch", 3, 9, 8]] };
  const both = numbersOf((await run(bytes, feedsFor(shape, 2))).y!);
  const first = numbersOf((await run(bytes, feedsFor(shape, 1))).y!);
  first.forEach((v, i) => {
    expect(v).toBeCloseTo(both[i]!, 5);
  });
});

test("opset 7: Upsample becomes Resize", async () => {
  for (const mode of ["nearest", "linear"]) {
    const imported = await same({
      opset: 7,
      inputs: { x: ["float32", ["N", 2, 3, 4]] },
      outputs: { y: ["float32", ["N", 2, 6, 12]] },
      nodes: [node("Upsample", "x", "y", [a.string("mode", mode), a.floats("scales", [1, 1, 2, 3])])],
    });
    expect(imported.graph.nodes).toMatchObject([{ kind: "op", op: "Resize" }]);
  }
});

test("opset 9: Slice, Squeeze, Unsqueeze, Split, TopK and Scatter in their old forms", async () => {
  const imported = await same({
    opset: 9,
    inputs: { x: ["float32", ["N", 6, 1, 4]] },
    outputs: { y: ["float32", ["N", 2, 1]], z: ["float32", ["N", 4]], t: ["float32", ["N", 2]] },
    nodes: [
      node("Slice", "x", "s", [a.ints("starts", [1]), a.ints("ends", [2n ** 63n - 1n]), a.ints("axes", [1])]),
      node("Slice", "s", "s4", [a.ints("starts", [0, 0]), a.ints("ends", [100, -1])]),
      node("Squeeze", "s4", "q", [a.ints("axes", [2])]),
      node("ReduceMean", "q", "m", [a.ints("axes", [2]), a.int("keepdims", 0)]),
      node("Slice", "m", "m4", [a.ints("starts", [0]), a.ints("ends", [4]), a.ints("axes", [1])]),
      node("Split", "m4", "l r", [a.int("axis", 1)]),
      node("Unsqueeze", "l", "y", [a.ints("axes", [2])]),
      node("Mean", "m4 m4", "z"),
      node("TopK", "m4", "t i", [a.int("k", 2)]),
    ],
  });
  expect(opsOf(imported)).toBe("Slice Slice Squeeze ReduceMean Slice Split Unsqueeze Add Mul TopK");
});

test("opset 11: Softmax over all axes from one on, and Hardmax", async () => {
  await same({
    opset: 11,
    inputs: { x: ["float32", ["N", 3, 2, 4]] },
    outputs: {
      a: ["float32", ["N", 3, 2, 4]],
      b: ["float32", ["N", 3, 2, 4]],
      c: ["float32", ["N", 3, 2, 4]],
      d: ["float32", ["N", 3, 2, 4]],
    },
    nodes: [
      node("Softmax", "x", "a"),
      node("Softmax", "x", "b", [a.int("axis", -1)]),
      node("LogSoftmax", "x", "c", [a.int("axis", 2)]),
      node("Hardmax", "x", "d", [a.int("axis", 1)]),
    ],
  });
});

test("opset 11: branches are brought to today's form, and read values from outside", async () => {
  const branch = (factor: number) =>
    graphOf({
      inputs: {},
      outputs: { r: ["float32", ["N", 4]] },
      weights: { k: float32([1], [factor]) },
      nodes: [
        node("Squeeze", "pooled", "s", [a.ints("axes", [2, 3])]),
        node("Softmax", "s", "t"),
        node("Mul", "t k", "r"),
      ],
    });
  const imported = await same({
    opset: 11,
    inputs: { x: ["float32", ["N", 4, 3, 3]], go: ["bool", []] },
    outputs: { y: ["float32", ["N", 4]] },
    nodes: [
      node("GlobalAveragePool", "x", "p"),
      node("Identity", "p", "pooled"),
      node("If", "go", "y", [a.graph("then_branch", branch(2)), a.graph("else_branch", branch(3))]),
    ],
  });
  expect(imported.graph.nodes[2]).toMatchObject({ kind: "opaque", op: "If", captures: ["pooled"] });
});

test("opset 11: a transposed convolution whose size is given, and one padded to its stride", async () => {
  const shared = { inputs: { x: ["float32", ["N", 2, 5, 4]] }, weights: { w: weights(2, 3, 3, 3) } } as const;
  await same({
    ...shared,
    opset: 11,
    outputs: { y: ["float32", ["N", 3, 10, 8]], z: ["float32", ["N", 3, 10, 7]] },
    nodes: [
      node("ConvTranspose", "x w", "y", [a.string("auto_pad", "SAME_UPPER"), a.ints("strides", [2, 2])]),
      node("ConvTranspose", "x w", "z", [a.ints("output_shape", [10, 7]), a.ints("strides", [2, 2])]),
    ],
  });
});

test("opset 7: reductions and norms over windows, with their axes and paddings as attributes", async () => {
  const imported = await same({
    opset: 7,
    inputs: { x: ["float32", ["N", 2, 7, 6]] },
    outputs: { y: ["float32", ["N", 1]], z: ["float32", ["N", 2, 1]], t: ["float32", ["N"]] },
    weights: { scale: weights(2), bias: weights(2) },
    nodes: [
      node("InstanceNormalization", "x scale bias", "i"),
      node("LpPool", "i", "p", [
        a.ints("kernel_shape", [3, 2]),
        a.string("auto_pad", "SAME_UPPER"),
        a.ints("strides", [2, 2]),
        a.int("p", 3),
      ]),
      node("ReduceL1", "p", "l", [a.ints("axes", [3]), a.int("keepdims", 0)]),
      node("ReduceLogSum", "l", "z", [a.ints("axes", [2])]),
      node("ReduceLogSumExp", "z", "e", [a.ints("axes", [1, 2]), a.int("keepdims", 0)]),
      node("Atan", "e", "t"),
      node("ReduceSumSquare", "z", "q", [a.ints("axes", [1]), a.int("keepdims", 0)]),
      node("Sin", "q", "y"),
    ],
  });
  expect(imported.notes).toEqual([]);
  expect(imported.graph.nodes.every((n) => n.kind === "op")).toBe(true);
});
