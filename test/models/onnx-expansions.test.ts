/** Operators that become others at import: the same values as the operator itself on onnxruntime, and gradients. */
import { create } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { draws } from "../../src/core/random.js";
import { float32, type Tensor, tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { definitions } from "../../src/graph/import/expand/definitions.js";
import { fromOnnx, toOnnx } from "../../src/graph/index.js";
import {
  type AttributeProto,
  attribute as a,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  valueInfo,
  writeModel,
} from "../../src/onnx/index.js";
import { checkGradient } from "../../src/testing/index.js";
import { interpret } from "../../src/testing/reference/index.js";

interface Call {
  /** `com.microsoft.Gelu`; a name alone is of the standard. */
  readonly op: string;
  readonly opset: number;
  readonly inputs: readonly Tensor[];
  readonly attributes?: readonly AttributeProto[];
  readonly outputs?: number;
}

const inputName = (i: number): string => `x${i}`;

function model({ op, opset, inputs, attributes = [], outputs = 1 }: Call): Uint8Array {
  const at = op.lastIndexOf(".");
  const [domain, opType] = [op.slice(0, Math.max(0, at)), op.slice(at + 1)];
  const output = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const input = inputs.map((_, i) => inputName(i));
  const graph = create(GraphProtoSchema, {
    name: "g",
    input: inputs.map(({ dtype, dims }, i) => valueInfo(inputName(i), { dtype, shape: dims })),
    output: output.map((v) => valueInfo(v, { dtype: inputs[0]!.dtype, shape: undefined })),
    node: [
      create(NodeProtoSchema, { opType, domain, name: "it", input, output, attribute: [...attributes] }),
    ],
  });
  const opsetImport = [{ domain: "", version: BigInt(opset) }];
  if (domain !== "") opsetImport.push({ domain, version: 1n });
  return writeModel(create(ModelProtoSchema, { irVersion: 8n, graph, opsetImport }));
}

async function run(bytes: Uint8Array, inputs: readonly Tensor[]): Promise<Record<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const feeds = inputs.map((t, i) => [
    inputName(i),
    new ort.Tensor(t.dtype as "float32", t.data as Float32Array, t.dims),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return results as Record<string, ort.Tensor>;
}

function normal(...dims: number[]): Tensor<"float32"> {
  const d = draws(3, "expansions", dims.join("x"));
  return float32(
    dims,
    Array.from({ length: dims.reduce((x, y) => x * y, 1) }, () => d.normal()),
  );
}

/** No value of `normal` lies at a kink. */
const calls: readonly (readonly [title: string, call: Call, becomes: string])[] = [
  ["Celu", { op: "Celu", opset: 12, inputs: [normal(3, 4)] }, "Elu"],
  [
    "Celu, alpha 2",
    { op: "Celu", opset: 12, inputs: [normal(3, 4)], attributes: [a.float("alpha", 2)] },
    "Div Elu Mul",
  ],
  ["CastLike", { op: "CastLike", opset: 15, inputs: [normal(3, 4), normal(1)] }, "Identity"],
  ["ThresholdedRelu", { op: "ThresholdedRelu", opset: 10, inputs: [normal(3, 4)] }, "Greater Where"],
  [
    "ThresholdedRelu, alpha 0.3",
    { op: "ThresholdedRelu", opset: 22, inputs: [normal(3, 4)], attributes: [a.float("alpha", 0.3)] },
    "Greater Where",
  ],
  ["Shrink", { op: "Shrink", opset: 9, inputs: [normal(3, 4)] }, "Greater Where Less Where"],
  [
    "Shrink, soft",
    {
      op: "Shrink",
      opset: 13,
      inputs: [normal(3, 4)],
      attributes: [a.float("lambd", 0.4), a.float("bias", 0.4)],
    },
    "Sub Add Greater Where Less Where",
  ],
  ["Swish", { op: "Swish", opset: 24, inputs: [normal(3, 4)] }, "Sigmoid Mul"],
  [
    "Swish, alpha 1.7",
    { op: "Swish", opset: 24, inputs: [normal(3, 4)], attributes: [a.float("alpha", 1.7)] },
    "Mul Sigmoid Mul",
  ],
  [
    "RMSNormalization",
    { op: "RMSNormalization", opset: 23, inputs: [normal(2, 3, 5), normal(5)] },
    "Mul ReduceMean Add Sqrt Reciprocal Mul Mul",
  ],
  [
    "RMSNormalization over two axes",
    {
      op: "RMSNormalization",
      opset: 23,
      inputs: [normal(2, 3, 5), normal(3, 5)],
      attributes: [a.int("axis", 1), a.float("epsilon", 0.01)],
    },
    "Mul ReduceMean Add Sqrt Reciprocal Mul Mul",
  ],
  [
    "SimplifiedLayerNormalization, with its second output",
    {
      op: "SimplifiedLayerNormalization",
      opset: 17,
      inputs: [normal(2, 3, 5), normal(5)],
      attributes: [a.float("epsilon", 1e-3)],
      outputs: 2,
    },
    "Mul ReduceMean Add Sqrt Reciprocal Mul Mul",
  ],
  [
    "SkipSimplifiedLayerNormalization",
    {
      op: "com.microsoft.SkipSimplifiedLayerNormalization",
      opset: 17,
      inputs: [normal(2, 3, 5), normal(2, 3, 5), normal(5)],
      attributes: [a.float("epsilon", 1e-3)],
    },
    "Add Mul ReduceMean Add Sqrt Reciprocal Mul Mul",
  ],
  [
    "GroupNormalization of opset 18: a scale for each group",
    {
      op: "GroupNormalization",
      opset: 18,
      inputs: [normal(2, 6, 3, 2), normal(3), float32([3], [0.1, -0.2, 0.3])],
      attributes: [a.int("num_groups", 3)],
    },
    "Reshape InstanceNormalization Reshape",
  ],
  [
    "GroupNormalization of opset 21: a scale for each channel",
    {
      op: "GroupNormalization",
      opset: 21,
      inputs: [normal(2, 6, 3, 2), normal(6), float32([6], [0.1, -0.2, 0.3, 0.4, 0.5, 0.6])],
      attributes: [a.int("num_groups", 3), a.float("epsilon", 0.01)],
    },
    "Reshape InstanceNormalization Reshape Reshape Mul Reshape Add",
  ],
  [
    "LpNormalization",
    { op: "LpNormalization", opset: 7, inputs: [normal(3, 4)] },
    "ReduceL2 Equal Where Div",
  ],
  [
    "LpNormalization, sum of sizes, first axis",
    {
      op: "LpNormalization",
      opset: 22,
      inputs: [normal(3, 4)],
      attributes: [a.int("p", 1), a.int("axis", 0)],
    },
    "ReduceL1 Equal Where Div",
  ],
  [
    "MeanVarianceNormalization",
    { op: "MeanVarianceNormalization", opset: 9, inputs: [normal(2, 3, 2, 4)] },
    "ReduceMean Sub Mul ReduceMean Equal Where Sqrt Add Div",
  ],
  [
    "MeanVarianceNormalization of each picture",
    {
      op: "MeanVarianceNormalization",
      opset: 13,
      inputs: [normal(2, 3, 2, 4)],
      attributes: [a.ints("axes", [1, 2, 3])],
    },
    "ReduceMean Sub Mul ReduceMean Equal Where Sqrt Add Div",
  ],
  ["GlobalLpPool", { op: "GlobalLpPool", opset: 7, inputs: [normal(2, 3, 4, 2)] }, "ReduceL2"],
  [
    "GlobalLpPool, cubes",
    { op: "GlobalLpPool", opset: 18, inputs: [normal(2, 3, 4)], attributes: [a.int("p", 3)] },
    "Abs Pow ReduceSum Pow",
  ],
];

test.each(calls)("%s is what it becomes", async (_title, call, becomes) => {
  const { graph, notes } = fromOnnx(model(call), { freeBatch: false });
  expect(graph.nodes.map((n) => n.op).join(" ")).toBe(becomes);
  expect(notes).toEqual([]);
  const want = await run(model(call), call.inputs);
  const got = await run(toOnnx(graph), call.inputs);
  for (const y of graph.outputs) {
    expect(got[y]!.dims).toEqual(want[y]!.dims);
    const [p, q] = [want[y]!.data as Float32Array, got[y]!.data as Float32Array];
    // A few roundings to 2^-24 of values below 10; the runtime's exp is good to 1e-6.
    p.forEach((v, i) => {
      expect(Math.abs(v - q[i]!)).toBeLessThan(1e-5);
    });
  }
  checkGradient(graph, { feeds: Object.fromEntries(call.inputs.map((t, i) => [inputName(i), t])) });
});

test("every operator that becomes others is held to that", () => {
  const tested = new Set(calls.map(([, { op }]) => op));
  // onnxruntime registers this one in the standard domain only.
  tested.add("com.microsoft.SimplifiedLayerNormalization");
  expect([...tested].sort()).toEqual(Object.keys(definitions).sort());
});

test("rows of zeros have no direction", () => {
  const call = { op: "LpNormalization", opset: 13, inputs: [float32([2, 2], [0, 0, 3, 4])] };
  const { graph } = fromOnnx(model(call), { freeBatch: false });
  return run(toOnnx(graph), call.inputs).then(({ y0 }) => {
    const expected = [0, 0, 0.6, 0.8];
    Array.from(y0!.data as Float32Array).forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 6);
    });
  });
});

test("a plane of equal values has a finite gradient, although the root of its variance has none", () => {
  const call = { op: "MeanVarianceNormalization", opset: 13, inputs: [float32([1, 1, 2, 2], [3, 3, 3, 3])] };
  const { graph } = fromOnnx(model(call), { freeBatch: false });
  const g = new Builder(graph, "loss");
  const loss = g.reduceSum(g.mul("y0", g.constant(float32([2, 2], [1, 2, 3, 6]))));
  const gradient = differentiate(graph, loss, ["x0"]).get("x0")!;
  const values = interpret(graph, { x0: call.inputs[0]! }, ["y0", gradient]);
  expect(values.get("y0")!.data).toEqual(new Float64Array(4));
  // As with deviation 1: the weights without their mean, 3.
  [-2, -1, 0, 3].forEach((v, i) => {
    expect(values.get(gradient)!.data[i]).toBeCloseTo(v, 7);
  });
});

test.each<[string, Call, readonly number[]]>([
  [
    "ThresholdedRelu, as torch.threshold",
    { op: "ThresholdedRelu", opset: 10, inputs: [float32([3], [0.5, 1, 1.5])] },
    [0, 0, 1],
  ],
  [
    "Shrink, as torch's hardshrink",
    { op: "Shrink", opset: 9, inputs: [float32([5], [-0.5, -1, 0, 0.5, 0.75])] },
    [0, 1, 0, 0, 1],
  ],
  [
    "Shrink, as torch's softshrink",
    {
      op: "Shrink",
      opset: 9,
      inputs: [float32([5], [-0.5, -1, 0, 0.5, 0.75])],
      attributes: [a.float("bias", 0.5)],
    },
    [0, 1, 0, 0, 1],
  ],
  [
    "Celu, as torch.celu",
    { op: "Celu", opset: 12, inputs: [float32([3], [-1, 0, 1])], attributes: [a.float("alpha", 2)] },
    [Math.exp(-0.5), 1, 1],
  ],
])("at its kinks: %s", (_title, call, expected) => {
  const { graph } = fromOnnx(model(call), { freeBatch: false });
  const loss = new Builder(graph, "loss").reduceSum("y0");
  const gradient = differentiate(graph, loss, ["x0"]).get("x0")!;
  const { data } = interpret(graph, { x0: call.inputs[0]! }, [gradient]).get(gradient)!;
  expected.forEach((v, i) => {
    expect(data[i]).toBeCloseTo(v, 12);
  });
});

test.each<[string, Call, string]>([
  [
    "a Celu that is none",
    { op: "Celu", opset: 12, inputs: [normal(2)], attributes: [a.float("alpha", -1)] },
    "its alpha is -1",
  ],
  [
    "whole numbers",
    { op: "Shrink", opset: 9, inputs: [tensor("int32", [2], Int32Array.of(1, -3))] },
    "its input is not known to be a float",
  ],
  [
    "another norm",
    { op: "LpNormalization", opset: 9, inputs: [normal(2, 2)], attributes: [a.int("p", 3)] },
    "its p is 3",
  ],
  [
    "another approximation of Gelu",
    { op: "Gelu", opset: 20, inputs: [normal(2, 2)], attributes: [a.string("approximate", "fast")] },
    'its approximation is "fast"',
  ],
  [
    "Dropout in training mode",
    {
      op: "Dropout",
      opset: 13,
      inputs: [normal(2, 2), float32([], [0.5]), tensor("bool", [], Uint8Array.of(1))],
    },
    'training_mode ("x2") is computed, so that it drops values at random; export the model in inference mode',
  ],
])("%s stays, and the reason is told", (_title, call, why) => {
  const { graph, notes } = fromOnnx(model(call), { freeBatch: false });
  expect(graph.nodes).toMatchObject([{ kind: "opaque", op: call.op }]);
  expect(notes).toEqual([`${call.op} "it" is passed on as it came: ${why}`]);
});

test("a group normalisation without groups is named", () => {
  const inputs = [normal(2, 4, 3), normal(4), normal(4)];
  expect(() => fromOnnx(model({ op: "GroupNormalization", opset: 21, inputs }))).toThrow(
    'GroupNormalization "it": attribute "num_groups" is missing',
  );
  const call = { op: "GroupNormalization", opset: 21, inputs, attributes: [a.int("num_groups", 3)] };
  expect(() => fromOnnx(model(call))).toThrow(
    'GroupNormalization "it": 4 channels cannot be divided into 3 groups',
  );
});

test("axes that no tensor has are named, however many there would be", () => {
  const inputs = [normal(2, 4), normal(4)];
  for (const axis of [-3, 2, -1_000_000_000]) {
    const call = { op: "RMSNormalization", opset: 23, inputs, attributes: [a.int("axis", axis)] };
    expect(() => fromOnnx(model(call))).toThrow(
      `RMSNormalization "it": axis ${axis} is out of range for 2 axes`,
    );
  }
});
