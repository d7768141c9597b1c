/** Nodes whose meaning depends on what is not known, or is read only in part. */

import { create } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { float32, tensor } from "../../src/core/tensor.js";
import { fromOnnx, toOnnx } from "../../src/graph/index.js";
import { attribute as a, ModelProtoSchema, writeModel } from "../../src/onnx/index.js";
import { checkGradient } from "../../src/testing/index.js";
import { bytesOf, graphOf, node, run, same, weights } from "../support/onnx-models.js";

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

test("Equal of strings is of opset 19, also when it is written again", async () => {
  const text = tensor("string", [2], ["cat", "dog"]);
  const bytes = bytesOf({
    opset: 19,
    inputs: { x: ["string", [2]] },
    outputs: { y: ["bool", [2]] },
    weights: { text },
    nodes: [node("Equal", "x text", "y")],
  });
  const again = toOnnx(fromOnnx(bytes).graph);
  expect(fromOnnx(again).opset).toBe(19);
  const { y } = await run(again, { x: new ort.Tensor("string", ["cat", "cat"], [2]) });
  expect([...(y!.data as Uint8Array)]).toEqual([1, 0]);
});

test("a file of trees is refused by what it holds, not by an opset that it does not name", () => {
  const graph = graphOf({
    inputs: { x: ["float32", ["N", 3]] },
    outputs: { y: ["float32", ["N", 1]] },
    nodes: [node("ai.onnx.ml:Normalizer", "x", "z"), node("ai.onnx.ml:LinearRegressor", "z", "y")],
  });
  const opsetImport = [{ domain: "ai.onnx.ml", version: 3n }];
  const read = () => fromOnnx(writeModel(create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph })));
  expect(read).toThrow(
    "the model has no operators of ONNX itself, only of ai.onnx.ml: Normalizer, LinearRegressor",
  );
});

test("names that every JavaScript object has are names like others", async () => {
  await same({
    opset: 16,
    inputs: { ["constructor" as string]: ["float32", ["N", 3]] },
    outputs: { ["valueOf" as string]: ["float32", ["N", 3]] },
    nodes: [node("Relu", "constructor", "toString"), node("Neg", "toString", "valueOf")],
  });
  const named = bytesOf({
    opset: 16,
    inputs: { ["__proto__"]: ["float32", ["N", 3]] },
    outputs: { y: ["float32", ["N", 3]] },
    nodes: [node("Relu", "__proto__", "y")],
  });
  const { graph } = fromOnnx(named, { inputShapes: {} });
  expect(graph.inputs).toEqual(["__proto__"]);
  expect(graph.typeOf("__proto__").shape).toEqual(["N", 3]);
});

test("the types behind quantised activations and a Dropout in training mode are known", () => {
  const scale = { s: float32([], [0.1]), z: tensor("int8", [], Int8Array.of(0)) };
  const { graph } = fromOnnx(
    bytesOf({
      opset: 13,
      inputs: { x: ["float32", ["N", 3, 8, 8]] },
      outputs: { y: ["float32", ["N", 4, 3, 3]] },
      weights: {
        ...scale,
        w: tensor("int8", [4, 3, 3, 3], new Int8Array(108)),
        half: float32([], [0.5]),
        training: tensor("bool", [], Uint8Array.of(1)),
      },
      nodes: [
        node("QuantizeLinear", "x s z", "q"),
        node("QLinearConv", "q s z w s z s z", "c", [a.ints("strides", [2, 2])]),
        node("DequantizeLinear", "c s z", "f"),
        node("Dropout", "f half training", "y"),
      ],
    }),
  );
  const shown = ["q", "c", "f", "y"].map((v) => `${graph.typeOf(v).dtype}[${graph.typeOf(v).shape}]`);
  expect(shown).toEqual(["int8[N,3,8,8]", "int8[N,4,3,3]", "float32[N,4,3,3]", "float32[N,4,3,3]"]);
});
