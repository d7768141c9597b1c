/** A model of one node, run on onnxruntime as it is and as it is read: both must give the same. */
import { create } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import type { DType } from "../../src/core/dtype.js";
import { draws } from "../../src/core/random.js";
import { sizeOf } from "../../src/core/shape.js";
import { float32, type Tensor, tensor } from "../../src/core/tensor.js";
import { type FromOnnxOptions, fromOnnx, type Imported, toOnnx } from "../../src/graph/index.js";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  tensorProto,
  valueInfo,
  writeModel,
} from "../../src/onnx/index.js";
import { protoNode } from "./onnx-models.js";

export interface OneNode {
  /** `LSTM`, or `com.microsoft:Attention`. */
  readonly op: string;
  /** Values by position, in order; a name may be left out by `_`. What is not fed is a weight. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Inputs with other names for some of their sizes: `{ x: ["batch", null, 4] }`. */
  readonly fed?: Readonly<Record<string, readonly (number | string)[]>>;
  /** By position; `_` leaves one out, `.name` is computed and not given out. */
  readonly outputs: readonly string[];
  readonly types?: Readonly<Record<string, DType>>;
  readonly attributes?: NodeProto["attribute"];
  readonly opset?: number;
  /** Nodes before and after it; behind it, `y` is `y.raw`. */
  readonly before?: readonly NodeProto[];
  readonly after?: readonly NodeProto[];
  /** What the node reads in place of an input, from the nodes before it. */
  readonly reads?: (v: string) => string;
}

/** Names that begin with `_` stand for what is left out. */
const orNone = (v: string): string => (v.startsWith("_") ? "" : v);

export function bytesOf(model: OneNode): Uint8Array {
  const {
    op,
    inputs,
    fed = {},
    outputs,
    types = {},
    attributes,
    before = [],
    after = [],
    reads = (v) => v,
  } = model;
  const given = Object.entries(inputs).filter(([name]) => !name.startsWith("_"));
  return writeModel(
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: "", version: BigInt(model.opset ?? 17) },
        { domain: "com.microsoft", version: 1n },
      ],
      graph: create(GraphProtoSchema, {
        name: "g",
        input: given.flatMap(([name, { dtype }]) =>
          fed[name] ? [valueInfo(name, { dtype, shape: fed[name] })] : [],
        ),
        output: outputs
          .filter((v) => !/^[_.]/.test(v))
          .map((v) => valueInfo(v, { dtype: types[v] ?? "float32", shape: undefined })),
        initializer: given.flatMap(([name, value]) => (fed[name] ? [] : [tensorProto(name, value)])),
        node: [
          ...before,
          protoNode(
            op,
            Object.keys(inputs).map(reads).map(orNone),
            outputs.map((v) => (after.length > 0 ? `${v}.raw` : v)).map(orNone),
            attributes,
          ),
          ...after,
        ],
      }),
    }),
  );
}

/** float32 normals times 1/2, by name. */
export function normals(name: string, ...dims: number[]): Tensor<"float32"> {
  const d = draws(5, name);
  return float32(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => d.normal() / 2),
  );
}
export function int32(dims: readonly number[], values: readonly number[]): Tensor<"int32"> {
  return tensor("int32", dims, Int32Array.from(values));
}

export async function run(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, { dims: readonly number[]; values: number[] }>> {
  // Without the runtime's own rewriting: what was written is what runs.
  const session = await ort.InferenceSession.create(bytes, {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
    graphOptimizationLevel: "disabled",
  });
  const given = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
  const result = await session.run(
    Object.fromEntries(
      given.map(([name, { dtype, dims, data }]) => [
        name,
        new ort.Tensor(dtype as "float32", data as Float32Array, dims),
      ]),
    ),
  );
  return Object.fromEntries(
    Object.entries(result).map(([name, t]) => [
      name,
      { dims: t.dims, values: Array.from(t.data as ArrayLike<number | bigint>, Number) },
    ]),
  );
}

/**
 * Reads the model and compares: the same shapes, and values apart by rounding: at most `tolerance` of the largest.
 * @param reference a model whose values it must have; by default itself
 */
export async function expandsTo(
  model: OneNode,
  {
    tolerance = 2e-6,
    reference = model,
    ...options
  }: FromOnnxOptions & { tolerance?: number; reference?: OneNode } = {},
): Promise<Imported> {
  const imported = fromOnnx(bytesOf(model), { unroll: true, ...options });
  expect(imported.notes.filter((n) => n.includes("as it came"))).toEqual([]);
  expect(imported.graph.nodes.filter((n) => n.kind !== "op")).toEqual([]);
  const want = await run(bytesOf(reference), reference.inputs);
  const got = await run(toOnnx(imported.graph), model.inputs);
  for (const name of model.outputs.filter((v) => !/^[_.]/.test(v))) {
    expect(got[name]!.dims, name).toEqual(want[name]!.dims);
    const largest = Math.max(1, ...want[name]!.values.map(Math.abs));
    const apart = want[name]!.values.map((v, i) => Math.abs(v - got[name]!.values[i]!));
    expect(Math.max(0, ...apart) / largest, name).toBeLessThanOrEqual(tolerance);
  }
  return imported;
}
