/** LSTM, GRU and RNN: read, they are standard operators, step by step, that give what onnxruntime's own give. */
import { expect, test } from "vitest";
import { formatShape } from "../../src/core/shape.js";
import { float32, type Tensor } from "../../src/core/tensor.js";
import { bindDims } from "../../src/graph/surgery/index.js";
import { attribute as a } from "../../src/onnx/index.js";
import { checkGradient } from "../../src/testing/index.js";
import { expandsTo, int32, normals, type OneNode } from "../support/one-node.js";
import { protoNode } from "../support/onnx-models.js";

const [S, B, I, H] = [4, 3, 2, 5];
type Op = "LSTM" | "GRU" | "RNN";
const gates = { LSTM: 4, GRU: 3, RNN: 1 };

interface Case {
  readonly direction?: "forward" | "reverse" | "bidirectional";
  /** Inputs by position from B on: b, lengths, h, c, p. */
  readonly has?: string;
  readonly attributes?: Readonly<Record<string, number | readonly string[] | readonly number[]>>;
  readonly outputs?: readonly string[];
}

function model(op: Op, { direction, has = "b", attributes = {}, outputs }: Case): OneNode {
  const d = direction === "bidirectional" ? 2 : 1;
  const n = gates[op] * H;
  const wanted = has.split(" ");
  const optional: [string, Tensor][] = [
    ["b", normals("b", d, 2 * n)],
    ["lengths", int32([B], [4, 1, 3])],
    ["h", normals("h", d, B, H)],
    ["c", normals("c", d, B, H)],
    ["p", normals("p", d, 3 * H)],
  ];
  return {
    op,
    inputs: {
      x: normals("x", S, B, I),
      w: normals("w", d, n, I),
      r: normals("r", d, n, H),
      ...Object.fromEntries(
        optional
          .slice(0, op === "LSTM" ? 5 : 3)
          .map(([name, value]) => [wanted.includes(name) ? name : `_${name}`, value]),
      ),
    },
    fed: { x: [S, B, I] },
    outputs: outputs ?? (op === "LSTM" ? ["y", "yh", "yc"] : ["y", "yh"]),
    attributes: [
      a.int("hidden_size", H),
      ...(direction === undefined ? [] : [a.string("direction", direction)]),
      ...Object.entries(attributes).map(([name, v]) => {
        if (typeof v === "number") return name === "clip" ? a.float(name, v) : a.int(name, v);
        return typeof v[0] === "string"
          ? a.strings(name, v as readonly string[])
          : a.floats(name, v as readonly number[]);
      }),
    ],
  };
}

const cases: readonly [Op, Case][] = [
  ...(["LSTM", "GRU", "RNN"] as const).flatMap((op): [Op, Case][] => [
    [op, { has: "" }],
    [op, {}],
    [op, { direction: "forward", has: "b h c" }],
    [op, { direction: "reverse" }],
    [op, { direction: "reverse", has: "h c lengths" }],
    [op, { direction: "bidirectional" }],
    [op, { direction: "bidirectional", has: "b h c lengths" }],
    [op, { has: "b lengths" }],
    [op, { outputs: ["_", "yh"] }],
    [op, { outputs: ["y"] }],
    [op, { attributes: { clip: 0.1 }, has: "b h c" }],
  ]),
  ["LSTM", { outputs: ["_", "_1", "yc"] }],
  ["LSTM", { has: "b c" }],
  ["LSTM", { has: "b p" }],
  ["LSTM", { has: "b h c p", direction: "bidirectional" }],
  ["LSTM", { has: "b h c p", attributes: { clip: 0.1 } }],
  ["LSTM", { attributes: { input_forget: 1 }, has: "b h c p" }],
  ["LSTM", { attributes: { activations: ["Sigmoid", "Relu", "Softsign"] }, has: "b h c" }],
  ["LSTM", { attributes: { activations: ["HardSigmoid", "Tanh", "Softplus"] }, has: "b h" }],
  [
    "LSTM",
    {
      direction: "bidirectional",
      attributes: {
        activations: ["HardSigmoid", "ScaledTanh", "Tanh", "Sigmoid", "LeakyRelu", "Affine"],
        activation_alpha: [0.3, 1.5, 0.1, 0.7],
        activation_beta: [0.4, 0.8, 0.1],
      },
    },
  ],
  ["GRU", { attributes: { linear_before_reset: 1 }, has: "b h" }],
  ["GRU", { attributes: { linear_before_reset: 1 } }],
  ["GRU", { attributes: { linear_before_reset: 1 }, has: "h" }],
  ["GRU", { attributes: { linear_before_reset: 1, clip: 0.1 }, has: "b h" }],
  ["GRU", { attributes: { linear_before_reset: 1 }, direction: "bidirectional", has: "b h lengths" }],
  ["GRU", { attributes: { activations: ["Sigmoid", "Relu"] } }],
  ["RNN", { attributes: { activations: ["Relu"] } }],
  ["RNN", { attributes: { activations: ["Elu"], activation_alpha: [0.5] } }],
  ["RNN", { attributes: { activations: ["ThresholdedRelu"], activation_alpha: [0.1] } }],
  ["RNN", { attributes: { activations: ["LeakyRelu", "Sigmoid"] }, direction: "bidirectional" }],
];

test.each(cases)("%s %j", async (op, given) => {
  const one = model(op, given);
  const { graph } = await expandsTo(one);
  // The input of all steps is projected by one product a direction.
  const projected = graph.nodes.filter(
    (n) => n.op === "MatMul" && formatShape(graph.dims(n.outputs[0]!)).startsWith(`[${S}, `),
  );
  expect(projected.length).toBe(given.direction === "bidirectional" ? 2 : 1);
});

/** Finite differences are wrong with a kink between the two sides. */
const smooth = cases.filter(([, c]) => !/clip|Relu|HardSigmoid/.test(JSON.stringify(c.attributes ?? {})));

test.each(smooth)("gradients of all that is fed to %s %j are those of differences", async (op, given) => {
  const one = model(op, given);
  // Weights are fed too: their gradients are checked with that of x.
  const floats = Object.entries(one.inputs).filter(([k, v]) => !k.startsWith("_") && v.dtype === "float32");
  const { graph } = await expandsTo({
    ...one,
    fed: Object.fromEntries(floats.map(([k, v]) => [k, v.dims])),
  });
  const { error } = checkGradient(graph, { feeds: Object.fromEntries(floats) });
  expect(error).toBeLessThan(1e-7);
});

test("layout 1 is batch first, in all that goes in and comes out", async () => {
  for (const direction of ["forward", "bidirectional"] as const) {
    const timeFirst = model("LSTM", { direction, has: "b lengths h c" });
    const d = direction === "forward" ? 1 : 2;
    // onnxruntime has no layout 1: the same node between transposes is what it must be.
    const turned: Record<string, Tensor> = {
      x: normals("x", B, S, I),
      h: normals("h", B, d, H),
      c: normals("c", B, d, H),
    };
    const inputs = Object.fromEntries(Object.entries(timeFirst.inputs).map(([k, v]) => [k, turned[k] ?? v]));
    const swap = (v: string, y: string, perm: number[]) =>
      protoNode("Transpose", [v], [y], [a.ints("perm", perm)]);
    const fed = { x: [B, S, I] };
    const reference: OneNode = {
      ...timeFirst,
      inputs,
      fed,
      before: Object.keys(turned).map((v) => swap(v, `${v}.t`, [1, 0, 2])),
      reads: (v) => (v in turned ? `${v}.t` : v),
      after: [
        swap("y.raw", "y", [2, 0, 1, 3]),
        swap("yh.raw", "yh", [1, 0, 2]),
        swap("yc.raw", "yc", [1, 0, 2]),
      ],
    };
    const attributes = [...timeFirst.attributes!, a.int("layout", 1)];
    await expandsTo({ ...timeFirst, inputs, fed, attributes }, { reference });
  }
});

test("initial states of zeros are as none", async () => {
  const zeros = float32([1, B, H], new Array<number>(B * H).fill(0));
  const one = model("LSTM", { has: "b h c" });
  const { graph } = await expandsTo({ ...one, inputs: { ...one.inputs, h: zeros, c: zeros } });
  expect([graph.initializers.has("h"), graph.initializers.has("c")]).toEqual([false, false]);
});

test("the batch may be a name, and no initial state fixes it", async () => {
  const one = { ...model("LSTM", {}), fed: { x: [S, "batch", I] } };
  const { graph } = await expandsTo(one);
  expect(graph.typeOf("y").shape).toEqual([S, 1, "batch", H]);
  expect(checkGradient(bindDims(graph, { batch: B }), { feeds: { x: one.inputs.x! } }).error).toBeLessThan(
    1e-7,
  );
});
