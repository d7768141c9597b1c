import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { fromOnnx } from "../graph/from-onnx.js";
import { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import { roundedAs, storedAs } from "./weight-storage.js";

const [inputs, outputs] = [32, 16];

/** x[N, 32] @ w + v @ x, with a bias; w of 512 numbers, bias of 16. */
function model(change: (w: Float32Array) => void = () => {}): Graph {
  const graph = new Graph("m");
  const g = new Builder(graph);
  const d = draws(1, "weights");
  const w = Float32Array.from({ length: inputs * outputs }, () => d.normal() / 4);
  change(w);
  const x = graph.input("x", { dtype: "float32", shape: ["N", inputs] });
  const bias = Float32Array.from({ length: outputs }, () => d.normal());
  graph.outputs.push(
    g.gemm(x, g.weight("w", float32([inputs, outputs], w)), g.weight("b", float32([outputs], bias))),
  );
  return graph;
}
const at = (graph: Graph, name: string): Tensor => graph.initializers.get(name)!;

async function scores(bytes: Uint8Array): Promise<number[]> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const x = new ort.Tensor(
    "float32",
    Float32Array.from({ length: inputs }, (_, i) => Math.sin(i)),
    [1, inputs],
  );
  return Array.from(Object.values(await session.run({ x }))[0]!.data as Float32Array);
}

test("float16: large weights are halved, what is computed moves by their rounding", async () => {
  const full = model();
  const stored = storedAs(full, "fp16", new Map());
  // 16 biases are not worth halving.
  expect([...stored]).toEqual([["w", "float16"]]);
  const bytes = toOnnx(full, { storeAs: stored });
  expect(toOnnx(full).length - bytes.length).toBeGreaterThan(2 * inputs * outputs - 200);
  const [want, got] = [await scores(toOnnx(full)), await scores(bytes)];
  // 32 products of a weight below 1, each rounded to 2^-11 of its size.
  want.forEach((v, i) => {
    expect(Math.abs(v - got[i]!)).toBeLessThan(32 * 2 ** -11);
  });
});

test("the rounded model is the one that the file holds", () => {
  const full = model();
  const stored = storedAs(full, "fp16", new Map());
  const read = fromOnnx(toOnnx(full, { storeAs: stored })).graph;
  expect(at(roundedAs(full, stored), "w").data).toEqual(at(read, "w").data);
  expect(at(roundedAs(full, stored), "w").data).not.toEqual(at(full, "w").data);
  // Without rounding it is the same graph.
  expect(roundedAs(read, stored)).toBe(read);
  expect(roundedAs(full, new Map())).toBe(full);
});

test("as they came: what the base held as 16-bit floats, in its type", async () => {
  const full = model();
  expect(storedAs(full, "same", new Map())).toEqual(new Map());
  const cameAs = new Map([
    ["w", "bfloat16"],
    ["b", "float16"],
    ["gone", "float16"],
  ] as const);
  const stored = storedAs(full, "same", cameAs);
  expect([...stored]).toEqual([
    ["w", "bfloat16"],
    ["b", "float16"],
  ]);
  const bytes = toOnnx(full, { storeAs: stored });
  const read = fromOnnx(bytes);
  expect(new Map(read.storedAs)).toEqual(stored);
  expect(at(read.graph, "w").data).toEqual(at(roundedAs(full, stored), "w").data);
  expect(await scores(bytes)).toHaveLength(outputs);
});

test("a weight beyond the range of a float16 stays as it is", () => {
  const large = model((w) => {
    w[3] = 65520;
  });
  expect(storedAs(large, "fp16", new Map())).toEqual(new Map());
  // bfloat16 has the range of float32.
  expect([...storedAs(large, "same", new Map([["w", "bfloat16"]]))]).toEqual([["w", "bfloat16"]]);
});
