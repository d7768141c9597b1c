/** What the edge-*.test.ts files share: random values, and the reference, the inferred types and onnxruntime side by side. */
import fc from "fast-check";
import { expect } from "vitest";
import { sizeOf } from "../../src/core/shape.js";
import { castTensor, float32, type Tensor, tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph, toOnnx, type Value } from "../../src/graph/index.js";
import { fromRef, interpret, type RefTensor } from "../../src/testing/reference/index.js";
import { difference, onOrt, type Result } from "./spec-cases.js";

export type Numeric = "float32" | "int32" | "int64" | "uint8" | "bool";

/** A graph with these inputs, and the values that `build` gives as its outputs. */
export function graphOf(
  inputs: Readonly<Record<string, Tensor>>,
  build: (g: Builder) => readonly Value[],
): Graph {
  const graph = new Graph("edge");
  const g = new Builder(graph);
  for (const [name, { dtype, dims }] of Object.entries(inputs)) graph.input(name, { dtype, shape: dims });
  graph.outputs.push(...build(g));
  return graph;
}

function numbersOf({ dtype, dims, data }: RefTensor): Result {
  return { dtype, dims, numbers: Array.from(data) };
}

/**
 * float32 against float64: sums of a few dozen products, exp and its like to 1e-5. Values of the reference are rounded
 * to their type, so that what is too large for a float32 is infinite in both.
 */
const tolerance = 1e-4;

/** Inferred types and reference agree on all outputs. */
export function typesAgree(graph: Graph, inputs: Readonly<Record<string, Tensor>>): Map<Value, RefTensor> {
  const reference = interpret(graph, inputs);
  for (const y of graph.outputs) {
    const { dtype, dims } = reference.get(y)!;
    expect({ dtype, shape: dims }, y).toEqual(graph.typeOf(y));
  }
  return reference;
}

/** Inferred types, reference and onnxruntime agree on all outputs. @returns what onnxruntime has no kernel for */
export async function agree(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<string | undefined> {
  const reference = typesAgree(graph, inputs);
  let results: Record<string, Result>;
  try {
    results = await onOrt(toOnnx(graph), inputs);
  } catch (error) {
    const { message } = error as Error;
    if (/Could not find an implementation/.test(message)) return message;
    throw new Error(`${graph.nodes.map((n) => n.op)}: ${message}`);
  }
  for (const y of graph.outputs) {
    const ref = reference.get(y)!;
    const want = fromRef(ref) as Tensor;
    const text = difference(want, results[y], tolerance);
    const ops = graph.nodes.find((n) => n.outputs.includes(y));
    const shown = Object.values(inputs).map((t) => `${t.dtype}[${t.dims}] ${t.data}`);
    expect(
      text,
      `${ops?.op} ${JSON.stringify(ops?.kind === "op" && ops.attributes)} of ${shown.join("; ")}: ${y} is
      ${numbersOf(ref).numbers} by the reference, ${results[y]?.numbers} by onnxruntime`,
    ).toBeUndefined();
  }
  return undefined;
}

const specials = {
  float32: [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -2.5, 3, 1e-3, -1e4],
  int32: [0, 1, -1, 2, -7, 100, 2 ** 31 - 1, -(2 ** 31)],
  int64: [0, 1, -1, 2, -7, 100, 2 ** 40, -(2 ** 40)],
  uint8: [0, 1, 2, 7, 128, 255],
  bool: [0, 1],
} as const satisfies Record<Numeric, readonly number[]>;

/** Tensors of a type and shape, special values among them. `finite`: without NaN and infinities. */
export function values(
  dtype: Numeric,
  dims: readonly number[],
  { finite = false, from = specials[dtype] as readonly number[] } = {},
): fc.Arbitrary<Tensor> {
  const list = from.filter((v) => !finite || Number.isFinite(v));
  return fc
    .array(fc.constantFrom(...list), { minLength: sizeOf(dims), maxLength: sizeOf(dims) })
    .map((data) => ofNumbers(dtype, dims, data));
}

export function ofNumbers(dtype: Numeric, dims: readonly number[], data: readonly number[]): Tensor {
  if (dtype === "float32") return float32(dims, data);
  return castTensor(tensor("float64", dims, Float64Array.from(data)), dtype);
}

/** Small floats, none twice: for what ranks or rounds. */
export function distinct(dims: readonly number[]): fc.Arbitrary<Tensor> {
  return fc
    .shuffledSubarray(
      Array.from({ length: sizeOf(dims) }, (_, i) => i),
      { minLength: sizeOf(dims) },
    )
    .map((order) =>
      float32(
        dims,
        order.map((v) => (v - order.length / 2) / 4),
      ),
    );
}

/** Shapes of up to `rank` axes of sizes 0 to 3. */
export function shapes(rank = 4, least = 0): fc.Arbitrary<number[]> {
  const size = fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
  );
  return fc.array(size, { minLength: least, maxLength: rank });
}

/** A shape that broadcasts against another: axes left out in front, or of size 1. */
export function broadcastable(dims: readonly number[]): fc.Arbitrary<number[]> {
  return fc
    .tuple(
      fc.integer({ min: 0, max: dims.length }),
      fc.array(fc.boolean(), { minLength: dims.length, maxLength: dims.length }),
    )
    .map(([skip, ones]) => dims.map((d, i) => (ones[i] ? 1 : d)).slice(skip));
}

/** An axis, counted from the front or from the back. */
export function axis(rank: number): fc.Arbitrary<number> {
  return fc.integer({ min: -rank, max: rank - 1 });
}

/** Runs a property with a fixed seed. */
export function holds<T>(runs: number, arbitrary: fc.Arbitrary<T>, property: (t: T) => Promise<void>) {
  return fc.assert(fc.asyncProperty(arbitrary, property), { seed: 20, numRuns: runs, endOnFailure: false });
}
