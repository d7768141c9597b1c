/** Models of many opsets: what is read and written again gives what the file itself gives on onnxruntime. */
import { create } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { encodeFloat16, float32, int64, type Tensor, tensor } from "../../src/core/tensor.js";
import { fromOnnx, parametersOf, toOnnx } from "../../src/graph/index.js";
import {
  attribute as a,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  writeModel,
} from "../../src/onnx/index.js";
import {
  bytesOf,
  graphOf,
  type Model,
  node,
  numbersOf,
  opsOf,
  run,
  same,
  weights,
} from "../support/onnx-models.js";

test("a Dropout in training mode that drops nothing goes, as torchvision's Swin has them", async () => {
  const imported = await same({
    opset: 13,
    inputs: { x: ["float32", ["N", 3]] },
    outputs: { y: ["float32", ["N", 3]] },
    weights: { none: float32([], [0]), training: tensor("bool", [], Uint8Array.of(1)) },
    nodes: [node("Dropout", "x none training", "d"), node("Relu", "d", "y")],
  });
  expect(opsOf(imported)).toBe("Relu");
  expect(imported.notes).toEqual([]);
});

test("weights that come through Identity, Constant and Cast are weights of their own", async () => {
  const half = tensor("float16", [4, 3], Uint16Array.from(weights(4, 3).data, encodeFloat16));
  const imported = await same({
    opset: 13,
    inputs: { x: ["float32", ["N", 4]] },
    outputs: { y: ["float32", ["N", 3]], z: ["float32", ["N", 3]] },
    weights: { b: weights(3), "w.fp16": half },
    nodes: [
      node("Identity", "b", "b2"),
      node("Cast", "w.fp16", "w", [a.int("to", 1)]),
      node("Constant", "", "one", [a.float("value_float", 1)]),
      node("Gemm", "x w b", "h"),
      node("Gemm", "x w b2", "h2"),
      node("Add", "h one", "y"),
      node("Identity", "h2", "z"),
    ],
  });
  expect(opsOf(imported)).toBe("Gemm Gemm Add");
  expect([...imported.graph.initializers.keys()].sort()).toEqual(["b", "b2", "one", "w"]);
  expect([...imported.storedAs]).toEqual([["w", "float16"]]);
});

test("16-bit inputs, outputs, weights and casts become float32", async () => {
  const half = tensor("float16", [4, 3], Uint16Array.from(weights(4, 3).data, encodeFloat16));
  const imported = await same(
    {
      opset: 13,
      inputs: { x: ["float16", ["N", 4]] },
      outputs: { y: ["float16", ["N", 3]] },
      weights: { w: half },
      nodes: [
        node("MatMul", "x w", "m"),
        node("Cast", "m", "f", [a.int("to", 1)]),
        node("Tanh", "f", "t"),
        node("Cast", "t", "y", [a.int("to", 10)]),
      ],
    },
    // binary16 has 11 bits: sums of magnitude up to 8 are right to 2^-8.
    2 ** -8,
  );
  expect(opsOf(imported)).toBe("MatMul Tanh");
  expect(imported.graph.typeOf("x").dtype).toBe("float32");
  expect(imported.graph.typeOf("y").dtype).toBe("float32");
  expect(imported.notes).toEqual(["1 weights are stored as 16-bit floats; they are used as float32"]);
});

test("8-bit models pass through and run", async () => {
  const bytes = (...dims: number[]) =>
    tensor(
      "int8",
      dims,
      Int8Array.from({ length: dims.reduce((x, y) => x * y, 1) }, (_, i) => ((i * 37) % 255) - 127),
    );
  const imported = await same({
    opset: 13,
    inputs: { x: ["float32", [1, 3, 6, 6]] },
    outputs: { y: ["float32", [1, 5]] },
    weights: {
      s: float32([], [0.02]),
      u8: tensor("uint8", [], Uint8Array.of(128)),
      i8: tensor("int8", [], Int8Array.of(0)),
      w: bytes(4, 3, 3, 3),
      v: bytes(4, 5),
      shape: int64([2], [1, 4]),
    },
    nodes: [
      node("QuantizeLinear", "x s u8", "q"),
      node("QLinearConv", "q s u8 w s i8 s u8", "c"),
      node("DequantizeLinear", "c s u8", "f"),
      node("GlobalAveragePool", "f", "g"),
      node("Reshape", "g shape", "r"),
      node("DynamicQuantizeLinear", "r", "dq ds dz"),
      node("MatMulInteger", "dq v dz", "i"),
      node("Cast", "i", "fi", [a.int("to", 1)]),
      node("Mul", "fi ds", "y"),
    ],
  });
  expect(imported.graph.nodes.filter((n) => n.kind === "opaque").map((n) => n.op)).toEqual([
    "QuantizeLinear",
    "QLinearConv",
    "DequantizeLinear",
    "DynamicQuantizeLinear",
    "MatMulInteger",
  ]);
});

test("opset 17 and later: what is not known here stays in the file's own version", async () => {
  for (const opset of [17, 20, 21]) {
    const imported = await same({
      opset,
      inputs: { x: ["float32", ["N", 6]] },
      outputs: { y: ["float32", ["N", 6]] },
      weights: { g: weights(6), b: weights(6), axes: int64([1], [1]), step: float32([], [0.01]) },
      nodes: [
        node("LayerNormalization", "x g b", "n"),
        opset < 18
          ? node("ReduceL1", "n", "l", [a.ints("axes", [1])])
          : node("ReduceL1", "n axes", "l", [a.int("keepdims", 1)]),
        node("Div", "n l", "d"),
        node("QuantizeLinear", "d step", "q"),
        node("DequantizeLinear", "q step", "y"),
      ],
    });
    expect(imported.graph.opsets.get("")).toBe(Math.max(18, opset));
    expect(opsOf(imported)).toBe("LayerNormalization ReduceL1 Div QuantizeLinear DequantizeLinear");
    expect(imported.graph.nodes.map((n) => n.kind)).toEqual(["op", "op", "op", "opaque", "opaque"]);
  }
});

test("Gelu keeps the opset that has it; the moments of LayerNormalization may be read", async () => {
  const imported = await same({
    opset: 20,
    inputs: { x: ["float32", ["N", 3, 6]] },
    outputs: { y: ["float32", ["N", 3, 6]], m: ["float32", ["N", 3, 1]], r: ["float32", ["N", 3, 1]] },
    weights: { g: weights(6), b: weights(6), axis: int64([], [2]) },
    nodes: [
      node("LayerNormalization", "x g b", "n _ r", [a.float("epsilon", 0.1)]),
      node("Gelu", "n", "u"),
      node("Gelu", "u", "v", [a.string("approximate", "tanh")]),
      node("Mish", "v", "w"),
      node("CumSum", "w axis", "y", [a.int("exclusive", 1), a.int("reverse", 1)]),
      node("LayerNormalization", "y g", "_n m"),
      node("Neg", "_n", "unused"),
    ],
  });
  expect(opsOf(imported)).toBe("LayerNormalization Gelu Gelu Mish CumSum LayerNormalization");
  expect(imported.graph.nodes[0]!.outputs).toEqual(["n", "", "r"]);
});

test("GroupNormalization of pictures of any size; its scale stays a weight", async () => {
  const imported = await same({
    opset: 21,
    inputs: { x: ["float32", ["N", 4, "H", "W"]] },
    outputs: { y: ["float32", ["N", 4, "H", "W"]] },
    weights: { w: weights(4, 4, 1, 1), scale: weights(4), bias: weights(4) },
    nodes: [
      node("Conv", "x w", "c"),
      node("GroupNormalization", "c scale bias", "g", [a.int("num_groups", 2)]),
      node("Relu", "g", "y"),
    ],
  });
  expect(opsOf(imported)).toBe("Conv Reshape InstanceNormalization Shape Reshape Mul Add Relu");
  expect(parametersOf(imported.graph).map(({ value, kind }) => `${kind} ${value}`)).toEqual([
    "weight w",
    "norm scale.channels",
    "bias bias.channels",
  ]);
});

test("a Loop passes through with what it reads from outside", async () => {
  const body = graphOf({
    inputs: { i: ["int64", []], go: ["bool", []], h: ["float32", ["N", 3]] },
    outputs: { go2: ["bool", []], h2: ["float32", ["N", 3]] },
    nodes: [node("Identity", "go", "go2"), node("MatMul", "h w2", "h1"), node("Add", "h1 t", "h2")],
  });
  const imported = await same({
    opset: 13,
    inputs: { x: ["float32", ["N", 3]] },
    outputs: { y: ["float32", ["N", 3]] },
    weights: { w: weights(3, 3), k: int64([], [3]) },
    nodes: [
      node("Tanh", "x", "t"),
      node("Identity", "w", "w2"),
      node("Loop", "k _ x", "y", [a.graph("body", body)]),
    ],
  });
  expect(imported.graph.nodes[1]).toMatchObject({ op: "Loop", captures: ["w2", "t"] });
});

test("sizes that are computed from the batch are folded", async () => {
  const imported = await same({
    opset: 11,
    inputs: { x: ["float32", ["N", 2, 3]] },
    outputs: { y: ["float32", ["N", 6]], z: ["float32", ["N", 3, 2]] },
    weights: { zero: int64([], [0]), rest: int64([1], [-1]), two: int64([1], [2]), three: int64([1], [3]) },
    nodes: [
      node("Shape", "x", "s"),
      node("Gather", "s zero", "n"),
      node("Unsqueeze", "n", "n1", [a.ints("axes", [0])]),
      node("Concat", "n1 rest", "t1", [a.int("axis", 0)]),
      node("Reshape", "x t1", "y"),
      node("Concat", "n1 three two", "t2", [a.int("axis", 0)]),
      node("Reshape", "y t2", "z"),
    ],
  });
  expect(opsOf(imported)).toBe("Reshape Reshape");
  expect([...imported.graph.initializers.values()].map((t) => Array.from(t.data, Number))).toEqual([
    [0, -1],
    [0, 3, 2],
  ]);
});

test("a batch that the model mixes stays fixed, with the reason", () => {
  const fixed = (nodes: NodeProto[], shape: number[], extra: Record<string, Tensor> = {}) => {
    const model: Model = {
      opset: 13,
      inputs: { x: ["float32", [1, 4]] },
      outputs: { y: ["float32", shape] },
      weights: extra,
      nodes,
    };
    const { graph, notes } = fromOnnx(bytesOf(model));
    expect(graph.typeOf("x").shape).toEqual([1, 4]);
    return notes;
  };
  expect(fixed([node("Softmax", "x", "y", [a.int("axis", 0)])], [1, 4])).toEqual([
    'the batch stays fixed: Softmax "y" works across the batch',
  ]);
  expect(fixed([node("Reshape", "x t", "y")], [4], { t: int64([1], [-1]) })).toEqual([
    'the batch stays fixed: output "y", [4], would become [4·batch]',
  ]);
  expect(fixed([node("Nonzeroish", "x", "y")], [1, 4])).toEqual([
    'the batch stays fixed: Nonzeroish "y" is not known to treat each row alone',
  ]);
});

test("local functions are put in place, with the attributes of the call", async () => {
  const call = node("mine:Scaled", "x", "y", [a.float("by", 0.25)]);
  const inner = create(NodeProtoSchema, node("LeakyRelu", "v", "r"));
  inner.attribute.push({ ...a.float("alpha", 0), f: 0, refAttrName: "by" });
  const bytes = writeModel(
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: "", version: 17n },
        { domain: "mine", version: 1n },
      ],
      functions: [
        {
          name: "Scaled",
          domain: "mine",
          input: ["v"],
          output: ["o"],
          attribute: ["by"],
          opsetImport: [{ domain: "", version: 17n }],
          node: [inner, node("Neg", "r", "o")],
        },
      ],
      graph: graphOf({
        inputs: { x: ["float32", ["N", 3]] },
        outputs: { y: ["float32", ["N", 3]] },
        nodes: [call],
      }),
    }),
  );
  const { graph } = fromOnnx(bytes);
  expect(graph.nodes.map((n) => n.op)).toEqual(["LeakyRelu", "Neg"]);
  const x = { x: new ort.Tensor("float32", Float32Array.of(-4, 0, 2), [1, 3]) };
  // -leaky(-4) = 4 · 0.25
  expect(numbersOf((await run(toOnnx(graph), x)).y!)).toEqual([1, -0, -2]);
  expect(numbersOf((await run(bytes, x)).y!)).toEqual([1, -0, -2]);
});

test("a user's operators become custom nodes and go out as they came", () => {
  const model: Model = {
    opset: 17,
    inputs: { x: ["float32", ["N", 3]] },
    outputs: { y: ["float32", ["N", 3]] },
    nodes: [
      node("mine:Squash", "x", "y", [a.float("by", 2), a.ints("axes", [1, 2]), a.string("how", "soft")]),
    ],
  };
  const options = { operators: [{ domain: "mine", name: "Squash" }] };
  const { graph } = fromOnnx(bytesOf(model), options);
  expect(graph.nodes).toMatchObject([
    { kind: "custom", domain: "mine", op: "Squash", attributes: { by: 2, axes: [1, 2], how: "soft" } },
  ]);
  expect(fromOnnx(toOnnx(graph), options).graph.nodes).toEqual(graph.nodes);
});

test("padding that depends on an unknown size stays the file's, until the size is given", async () => {
  const model: Model = {
    opset: 11,
    inputs: { x: ["float32", ["N", 1, "H", "W"]] },
    outputs: { y: ["float32", ["N", 1, "h", "w"]] },
    weights: { w: weights(1, 1, 3, 3) },
    nodes: [node("Conv", "x w", "y", [a.string("auto_pad", "SAME_UPPER"), a.ints("strides", [2, 2])])],
  };
  const imported = await same(model);
  expect(imported.graph.nodes[0]!.kind).toBe("opaque");
  expect(imported.notes).toEqual([
    expect.stringMatching(/^Conv "y" .*: its padding \(SAME_UPPER\) depends on the input's size$/),
  ]);
  const sized = fromOnnx(bytesOf(model), { inputShapes: { x: ["N", 1, 6, 7] } });
  // 6 -> 3: (3 - 1) · 2 + 3 - 6 = 1 too few, put at the end; 7 -> 4: 2, one on each side.
  expect(sized.graph.nodes[0]).toMatchObject({ kind: "op", attributes: { pads: [0, 1, 1, 1] } });
});

test("an opset that Engraft does not read is named", () => {
  const model: Model = {
    opset: 6,
    inputs: { x: ["float32", ["N"]] },
    outputs: { y: ["float32", ["N"]] },
    nodes: [node("Relu", "x", "y")],
  };
  expect(() => fromOnnx(bytesOf(model))).toThrow("the model is of opset 6; Engraft reads opset 7 and later");
});

test("a small aligned weight does not keep the file in memory together with copies of the rest", () => {
  const file = bytesOf({
    opset: 13,
    inputs: { x: ["float32", ["N", 100]] },
    outputs: { y: ["float32", ["N", 300]] },
    weights: { large: weights(100, 300), small: weights(300) },
    nodes: [node("Gemm", "x large small", "y")],
  });
  // Wherever the file begins, each weight is aligned in one case of four.
  const views = [0, 1, 2, 3].map((shift) => {
    const bytes = new Uint8Array(file.length + 4).subarray(shift, shift + file.length);
    bytes.set(file);
    const read = [...fromOnnx(bytes).graph.initializers.values()];
    expect(read.map(({ data }) => data.length).sort()).toEqual([300, 30_000]);
    const kept = read.filter(({ data }) => (data as Float32Array).buffer === bytes.buffer);
    return kept.map(({ data }) => data.length);
  });
  expect(views.filter((lengths) => lengths.length > 0)).toHaveLength(1);
  expect(views.flat()).toContain(30_000);
});
