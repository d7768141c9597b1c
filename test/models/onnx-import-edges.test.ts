/** Nodes whose meaning depends on what is not known, or is read only in part. */
import { expect, test } from "vitest";
import { fromOnnx } from "../../src/graph/index.js";
import { attribute as a } from "../../src/onnx/index.js";
import { checkGradient } from "../../src/testing/index.js";
import { bytesOf, node, same, weights } from "../support/onnx-models.js";

test("opset 10: Resize by scales that are computed is read as one that enlarges, and says so", () => {
  const { graph, notes } = fromOnnx(
    bytesOf({
      opset: 10,
      inputs: { x: ["float32", ["N", 2, 3, 4]], s: ["float32", [4]] },
      outputs: { y: ["float32", ["N", 2, "h", "w"]] },
      nodes: [node("Resize", "x s", "y")],
    }),
  );
  expect(graph.nodes).toMatchObject([{ op: "Resize", attributes: { nearest_mode: "floor" } }]);
  expect(notes).toContain(
    'Resize "y" is read as one that enlarges: its scales are computed, and opset 10 rounded in another way where it shrinks',
  );
});

test("MaxPool keeps its order of indices only if they are used: then it stays unchanged", () => {
  const pool = (outputs: string) =>
    fromOnnx(
      bytesOf({
        opset: 12,
        inputs: { x: ["float32", ["N", 2, 4, 4]] },
        outputs: {
          y: ["float32", ["N", 2, 2, 2]],
          ...(outputs === "y i" && { i: ["int64", ["N", 2, 2, 2]] }),
        },
        nodes: [
          node("MaxPool", "x", outputs, [
            a.ints("kernel_shape", [2, 2]),
            a.ints("strides", [2, 2]),
            a.int("storage_order", 1),
          ]),
        ],
      }),
    );
  expect(pool("y").graph.nodes).toMatchObject([{ kind: "op", attributes: { storage_order: 0 } }]);
  expect(pool("y i").graph.nodes).toMatchObject([
    { kind: "opaque", why: "its indices are column-major (storage_order 1)" },
  ]);
});

test("a transposed convolution whose output is larger than its input reaches ends in its bias", async () => {
  const imported = await same({
    opset: 11,
    inputs: { x: ["float32", ["N", 1, 3, 3]] },
    outputs: { y: ["float32", ["N", 2, 10, 8]] },
    weights: { w: weights(1, 2, 3, 3), b: weights(2) },
    nodes: [
      node("ConvTranspose", "x w b", "y", [a.ints("strides", [3, 2]), a.ints("output_shape", [10, 8])]),
    ],
  });
  expect(imported.graph.nodes).toMatchObject([{ kind: "op", attributes: { output_padding: [1, 1] } }]);
  // Far more than its stride: the gradient does not come from there.
  const { graph } = fromOnnx(
    bytesOf({
      opset: 11,
      inputs: { x: ["float32", [1, 1, 3, 3]], w: ["float32", [1, 2, 3, 3]] },
      outputs: { y: ["float32", [1, 2, 14, 9]] },
      nodes: [
        node("ConvTranspose", "x w", "y", [a.ints("strides", [3, 2]), a.ints("output_shape", [14, 9])]),
      ],
    }),
    { freeBatch: false },
  );
  expect(graph.nodes).toMatchObject([{ attributes: { output_padding: [5, 2] } }]);
  checkGradient(graph, { feeds: { x: weights(1, 1, 3, 3), w: weights(1, 2, 3, 3) } });
});
