// A small call of each operator outside the closed list, as a model file: reading it shows what it becomes. Operators
// not named here are called with one image and no attributes.
import { create } from "@bufbuild/protobuf";
import { float32, int64, tensor } from "../../dist/core/tensor.js";
import { fromOnnx } from "../../dist/graph/index.js";
import {
  attribute as a,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  tensorProto,
  valueInfo,
  writeModel,
} from "../../dist/onnx/index.js";

const zeros = (...dims) => float32(dims, new Float32Array(dims.reduce((n, d) => n * d, 1)));
const fed = (...dims) => ({ dtype: "float32", shape: dims });
const ids = (...dims) => ({ dtype: "int64", shape: dims });
const x = fed(2, 4, 6, 6);
const tokens = fed(2, 3, 8);
const scale = [zeros(8), zeros(8)];

/** By name: inputs (types are fed, tensors are weights, undefined is omitted), attributes, opset, outputs. */
const probes = {
  CastLike: { inputs: [x, zeros(1)] },
  Compress: { inputs: [x, tensor("bool", [2], Uint8Array.of(1, 0))], attributes: [a.int("axis", 0)] },
  Constant: { inputs: [], attributes: [a.tensor("value", zeros(2))] },
  DepthToSpace: { inputs: [x], attributes: [a.int("blocksize", 2)] },
  Einsum: { inputs: [x, zeros(5, 4)], attributes: [a.string("equation", "bchw,dc->bdhw")] },
  GRU: { inputs: [fed(3, 2, 4), zeros(1, 15, 4), zeros(1, 15, 5)], attributes: [a.int("hidden_size", 5)] },
  GroupNormalization: { inputs: [x, zeros(2), zeros(2)], attributes: [a.int("num_groups", 2)] },
  LSTM: { inputs: [fed(3, 2, 4), zeros(1, 20, 4), zeros(1, 20, 5)], attributes: [a.int("hidden_size", 5)] },
  Max: { inputs: [x, x, x] },
  Mean: { inputs: [x, x, x] },
  RMSNormalization: { inputs: [tokens, zeros(8)], opset: 23 },
  RNN: { inputs: [fed(3, 2, 4), zeros(1, 5, 4), zeros(1, 5, 5)], attributes: [a.int("hidden_size", 5)] },
  Scatter: { inputs: [fed(3, 4), int64([1, 4], [0, 1, 2, 0]), zeros(1, 4)], opset: 10 },
  SimplifiedLayerNormalization: { inputs: [tokens, zeros(8)] },
  SpaceToDepth: { inputs: [x], attributes: [a.int("blocksize", 2)] },
  Sum: { inputs: [x, x, x] },
  Swish: { inputs: [x], opset: 24 },
  Upsample: { inputs: [x, float32([4], [1, 1, 2, 2])], opset: 9, attributes: [a.string("mode", "nearest")] },
  "com.microsoft.Attention": {
    inputs: [tokens, zeros(8, 24), zeros(24)],
    attributes: [a.int("num_heads", 2)],
  },
  "com.microsoft.BiasGelu": { inputs: [tokens, zeros(8)] },
  "com.microsoft.EmbedLayerNormalization": {
    inputs: [ids(2, 3), ids(2, 3), zeros(9, 8), zeros(5, 8), zeros(2, 8), ...scale],
  },
  "com.microsoft.FusedConv": { inputs: [x, zeros(5, 4, 3, 3)], attributes: [a.string("activation", "Relu")] },
  "com.microsoft.FusedGemm": {
    inputs: [fed(2, 4), zeros(4, 5), zeros(5)],
    attributes: [a.string("activation", "Relu")],
  },
  "com.microsoft.FusedMatMul": { inputs: [x, zeros(6, 5)] },
  "com.microsoft.GroupQueryAttention": {
    inputs: [tokens, fed(2, 3, 4), fed(2, 3, 4), ...Array.from({ length: 4 }), zeros(5, 2), zeros(5, 2)],
    attributes: [a.int("num_heads", 2), a.int("kv_num_heads", 1), a.int("do_rotary", 1)],
  },
  "com.microsoft.MultiHeadAttention": {
    inputs: [tokens, tokens, tokens],
    attributes: [a.int("num_heads", 2)],
  },
  "com.microsoft.RotaryEmbedding": { inputs: [tokens, ids(2, 3), zeros(5, 2), zeros(5, 2)] },
  "com.microsoft.SimplifiedLayerNormalization": { inputs: [tokens, zeros(8)] },
  "com.microsoft.SkipLayerNormalization": { inputs: [tokens, tokens, ...scale] },
  "com.microsoft.SkipSimplifiedLayerNormalization": { inputs: [tokens, tokens, zeros(8)] },
  "com.microsoft.TransposeMatMul": { inputs: [x, zeros(6, 5)] },
};

/** Returns the graph of a file with this one operator. */
export function readProbe(name, since) {
  const { inputs = [x], attributes = [], opset = Math.max(18, since) } = probes[name] ?? {};
  const at = name.lastIndexOf(".");
  const [domain, opType] = [name.slice(0, Math.max(0, at)), name.slice(at + 1)];
  const isWeight = (input) => input !== undefined && "data" in input;
  const named = inputs.map((input, i) => [input && `x${i}`, input]);
  const node = { opType, domain, name: "it", input: named.map(([v]) => v ?? ""), output: ["y"] };
  const graph = create(GraphProtoSchema, {
    name: "probe",
    input: named.filter(([v, input]) => v && !isWeight(input)).map(([v, type]) => valueInfo(v, type)),
    initializer: named.filter(([, input]) => isWeight(input)).map(([v, value]) => tensorProto(v, value)),
    output: [valueInfo("y", { dtype: "float32", shape: undefined })],
    node: [create(NodeProtoSchema, { ...node, attribute: attributes })],
  });
  const opsetImport = [{ domain: "", version: BigInt(opset) }];
  if (domain !== "") opsetImport.push({ domain, version: 1n });
  return fromOnnx(writeModel(create(ModelProtoSchema, { irVersion: 8n, graph, opsetImport })), {
    unroll: true,
  }).graph;
}
