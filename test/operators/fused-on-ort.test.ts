/** Operators that onnxruntime's own optimiser fuses: read, they are standard ones that give the same values. */
import { expect, test } from "vitest";
import { float32, tensor } from "../../src/core/tensor.js";
import { bindDims } from "../../src/graph/surgery/index.js";
import { attribute as a, type NodeProto } from "../../src/onnx/index.js";
import { checkGradient } from "../../src/testing/index.js";
import { expandsTo, int32, normals, type OneNode } from "../support/one-node.js";

const [B, S, T, D, N] = [2, 5, 3, 12, 3];
const ms = (op: string): string => `com.microsoft:${op}`;
const mask2 = int32([B, S], [1, 1, 1, 0, 0, 1, 1, 1, 1, 0]);
const x = normals("x", B, S, D);

test.each<[string, Record<string, ReturnType<typeof normals>>, NodeProto["attribute"]]>([
  ["Gelu", { x }, []],
  ["BiasGelu", { x, bias: normals("b", D) }, []],
  ["FastGelu", { x }, []],
  ["FastGelu", { x, bias: normals("b", D) }, []],
  ["QuickGelu", { x }, []],
  ["QuickGelu", { x }, [a.float("alpha", 1)]],
])("%s is what it is made of", async (op, inputs, attributes) => {
  const { graph } = await expandsTo({
    op: ms(op),
    inputs,
    fed: { x: ["batch", "length", D] },
    outputs: ["y"],
    attributes,
  });
  expect(graph.typeOf("y").shape).toEqual(["batch", "length", D]);
  const feeds = { x };
  expect(checkGradient(bindDims(graph, { batch: B, length: S }), { feeds }).error).toBeLessThan(1e-7);
});

const skip = {
  x,
  skip: normals("skip", B, S, D),
  gamma: normals("gamma", D),
  beta: normals("beta", D),
  bias: normals("bias", D),
};
const { beta: _, ...withoutBeta } = skip;
test.each<[string, OneNode["inputs"], string[]]>([
  ["SkipLayerNormalization", skip, ["y"]],
  ["SkipLayerNormalization", skip, ["y", "_", "_1", "sum"]],
  ["SkipLayerNormalization", { x, skip: skip.skip, gamma: skip.gamma }, ["y"]],
  ["SkipLayerNormalization", { ...skip, skip: normals("skip", S, D) }, ["y", "_", "_1", "sum"]],
  ["SkipLayerNormalization", { ...skip, skip: normals("skip", 1, S, D) }, ["y"]],
  ["SkipSimplifiedLayerNormalization", withoutBeta, ["y", "_", "_1", "sum"]],
  ["SkipSimplifiedLayerNormalization", { x, skip: skip.skip, gamma: skip.gamma }, ["y"]],
])("%s of %j, %j", async (op, inputs, outputs) => {
  const attributes = [a.float("epsilon", 1e-5)];
  await expandsTo({ op: ms(op), inputs, fed: { x: ["batch", S, D] }, outputs, attributes });
});

test("SimplifiedLayerNormalization, which onnxruntime writes as if it were standard", async () => {
  await expandsTo({
    op: "SimplifiedLayerNormalization",
    inputs: { x, scale: normals("gamma", D) },
    fed: { x: ["batch", S, D] },
    outputs: ["y"],
    attributes: [a.int("axis", -1), a.float("epsilon", 1e-5)],
  });
});

test.each<[string, readonly string[], readonly string[]]>([
  ["all", [], ["y", "counts", "sum"]],
  ["no mask", ["mask", "at"], ["y", ".counts"]],
  ["no segments", ["segments", "segment_embedding", "at"], ["y", "counts"]],
])("EmbedLayerNormalization with %s", async (_name, without, outputs) => {
  const ids = (top: number) =>
    int32(
      [B, S],
      Array.from({ length: B * S }, (_, i) => (i * 7) % top),
    );
  const all = {
    ids: ids(11),
    segments: ids(2),
    words: normals("words", 11, D),
    positions: normals("positions", 8, D),
    segment_embedding: normals("segments", 2, D),
    gamma: normals("gamma", D),
    beta: normals("beta", D),
    mask: mask2,
    at: int32([B, S], [3, 1, 2, 0, 4, 5, 6, 7, 0, 1]),
  };
  const inputs = Object.fromEntries(
    Object.entries(all).map(([k, v]) => (without.includes(k) ? [`_${k}`, v] : [k, v])),
  );
  const { graph } = await expandsTo({
    op: ms("EmbedLayerNormalization"),
    inputs,
    fed: Object.fromEntries(["ids", "segments", "mask", "at"].map((k) => [k, ["batch", "length"]])),
    outputs,
    types: { counts: "int32" },
    attributes: [a.float("epsilon", 1e-5)],
  });
  expect(graph.typeOf("y").shape).toEqual(["batch", "length", D]);
});

const attention = (
  inputs: OneNode["inputs"],
  attributes: NodeProto["attribute"] = [],
  outputs = ["y"],
): OneNode => ({
  op: ms("Attention"),
  inputs,
  fed: { x: ["batch", "length", D] },
  outputs,
  attributes: [a.int("num_heads", N), ...attributes],
});
const base = { x, w: normals("w", D, 3 * D), b: normals("b", 3 * D) };
const mask3 = int32(
  [B, S, S],
  Array.from({ length: B * S * S }, (_, i) => (i % 3 === 0 ? 0 : 1)),
);
test.each<[string, OneNode]>([
  ["plain", attention(base)],
  ["mask [B, S]", attention({ ...base, mask: mask2 })],
  ["mask [B, S], filter -3", attention({ ...base, mask: mask2 }, [a.float("mask_filter_value", -3)])],
  ["mask [B, S, S]", attention({ ...base, mask: mask3 })],
  ["lengths [B]", { ...attention({ ...base, mask: int32([B], [3, 5]) }), fed: { x: [B, S, D] } }],
  [
    "lengths and starts [2B]",
    { ...attention({ ...base, mask: int32([2 * B], [3, 5, 1, 2]) }), fed: { x: [B, S, D] } },
  ],
  ["unidirectional", attention(base, [a.int("unidirectional", 1)])],
  ["unidirectional with mask", attention({ ...base, mask: mask2 }, [a.int("unidirectional", 1)])],
  ["scale", attention(base, [a.float("scale", 0.3)])],
  [
    "other sizes of values",
    attention({ x, w: normals("w", D, 24 + 6), b: normals("b", 24 + 6) }, [
      a.ints("qkv_hidden_sizes", [D, D, 6]),
    ]),
  ],
  ["a bias of the scores", attention({ ...base, mask: mask2, _past: x, bias: normals("bias", B, N, S, S) })],
  ["a bias for all rows", attention({ ...base, _mask: x, _past: x, bias: normals("bias", 1, N, S, S) })],
  ["keys and values read", attention(base, [], ["y", "present"])],
])("Attention: %s", async (_name, model) => {
  const { graph } = await expandsTo(model);
  const sized = bindDims(graph, { batch: B, length: S });
  const { error } = checkGradient(sized, { feeds: { x } });
  expect(error).toBeLessThan(1e-7);
});

test("Attention without a bias is that with zeros, which onnxruntime 1.30 cannot run itself", async () => {
  const zeros = float32([3 * D], new Array<number>(3 * D).fill(0));
  await expandsTo(attention({ x, w: base.w }), { reference: attention({ ...base, b: zeros }) });
});

test("Attention keeps the names of batch and length, with masks of all forms that are fed", async () => {
  const model = attention({ ...base, mask: mask2 }, [a.int("unidirectional", 1)]);
  const fed = { x: ["batch", "length", D], mask: ["batch", "length"] };
  const { graph } = await expandsTo({ ...model, fed });
  expect(graph.typeOf("y").shape).toEqual(["batch", "length", D]);
  const counts = attention({ ...base, mask: int32([B], [3, 5]) });
  const read = await expandsTo({ ...counts, fed: { x: ["batch", "length", D], mask: ["batch"] } });
  expect(read.graph.typeOf("y").shape).toEqual(["batch", "length", D]);
});

const multi = (
  inputs: OneNode["inputs"],
  attributes: NodeProto["attribute"] = [],
  outputs = ["y"],
): OneNode => ({
  op: ms("MultiHeadAttention"),
  inputs,
  fed: { q: inputs.q!.dims },
  outputs,
  attributes: [a.int("num_heads", N), ...attributes],
});
const q = normals("q", B, S, D);
const [k, v] = [normals("k", B, T, D), normals("v", B, T, 6)];
const maskT = int32([B, T], [1, 1, 0, 1, 1, 1]);
test.each<[string, OneNode]>([
  ["apart", multi({ q, k, v })],
  ["apart, biased", multi({ q, k, v, b: normals("b", 2 * D + 6) })],
  ["mask [B, T]", multi({ q, k, v, _b: q, mask: maskT })],
  ["lengths [B]", multi({ q, k, v, _b: q, mask: int32([B], [2, 3]) })],
  [
    "mask [B, S, T]",
    multi({
      q,
      k,
      v,
      _b: q,
      mask: int32(
        [B, S, T],
        Array.from({ length: B * S * T }, (_, i) => (i % 4 ? 1 : 0)),
      ),
    }),
  ],
  ["a bias of the scores", multi({ q, k, v, _b: q, _m: q, bias: normals("bias", B, N, S, T) })],
  ["one bias for all", multi({ q, k, v, _b: q, mask: maskT, bias: normals("bias", 1, 1, S, T) })],
  [
    "unidirectional",
    multi({ q, k: normals("k", B, S, D), v: normals("v", B, S, D) }, [a.int("unidirectional", 1)]),
  ],
  ["scale", multi({ q, k, v }, [a.float("scale", 0.2)])],
  ["keys by head", multi({ q, k: normals("k", B, N, T, 4), v: normals("v", B, N, T, 4) })],
  [
    "keys and values read",
    multi({ q, k, v: normals("v", B, T, D), b: normals("b", 3 * D) }, [], ["y", "pk", "pv"]),
  ],
])("MultiHeadAttention: %s", async (_name, model) => {
  const { graph } = await expandsTo(model);
  expect(checkGradient(bindDims(graph, { batch: B }), { feeds: { q: model.inputs.q! } }).error).toBeLessThan(
    1e-7,
  );
});

// onnxruntime wants heads whose size is a multiple of 16.
const [H, K] = [16, 2];
const wide = (name: string, heads: number) => normals(name, B, S, heads * H);
const grouped = (
  inputs: OneNode["inputs"],
  attributes: NodeProto["attribute"] = [],
  outputs = ["y", "pk", "pv"],
): OneNode => ({
  op: ms("GroupQueryAttention"),
  inputs,
  fed: { q: ["batch", "length", inputs.q!.dims[2]!] },
  outputs,
  attributes: [
    ...attributes,
    ...(attributes.some(({ name }) => name === "num_heads")
      ? []
      : [a.int("num_heads", 4), a.int("kv_num_heads", K)]),
  ],
});
const apart = { q: wide("gq", 4), k: wide("gk", K), v: wide("gv", K), _pk: q, _pv: q };
const whole = { ...apart, lengths: int32([B], [S - 1, S - 1]), total: int32([1], [S]) };
const angles = { cos: normals("cos", 8, H / 2), sin: normals("sin", 8, H / 2) };
const some = { cos: normals("cos4", 8, 4), sin: normals("sin4", 8, 4) };
const turns = a.int("do_rotary", 1);
const placed = (...all: number[]) => tensor("int64", [B, S], BigInt64Array.from(all.map(BigInt)));
const places = placed(0, 1, 2, 3, 4, 2, 3, 4, 5, 6);
const counted = placed(1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
test.each<[string, OneNode]>([
  ["plain", grouped(whole)],
  ["one head of keys", grouped({ ...whole, k: wide("gk", K), v: wide("gv", K) }, [a.float("scale", 0.3)])],
  [
    "packed",
    grouped({
      q: wide("packed", 4 + 2 * K),
      _k: q,
      _v: q,
      _pk: q,
      _pv: q,
      lengths: whole.lengths,
      total: whole.total,
    }),
  ],
  ["rotated", grouped({ ...whole, ...angles }, [turns])],
  [
    "rotated in part",
    grouped({ ...whole, cos: normals("cos8", 8, 8), sin: normals("sin8", 8, 8) }, [
      turns,
      a.int("num_heads", 2),
      a.int("kv_num_heads", 1),
    ]),
  ],
  ["rotated in neighbours", grouped({ ...whole, ...angles }, [turns, a.int("rotary_interleaved", 1)])],
  // Those of the first row alone, from which onnxruntime 1.30 counts in every row.
  ["rotated by given places", grouped({ ...whole, ...angles, places: counted }, [turns])],
  ["capped", grouped(whole, [a.float("softcap", 0.7)])],
  ["of the last two tokens", grouped(whole, [a.int("local_window_size", 2)])],
  [
    "with a bias of the scores",
    grouped({ ...whole, ...angles, _places: q, bias: normals("gbias", 1, 1, S, S) }, [turns]),
  ],
  [
    "with a bias of each head, capped",
    grouped({ ...whole, ...angles, _places: q, bias: normals("gbiases", 1, 4, S, S) }, [
      turns,
      a.float("softcap", 0.7),
    ]),
  ],
])("GroupQueryAttention: %s", async (_name, model) => {
  const { graph } = await expandsTo(model);
  expect(
    checkGradient(bindDims(graph, { batch: B, length: S }), { feeds: { q: model.inputs.q! } }).error,
  ).toBeLessThan(1e-7);
});

const rotary = (inputs: OneNode["inputs"], attributes: NodeProto["attribute"] = []): OneNode => ({
  op: ms("RotaryEmbedding"),
  inputs,
  fed: { x: inputs.x!.dims.map((n, i) => (i === 0 ? "batch" : n)) },
  outputs: ["y"],
  attributes,
});
const first = tensor("int64", [1], BigInt64Array.of(2n));
const rows = { x: wide("turned", 4), places, ...angles };
test.each<[string, OneNode]>([
  ["by given places", rotary(rows)],
  ["from a first place on", rotary({ ...rows, places: first })],
  ["by head", rotary({ ...rows, x: normals("heads", B, 3, S, H) })],
  ["by head, in neighbours", rotary({ ...rows, x: normals("heads", B, 3, S, H) }, [a.int("interleaved", 1)])],
  ["in neighbours", rotary(rows, [a.int("interleaved", 1)])],
  ["in part", rotary({ ...rows, ...some }, [a.int("num_heads", 4), a.int("rotary_embedding_dim", 8)])],
])("RotaryEmbedding: %s", async (_name, model) => {
  const { graph } = await expandsTo(model);
  expect(checkGradient(bindDims(graph, { batch: B }), { feeds: { x: model.inputs.x! } }).error).toBeLessThan(
    1e-7,
  );
});

const image = normals("image", 2, 4, 6, 5);
const conv = { x: image, w: normals("w", 6, 4, 3, 3), b: normals("b", 6) };
test.each<[string, OneNode["inputs"], number[]]>([
  ["", conv, []],
  ["Relu", conv, []],
  ["Relu", { ...conv, z: normals("z", 2, 6, 6, 5) }, []],
  ["Sigmoid", { x: image, w: conv.w }, []],
  ["Tanh", conv, []],
  ["LeakyRelu", conv, [0.2]],
  ["Clip", conv, [-0.5, 0.7]],
  ["HardSigmoid", conv, [0.3, 0.4]],
])("FusedConv with %s", async (activation, inputs, params) => {
  const { graph } = await expandsTo({
    op: ms("FusedConv"),
    inputs,
    fed: { x: [2, 4, 6, 5] },
    outputs: ["y"],
    attributes: [
      a.ints("pads", [1, 1, 1, 1]),
      ...(activation === "" ? [] : [a.string("activation", activation)]),
      ...(params.length > 0 ? [a.floats("activation_params", params)] : []),
    ],
  });
  expect(graph.nodes[0]).toMatchObject({ op: "Conv" });
});

test.each<[string, number[], number[], Record<string, number>]>([
  ["plain", [2, 3, 4], [2, 4, 5], {}],
  ["alpha", [2, 3, 4], [2, 4, 5], { alpha: 0.25 }],
  ["transA", [2, 4, 3], [2, 4, 5], { transA: 1, alpha: 2 }],
  ["transB", [2, 3, 4], [5, 4], { transB: 1 }],
  ["both", [4, 3], [5, 4], { transA: 1, transB: 1 }],
  ["transBatchA", [3, 2, 4], [2, 4, 5], { transBatchA: 1 }],
  ["transBatchB", [2, 3, 4], [4, 2, 5], { transBatchB: 1 }],
  ["transBatchA and transA", [4, 2, 3], [2, 4, 5], { transBatchA: 1, transA: 1 }],
  ["both batches of four axes", [3, 2, 6, 4], [4, 2, 6, 5], { transBatchA: 1, transBatchB: 1 }],
])("FusedMatMul: %s", async (_name, da, db, given) => {
  const { graph } = await expandsTo({
    op: ms("FusedMatMul"),
    inputs: { a: normals("a", ...da), b: normals("b", ...db) },
    fed: { a: da },
    outputs: ["y"],
    attributes: Object.entries(given).map(([name, value]) =>
      name === "alpha" ? a.float(name, value) : a.int(name, value),
    ),
  });
  expect(graph.nodes.map((n) => n.op)).not.toContain("FusedMatMul");
});

test.each<[string, Record<string, number>]>([
  ["Relu", {}],
  ["LeakyRelu", { activation_alpha: 0.3 }],
  ["HardSigmoid", { activation_alpha: 0.3, activation_beta: 0.4 }],
  ["Elu", { activation_alpha: 0.7 }],
  ["Selu", { activation_alpha: 1.5, activation_gamma: 1.1 }],
  ["Tanh", {}],
  ["Softplus", {}],
])("FusedGemm with %s", async (activation, given) => {
  await expandsTo({
    op: ms("FusedGemm"),
    inputs: { a: normals("a", 3, 4), b: normals("b", 5, 4), c: normals("c", 5) },
    fed: { a: ["batch", 4] },
    outputs: ["y"],
    attributes: [
      a.int("transB", 1),
      a.float("alpha", 0.5),
      a.string("activation", activation),
      ...Object.entries(given).map(([name, value]) => a.float(name, value)),
    ],
  });
});
