// Small ONNX files made in tests: what is read and written again is run beside the file itself on onnxruntime.
import { create } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import type { DType } from "../../src/core/dtype.js";
import { draws } from "../../src/core/random.js";
import { decodeFloat16, encodeFloat16, float32, type Tensor } from "../../src/core/tensor.js";
import { type FromOnnxOptions, fromOnnx, type Imported, type Node, toOnnx } from "../../src/graph/index.js";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  tensorProto,
  valueInfo,
  writeModel,
} from "../../src/onnx/index.js";

type Dims = readonly (number | string)[];
export interface Model {
  readonly opset: number;
  readonly inputs: Readonly<Record<string, readonly [DType, Dims]>>;
  readonly outputs: Readonly<Record<string, readonly [DType, Dims]>>;
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly NodeProto[];
  /** List the weights as inputs too, as files of IR version 3 must. */
  readonly listed?: boolean;
}

/** A node with the names of its values given one by one; an empty one is left out. */
export function protoNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: NodeProto["attribute"] = [],
): NodeProto {
  const [domain = "", opType] = op.includes(":") ? op.split(":") : ["", op];
  return create(NodeProtoSchema, {
    opType,
    domain,
    name: outputs.join(" "),
    input: [...inputs],
    output: [...outputs],
    attribute: attributes,
  });
}

/** The same with spaces between the names; `_` is left out. */
export function node(
  op: string,
  input: string,
  output: string,
  attributes: NodeProto["attribute"] = [],
): NodeProto {
  const words = (text: string) => (text === "" ? [] : text.split(" ").map((v) => (v === "_" ? "" : v)));
  return protoNode(op, words(input), words(output), attributes);
}

export function graphOf({ inputs, outputs, weights = {}, nodes, listed }: Omit<Model, "opset">) {
  const infos = (of: Model["inputs"]) =>
    Object.entries(of).map(([name, [dtype, shape]]) => valueInfo(name, { dtype, shape }));
  const listedWeights = Object.entries(weights).map(([name, w]) =>
    valueInfo(name, { dtype: w.dtype, shape: w.dims }),
  );
  return create(GraphProtoSchema, {
    name: "g",
    input: [...infos(inputs), ...(listed ? listedWeights : [])],
    output: infos(outputs),
    initializer: Object.entries(weights).map(([name, w]) => tensorProto(name, w)),
    node: [...nodes],
  });
}

export function bytesOf(model: Model): Uint8Array {
  return writeModel(
    create(ModelProtoSchema, {
      irVersion: model.listed ? 3n : 8n,
      producerName: "test",
      producerVersion: "1",
      opsetImport: [{ domain: "", version: BigInt(model.opset) }],
      graph: graphOf(model),
    }),
  );
}

export function weights(...dims: number[]): Tensor<"float32"> {
  const d = draws(1, "weights", ...dims);
  return float32(
    dims,
    Float32Array.from({ length: dims.reduce((x, y) => x * y, 1) }, () => d.normal() / 2),
  );
}

export async function run(
  bytes: Uint8Array,
  feeds: Record<string, ort.Tensor>,
): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  return session.run(feeds);
}

/** Random feeds; named sizes are `batch`. `wide`: what the graph calls float32 and the file float16. */
export function feedsFor(inputs: Model["inputs"], batch: number, wide = false): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, [dtype, dims]]) => {
      const sizes = dims.map((d) => (typeof d === "number" ? d : batch));
      const d = draws(2, name);
      const values = Float32Array.from({ length: sizes.reduce((x, y) => x * y, 1) }, () => d.normal());
      if (dtype === "bool")
        return [
          name,
          new ort.Tensor(
            "bool",
            Uint8Array.from(values, (v) => (v > 0 ? 1 : 0)),
            sizes,
          ),
        ];
      if (dtype === "int64")
        return [
          name,
          new ort.Tensor(
            "int64",
            BigInt64Array.from(values, (v) => BigInt(Math.trunc(v * 3))),
            sizes,
          ),
        ];
      if (dtype === "float16") {
        const bits = Uint16Array.from(values, encodeFloat16);
        if (!wide) return [name, new ort.Tensor("float16", bits, sizes)];
        return [name, new ort.Tensor("float32", Float32Array.from(bits, decodeFloat16), sizes)];
      }
      return [name, new ort.Tensor("float32", values, sizes)];
    }),
  );
}

export function numbersOf(t: ort.Tensor): number[] {
  const data = t.data as ArrayLike<number | bigint>;
  return t.type === "float16" && data instanceof Uint16Array
    ? Array.from(data, decodeFloat16)
    : Array.from(data, Number);
}

/** Reads, writes, runs both, compares; gives what was read. */
export async function same(model: Model, tolerance = 1e-5, options: FromOnnxOptions = {}): Promise<Imported> {
  const bytes = bytesOf(model);
  const imported = fromOnnx(bytes, options);
  const written = toOnnx(imported.graph);
  const want = await run(bytes, feedsFor(model.inputs, 2));
  const got = await run(written, feedsFor(model.inputs, 2, true));
  for (const name of Object.keys(model.outputs)) {
    expect(got[name]!.dims, name).toEqual(want[name]!.dims);
    const [x, y] = [numbersOf(want[name]!), numbersOf(got[name]!)];
    const apart = x.reduce((most, v, i) => Math.max(most, Math.abs(v - y[i]!)), 0);
    expect(apart, name).toBeLessThanOrEqual(tolerance);
  }
  // What was written reads as the same graph.
  const again = fromOnnx(written, options).graph;
  const withoutName = ({ name: _, ...rest }: Node) => rest;
  expect(again.nodes.map(withoutName)).toEqual(imported.graph.nodes.map(withoutName));
  expect(again.types).toEqual(imported.graph.types);
  return imported;
}

export const opsOf = ({ graph }: Imported) => graph.nodes.map((n) => n.op).join(" ");
