/** The specification's cases (scripts/operators/make-spec-cases.py): read, inferred, computed by the reference, run on onnxruntime. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import * as ort from "onnxruntime-node";
import type { DType } from "../../src/core/dtype.js";
import { arrayOf } from "../../src/core/dtype.js";
import { castTensor, type Tensor, tensor, toNumbers } from "../../src/core/tensor.js";
import type { Imported } from "../../src/graph/index.js";
import { readModel, tensorProto, writeModel } from "../../src/onnx/index.js";
import { interpret } from "../../src/testing/reference/index.js";

export interface SpecCase {
  readonly name: string;
  readonly from: "onnx" | "onnx, older form" | "own";
  readonly opset: number;
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What its nodes are; of several, `Cast Add …`. */
  readonly ops: readonly string[];
}

type Packed = readonly [name: string, dtype: Exclude<DType, "string">, dims: readonly number[], blob: number];
interface File {
  readonly blobs: readonly string[];
  readonly cases: readonly (Omit<SpecCase, "model" | "inputs" | "outputs" | "ops"> & {
    readonly model: string;
    readonly inputs: readonly Packed[];
    readonly outputs: readonly Packed[];
  })[];
  readonly leftOut: Readonly<Record<string, string>>;
}

export function readSpecCases(): { cases: SpecCase[]; leftOut: Readonly<Record<string, string>> } {
  const path = new URL("../golden/spec-cases.json.gz", import.meta.url);
  const file = JSON.parse(gunzipSync(readFileSync(path)).toString()) as File;
  const tensors = (list: readonly Packed[]): Record<string, Tensor> =>
    Object.fromEntries(
      list.map(([name, dtype, dims, blob]) => {
        const bytes = Uint8Array.from(Buffer.from(file.blobs[blob]!, "base64"));
        const data = new (arrayOf(dtype))(bytes.buffer) as Float32Array;
        return [name, tensor(dtype as "float32", dims, data)];
      }),
    );
  const cases = file.cases.map((c) => {
    const model = Uint8Array.from(Buffer.from(c.model, "base64"));
    return {
      ...c,
      model,
      inputs: tensors(c.inputs),
      outputs: tensors(c.outputs),
      ops: readModel(model).graph!.node.map((n) => (n.domain ? `${n.domain}.${n.opType}` : n.opType)),
    };
  });
  return { cases, leftOut: file.leftOut };
}

/** The same model with some of its inputs as weights. */
export function withWeights({ model, inputs }: SpecCase, weights: readonly string[]): Uint8Array {
  const proto = readModel(model);
  const graph = proto.graph!;
  graph.input = graph.input.filter((i) => !weights.includes(i.name));
  graph.initializer.push(...weights.map((name) => tensorProto(name, inputs[name]!)));
  return writeModel(proto);
}

/** The operator that a case is about: of a function's body, the function. */
export function subjectOf({ name, ops, from }: SpecCase): string {
  return from === "onnx" && name.includes("_expanded")
    ? `${name.split("_expanded")[0]}, as a function`
    : ops[0]!;
}

/** Element type of a value in our graphs: 16-bit floats are float32 there. */
export function widened(dtype: DType): DType {
  return dtype === "float16" || dtype === "bfloat16" ? "float32" : dtype;
}

export interface Result {
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly numbers: readonly number[];
}

/** The outputs of a file on onnxruntime, its own rewriting switched off. @throws what onnxruntime says */
export async function onOrt(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Result>> {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const given = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
    const results = await session.run(
      Object.fromEntries(
        given.map(([name, t]) => [
          name,
          new ort.Tensor(t.dtype as "float32", t.data as Float32Array, [...t.dims]),
        ]),
      ),
    );
    return Object.fromEntries(
      Object.entries(results).map(([name, t]) => [
        name,
        {
          dtype: t.type,
          dims: t.dims,
          numbers: toNumbers({ dtype: t.type, dims: t.dims, data: t.data } as Tensor),
        },
      ]),
    );
  } finally {
    await session.release();
  }
}

/** Feeds as our graphs want them: 16-bit floats as float32. */
export function widenedFeeds(inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, t]) => [name, castTensor(t, widened(t.dtype) as "float32")]),
  );
}

/** The outputs by our float64 interpreter. */
export function byReference(
  { graph }: Imported,
  inputs: Readonly<Record<string, Tensor>>,
): Record<string, Result> {
  const feeds = Object.fromEntries(
    Object.entries(widenedFeeds(inputs)).filter(([name]) => graph.inputs.includes(name)),
  );
  return Object.fromEntries(
    [...interpret(graph, feeds)].map(([name, { dtype, dims, data }]) => [
      name,
      { dtype, dims, numbers: Array.from(data) },
    ]),
  );
}

/** Returns the difference of two tensors as a sentence; undefined if they agree. Infinities and NaN must be at the same places. */
export function difference(want: Tensor, got: Result | undefined, tolerance: number): string | undefined {
  if (!got) return "is missing";
  const dtype = widened(want.dtype);
  if (got.dtype !== dtype && got.dtype !== want.dtype) return `is ${got.dtype}, not ${dtype}`;
  if (`${got.dims}` !== `${want.dims}`) return `has shape [${got.dims}], not [${want.dims}]`;
  const numbers = toNumbers(want);
  const finite = numbers.filter(Number.isFinite).map(Math.abs);
  const largest = finite.reduce((most, v) => Math.max(most, v), 0);
  for (let i = 0; i < numbers.length; i++) {
    const [a, b] = [numbers[i]!, got.numbers[i]!];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.min(1, largest))))
      return `at ${i} is ${b}, not ${a}`;
  }
  return undefined;
}
