import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { DType } from "../../../core/dtype.js";
import { EngraftError } from "../../../core/errors.js";
import { float32 } from "../../../core/tensor.js";
import {
  attribute as a,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  tensorProto,
  valueInfo,
  writeModel,
} from "../../../onnx/index.js";
import { type FromOnnxOptions, fromOnnx, type Imported } from "../../from-onnx.js";
import { parametersOf } from "../../surgery/index.js";

type Dims = readonly (number | string | null)[];

/** Reads a model of one node "n" with output `y`. An input given as sizes only is a weight of ones. */
function read(
  op: string,
  inputs: Readonly<Record<string, Dims | readonly [DType, Dims]>>,
  attributes: NodeProto["attribute"] = [],
  options: FromOnnxOptions & { weights?: readonly string[]; outputs?: readonly string[] } = {},
): Imported {
  const [domain = "", opType] = op.includes(":") ? op.split(":") : ["", op];
  const { weights = [], outputs = ["y"], ...given } = options;
  const typeOf = (v: Dims | readonly [DType, Dims]) =>
    Array.isArray(v[1])
      ? { dtype: v[0] as DType, shape: v[1] as Dims }
      : { dtype: "float32" as const, shape: v as Dims };
  const there = Object.entries(inputs).filter(([name]) => !name.startsWith("_"));
  const node = create(NodeProtoSchema, {
    opType,
    domain,
    name: "n",
    input: Object.keys(inputs).map((v) => (v.startsWith("_") ? "" : v)),
    output: [...outputs],
    attribute: attributes,
  });
  const graph = create(GraphProtoSchema, {
    name: "g",
    input: there.filter(([v]) => !weights.includes(v)).map(([v, d]) => valueInfo(v, typeOf(d))),
    output: outputs.filter((v) => v !== "").map((v) => valueInfo(v, { dtype: "float32", shape: undefined })),
    initializer: there
      .filter(([v]) => weights.includes(v))
      .map(([v, d]) => {
        const dims = typeOf(d).shape as readonly number[];
        return tensorProto(v, float32(dims, new Array<number>(dims.reduce((x, y) => x * y, 1)).fill(1)));
      }),
    node: [node],
  });
  const opsetImport = [
    { domain: "", version: 17n },
    { domain: "com.microsoft", version: 1n },
  ];
  return fromOnnx(writeModel(create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph })), {
    unroll: true,
    ...given,
  });
}

const lstm = { x: ["length", "batch", 3], w: [1, 8, 3], r: [1, 8, 2] } as const;
const weights = ["w", "r", "b"];
const rotary: Record<string, Dims | readonly [DType, Dims]> = {
  ...{ x: ["N", 4, 6], at: ["int64", ["N", 4]], cos: [8, 3], sin: [8, 3] },
};
const tooLong = (steps: number): string =>
  `with ${steps} more steps the model would be too large to unroll; to train through it, read or export the model with shorter sequences`;

test("an LSTM whose length is not known stays as it came, and says what to do to train it", () => {
  const { graph, notes } = read("LSTM", lstm, [a.int("hidden_size", 2)], { weights });
  const why =
    'its sequence length is not known: its input "x" is float32[length, batch, 3]; to train through it, read the model with a fixed length (inputShapes), or export it with one';
  expect(graph.nodes).toMatchObject([{ kind: "opaque", op: "LSTM", why }]);
  expect(notes).toContain(`LSTM "n" is passed on as it came: ${why}`);
  const fixed = read("LSTM", lstm, [a.int("hidden_size", 2)], {
    weights,
    inputShapes: { x: [7, "batch", 3] },
  }).graph;
  expect(fixed.nodes.every((n) => n.kind === "op")).toBe(true);
  expect(fixed.typeOf("y").shape).toEqual([7, 1, "batch", 2]);
});

test("the weights of an unrolled LSTM are found under their names in the file", () => {
  const { graph } = read("LSTM", { ...lstm, x: [3, "batch", 3], b: [1, 16] }, [a.int("hidden_size", 2)], {
    weights,
  });
  expect(parametersOf(graph).map(({ value, kind, size }) => [value, kind, size])).toEqual([
    ["w", "weight", 24],
    ["b", "bias", 16],
    ["r", "weight", 16],
  ]);
});

test.each<[string, string, Record<string, Dims | readonly [DType, Dims]>, NodeProto["attribute"]]>([
  [
    "its sequences have 129 steps, more than 128 are not unrolled; to train through it, read or export the model with at most 128 steps",
    "GRU",
    { x: [129, 1, 3], w: [1, 6, 3], r: [1, 6, 2] },
    [],
  ],
  [
    'its direction is "sideways"',
    "RNN",
    { x: [5, 1, 3], w: [1, 2, 3], r: [1, 2, 2] },
    [a.string("direction", "sideways")],
  ],
  [
    "it has 1 activations, expected 2",
    "GRU",
    { x: [5, 1, 3], w: [1, 6, 3], r: [1, 6, 2] },
    [a.strings("activations", ["Tanh"])],
  ],
  [
    'its activation "Cosine" is not known',
    "RNN",
    { x: [5, 1, 3], w: [1, 2, 3], r: [1, 2, 2] },
    [a.strings("activations", ["Cosine"])],
  ],
  [
    "its activation has no alpha",
    "RNN",
    { x: [5, 1, 3], w: [1, 2, 3], r: [1, 2, 2] },
    [a.strings("activations", ["Affine"])],
  ],
  [
    "Split: sizes [8000000, 8000000] do not split axis 0 of float32[16]",
    "LSTM",
    { x: [5, 1, 3], w: [1, 8, 3], r: [1, 8, 2], b: [1, 16] },
    [a.int("hidden_size", 2e6)],
  ],
  [
    "it continues from keys and values of an earlier call (past)",
    "com.microsoft:Attention",
    { x: ["N", 4, 6], w: [6, 18], b: [18], _mask: [], past: [2, "N", 2, 3, 3] },
    [a.int("num_heads", 2)],
  ],
  [
    "its mask has 5 numbers for a batch of N",
    "com.microsoft:Attention",
    { x: ["N", 4, 6], w: [6, 18], b: [18], mask: ["int32", [5]] },
    [a.int("num_heads", 2)],
  ],
  [
    "sizes [6, 6, 6] do not divide into 4 heads",
    "com.microsoft:Attention",
    { x: ["N", 4, 6], w: [6, 18], b: [18] },
    [a.int("num_heads", 4)],
  ],
  [
    "the mask has 4 axes, expected 1 or 2 or 3",
    "com.microsoft:Attention",
    { x: ["N", 4, 6], w: [6, 18], b: [18], mask: ["int32", ["N", 1, 8, 8]] },
    [a.int("num_heads", 2)],
  ],
  ["the number of heads is not known", "com.microsoft:MultiHeadAttention", { q: ["N", 4, 6] }, []],
  ["it has no key", "com.microsoft:MultiHeadAttention", { q: ["N", 4, 6] }, [a.int("num_heads", 2)]],
  [
    "3 heads do not divide into 2 groups",
    "com.microsoft:GroupQueryAttention",
    { q: ["N", 4, 6], k: ["N", 4, 4], v: ["N", 4, 4] },
    [a.int("num_heads", 3), a.int("kv_num_heads", 2)],
  ],
  [
    "its softmax has a further term (smooth_softmax)",
    "com.microsoft:GroupQueryAttention",
    { q: ["N", 4, 6] },
    [a.int("smooth_softmax", 1)],
  ],
  [
    "no query sees a key (local_window_size is 0)",
    "com.microsoft:GroupQueryAttention",
    { q: ["N", 4, 6] },
    [a.int("local_window_size", 0)],
  ],
  ["its scale is 2", "com.microsoft:RotaryEmbedding", rotary, [a.float("scale", 2)]],
  [
    "its texts are packed into one row (is_packed_batching)",
    "com.microsoft:RotaryEmbedding",
    rotary,
    [a.int("is_packed_batching", 1)],
  ],
  [
    'its activation "Cosine" is not known',
    "com.microsoft:FusedGemm",
    { a: [2, 3], b: [3, 4] },
    [a.string("activation", "Cosine")],
  ],
])("%s", (why, op, inputs, attributes) => {
  const { graph, notes } = read(op, inputs, attributes);
  expect(graph.nodes).toMatchObject([{ kind: "opaque", why }]);
  expect(notes.some((note) => note.endsWith(`: ${why}`))).toBe(true);
});

test("what Engraft has no expansion for stays as it came, without a reason", () => {
  const { graph } = read("com.microsoft:SparseAttention", { x: ["N", 4, 6] });
  expect(graph.nodes).toMatchObject([{ kind: "opaque", op: "SparseAttention" }]);
  expect(graph.nodes[0]).not.toHaveProperty("why");
});

test("an operator that the user defined is the user's, even where Engraft has an expansion", () => {
  const operators = [{ domain: "com.microsoft", name: "FastGelu" }];
  const { graph } = read("com.microsoft:FastGelu", { x: ["N", 4] }, [], { operators });
  expect(graph.nodes).toMatchObject([{ kind: "custom", op: "FastGelu" }]);
});

test("many long recurrences do not become a graph without bound", () => {
  const one = (i: number) =>
    create(NodeProtoSchema, {
      opType: "RNN",
      name: `n${i}`,
      input: ["x", "w", "r"],
      output: [`y${i}`],
      attribute: [a.int("hidden_size", 1)],
    });
  const w = float32([1, 1, 1], [1]);
  const graph = create(GraphProtoSchema, {
    name: "g",
    input: [valueInfo("x", { dtype: "float32", shape: [128, 1, 1] })],
    output: Array.from({ length: 60 }, (_, i) => valueInfo(`y${i}`, { dtype: "float32", shape: undefined })),
    initializer: [tensorProto("w", w), tensorProto("r", w)],
    node: Array.from({ length: 60 }, (_, i) => one(i)),
  });
  const opsetImport = [{ domain: "", version: 17n }];
  const bytes = writeModel(create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
  const read = fromOnnx(bytes, { unroll: true }).graph;
  const whole = read.nodes.filter((n) => n.kind === "opaque");
  expect(whole.length).toBeGreaterThan(0);
  expect(whole[0]).toMatchObject({
    why: tooLong(128),
  });
  expect(read.nodes.length).toBeLessThan(4096);
});

test("what a recurrence takes is told before it is built: its own steps are counted", () => {
  const both = (op: string, gates: number): Imported =>
    read(op, { x: [128, 1, 3], w: [2, 2 * gates, 3], r: [2, 2 * gates, 2] }, [
      a.string("direction", "bidirectional"),
    ]);
  // An LSTM takes 12 nodes per step, so both directions fit.
  expect(both("LSTM", 4).graph.nodes.every((n) => n.kind === "op")).toBe(true);
  const lengths = { _b: [], lengths: ["int32", [1]] } as const;
  const x = { x: [128, 1, 3], w: [2, 8, 3], r: [2, 8, 2], ...lengths } as const;
  const { graph } = read("LSTM", x, [a.string("direction", "bidirectional")]);
  expect(graph.nodes).toMatchObject([
    {
      kind: "opaque",
      why: tooLong(256),
    },
  ]);
});

test("no failure of an expansion is anything but a reason", () => {
  expect(() => read("LSTM", { x: [3, 1, 3], w: [1, 8, 3] })).not.toThrow(EngraftError);
});
