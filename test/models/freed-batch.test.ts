/** A fixed batch is freed only if each sample is treated alone; then rows together give what each gives alone. */
import { expect, test } from "vitest";
import { float32, int64, scalar, type Tensor, zeros } from "../../src/core/tensor.js";
import { across, fixedRows } from "../../src/graph/import/batch/batch-axis.js";
import { fromOnnx } from "../../src/graph/index.js";
import { attribute as a, type NodeProto } from "../../src/onnx/index.js";
import { interpret } from "../../src/testing/reference/index.js";
import { readSpecCases, withWeights } from "../operators/spec-cases.js";
import { bytesOf, node, weights } from "../support/onnx-models.js";

interface Case {
  readonly x: readonly number[];
  /** Shape of y; default that of x. */
  readonly y?: readonly number[];
  readonly nodes: readonly NodeProto[];
  readonly weights?: Readonly<Record<string, Tensor>>;
}

function read({ x, y = x, nodes, weights: constants = {} }: Case) {
  const bytes = bytesOf({
    opset: 13,
    inputs: { x: ["float32", [...x]] },
    outputs: { y: ["float32", [...y]] },
    weights: constants,
    nodes: [...nodes],
  });
  return { fixed: fromOnnx(bytes, { freeBatch: false }).graph, ...fromOnnx(bytes) };
}

const axis = (n: number) => [a.int("axis", n)];
const flat = node("Reshape", "x flat", "r");
const whole = node("Reshape", "o whole", "y");
const tokens = { flat: int64([2], [-1, 4]), whole: int64([3], [1, 3, 4]) };
/** 4 windows of 2 x 2 of a map of 4 x 4, in and out again, as Swin and MaxViT have them. */
const windows = (nodes: readonly NodeProto[]): Case => ({
  x: [1, 4, 4, 3],
  nodes: [
    node("Reshape", "x six", "a"),
    node("Transpose", "a", "b", [a.ints("perm", [0, 1, 3, 2, 4, 5])]),
    node("Reshape", "b merged", "c"),
    ...nodes,
    node("Reshape", "d apart", "e"),
    node("Transpose", "e", "f", [a.ints("perm", [0, 1, 3, 2, 4, 5])]),
    node("Reshape", "f back", "y"),
  ],
  weights: {
    six: int64([6], [1, 2, 2, 2, 2, 3]),
    merged: int64([3], [4, 4, 3]),
    apart: int64([6], [1, 2, 2, 2, 2, 3]),
    back: int64([4], [1, 4, 4, 3]),
    w: weights(3, 3),
  },
});

const freed: Readonly<Record<string, Case>> = {
  "a filter over the line of each sample": {
    x: [1, 3, 4],
    nodes: [node("Reshape", "x line", "r"), node("Conv", "r w", "o", [a.ints("pads", [1, 1])]), whole],
    weights: { line: int64([3], [1, 1, -1]), whole: tokens.whole, w: weights(1, 1, 3) },
  },
  "a product of all tokens of all samples": {
    x: [1, 3, 4],
    nodes: [flat, node("MatMul", "r w", "o"), whole],
    weights: { ...tokens, w: weights(4, 4) },
  },
  "the mean over the tokens": {
    x: [1, 3, 4],
    y: [1, 4],
    nodes: [
      flat,
      node("MatMul", "r w", "o"),
      node("Reshape", "o whole", "q"),
      node("ReduceMean", "q", "y", [a.ints("axes", [1]), a.int("keepdims", 0)]),
    ],
    weights: { ...tokens, w: weights(4, 4) },
  },
  "a softmax within windows": windows([node("MatMul", "c w", "c2"), node("Softmax", "c2", "d", axis(1))]),
  "a batch of 2 in a shape with -1": {
    x: [2, 3],
    nodes: [node("Reshape", "x t", "r"), node("Relu", "r", "y")],
    weights: { t: int64([2], [2, -1]) },
  },
  "attention over the sequence, which comes first": {
    // [1, 3, 4] to [3, 1, 4]; 2 heads: [3, 2, 2], [2, 3, 2]; and back by [3, 4]
    x: [1, 3, 4],
    nodes: [
      node("Transpose", "x", "t", [a.ints("perm", [1, 0, 2])]),
      node("Reshape", "t heads", "h"),
      node("Transpose", "h", "q", [a.ints("perm", [1, 0, 2])]),
      node("Transpose", "h", "k", [a.ints("perm", [1, 2, 0])]),
      node("MatMul", "q k", "s"),
      node("Softmax", "s", "p", axis(-1)),
      node("MatMul", "p q", "o"),
      node("Transpose", "o", "o2", [a.ints("perm", [1, 0, 2])]),
      node("Reshape", "o2 rows", "r"),
      node("MatMul", "r w", "r2"),
      node("Reshape", "r2 sequence", "z"),
      node("Transpose", "z", "y", [a.ints("perm", [1, 0, 2])]),
    ],
    weights: {
      heads: int64([3], [3, 2, 2]),
      rows: int64([2], [3, 4]),
      sequence: int64([3], [3, 1, 4]),
      w: weights(4, 4),
    },
  },
};

test.each(Object.entries(freed))("%s: freed, and each sample gives what it gives alone", (_, made) => {
  const { graph, fixed, notes } = read(made);
  expect(notes).toEqual([]);
  expect(graph.typeOf("x").shape![0]).toBe("batch");
  expectEqualRows(fixed, graph, made.x);
});

/** Runs two batches together through the freed graph, and each alone through the file's own. */
function expectEqualRows(
  fixed: Parameters<typeof interpret>[0],
  graph: typeof fixed,
  dims: readonly number[],
) {
  const size = dims.reduce((n, d) => n * d, 1);
  const data = Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(1.7 * i + 0.3));
  const batch = (from: number, to: number, rows: number): number[] => {
    const x = float32([rows, ...dims.slice(1)], data.slice(from, to));
    return [...(interpret(rows === dims[0] ? fixed : graph, { x }).get("y")!.data as Float64Array)];
  };
  const alone = [...batch(0, size, dims[0]!), ...batch(size, 2 * size, dims[0]!)];
  const together = batch(0, 2 * size, 2 * dims[0]!);
  expect(together).toHaveLength(alone.length);
  for (const [i, v] of alone.entries()) expect(together[i]).toBeCloseTo(v, 6);
}

/** Why a batch stays fixed. */
const fixed: Readonly<Record<string, readonly [Case, string]>> = {
  "numbers put at places of the first row": [
    {
      x: [1, 5],
      nodes: [node("ScatterElements", "x i u", "y", axis(1))],
      weights: { i: int64([1, 2], [1, 3]), u: weights(1, 2) },
    },
    'ScatterElements "y" combines the batch with a value of fixed shape [1, 2]',
  ],
  "a number of the first row, subtracted from every row": [
    {
      x: [1, 5],
      nodes: [node("GatherElements", "x i", "g", axis(1)), node("Sub", "x g", "y")],
      weights: { i: int64([1, 1], [2]) },
    },
    `GatherElements "g" ${fixedRows([1, 1])}`,
  ],
  "the largest numbers, put into a constant row": [
    {
      x: [1, 5],
      nodes: [
        node("TopK", "x k", "v t", axis(1)),
        node("ScatterElements", "z t v", "s", axis(1)),
        node("Mul", "x s", "y"),
      ],
      weights: { k: int64([1], [2]), z: zeros("float32", [1, 5]) },
    },
    `ScatterElements "s" ${fixedRows([1, 5])}`,
  ],
  "a constant with one row for each of four": [
    { x: [4, 5], nodes: [node("Add", "x c", "y")], weights: { c: weights(4, 5) } },
    `Add "y" ${fixedRows([4, 5])}`,
  ],
  "scores between all tokens of all samples": [
    {
      x: [1, 3, 4],
      nodes: [
        flat,
        node("Gemm", "r r", "s", [a.int("transB", 1)]),
        node("Softmax", "s", "p", axis(1)),
        node("MatMul", "p r", "o"),
        whole,
      ],
      weights: tokens,
    },
    'Gemm "s" combines values that hold the batch in different axes',
  ],
  "the covariance of all tokens": [
    {
      x: [1, 3, 4],
      nodes: [flat, node("Gemm", "r r", "s", [a.int("transA", 1)]), node("MatMul", "r s", "o"), whole],
      weights: tokens,
    },
    `Gemm "s" ${across}`,
  ],
  "running sums through all tokens": [
    {
      x: [1, 3, 4],
      nodes: [flat, node("CumSum", "r z", "o"), whole],
      weights: { ...tokens, z: int64([], [0]) },
    },
    `CumSum "o" ${across}`,
  ],
  "a row that is padded to the batch": [
    {
      x: [1, 5],
      nodes: [node("Pad", "x p", "o"), node("ReduceSum", "o axes", "s"), node("Mul", "x s", "y")],
      weights: { p: int64([4], [1, 0, 0, 0]), axes: int64([1], [0]) },
    },
    `Pad "o" ${across}`,
  ],
  "rows that are repeated and weighted": [
    {
      x: [1, 5],
      nodes: [node("Tile", "x p", "o"), node("MatMul", "w o", "s"), node("Add", "x s", "y")],
      weights: { p: int64([2], [3, 1]), w: weights(1, 3) },
    },
    `MatMul "s" ${across}`,
  ],
  "two rows in one": [
    {
      x: [4, 3],
      nodes: [
        node("Reshape", "x t", "r"),
        node("ReduceMax", "r", "m", [a.ints("axes", [1])]),
        node("Sub", "r m", "o"),
        whole,
      ],
      weights: { t: int64([2], [2, 6]), whole: int64([2], [4, 3]) },
    },
    'Reshape "r" gives a shape in which the batch has no axis of its own',
  ],
  "a range of indices that counts through the batch": [
    {
      x: [1, 1, 4],
      nodes: [
        node("MaxPool", "x", "y i", [a.ints("kernel_shape", [1])]),
        node("Cast", "i", "unused", [a.int("to", 1)]),
      ],
    },
    'MaxPool "y i" counts its indices through the batch',
  ],
  "division by the number of samples": [
    {
      x: [1, 4],
      nodes: [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n", axis(0)),
        node("Cast", "n", "f", [a.int("to", 1)]),
        node("Div", "x f", "y"),
      ],
      weights: { zero: int64([], [0]) },
    },
    'Div "y" computes with the size of the batch',
  ],
  "a scale from the range of the whole batch": [
    {
      x: [1, 4],
      nodes: [node("DynamicQuantizeLinear", "x", "q s z"), node("DequantizeLinear", "q s z", "y")],
    },
    'DynamicQuantizeLinear "q s z" is not known to treat each row alone',
  ],
  "one row that is expanded to three": [
    {
      x: [1, 4],
      nodes: [node("Expand", "x t", "e"), node("ReduceSum", "e axes", "y")],
      weights: { t: int64([2], [3, 4]), axes: int64([1], [0]) },
    },
    'Expand "e" gives 3 rows',
  ],
  "an output that follows from constants": [
    { x: [1, 4], nodes: [node("Neg", "c", "y")], weights: { c: weights(1, 4) } },
    'output "y", [1, 4], does not depend on the batch',
  ],
  "an output with all rows in one": [
    { x: [2, 4], y: [1, 8], nodes: [node("Flatten", "x", "y", axis(0))] },
    'output "y", [1, 8], would become [1, 4·batch]',
  ],
};

test.each(Object.entries(fixed))("%s: the batch stays fixed, and the note says why", (_, [made, why]) => {
  const { graph, notes } = read(made);
  expect(graph.typeOf("x").shape).toEqual(made.x);
  expect(notes.map((n) => n.replace("the batch stays fixed: ", ""))).toEqual([why]);
});

/** Larger inputs show nothing more. */
const isSmall = ({ inputs }: { readonly inputs: Readonly<Record<string, Tensor>> }) =>
  Object.values(inputs).every(({ data }) => data.length <= 256);

test("each case of ONNX's specification whose batch is freed treats each sample alone", {
  tags: ["thorough"],
}, () => {
  const counts = { freed: 0 };
  for (const c of readSpecCases().cases.filter(isSmall)) {
    const names = Object.keys(c.inputs);
    for (const constants of names.length > 1 ? [[], names.slice(1)] : [[]]) {
      const bytes = withWeights(c, constants);
      let graph: ReturnType<typeof fromOnnx>["graph"];
      try {
        graph = fromOnnx(bytes, { unroll: true }).graph;
      } catch {
        continue;
      }
      const open = graph.inputs.filter((v) => typeof graph.typeOf(v).shape?.[0] === "string");
      if (open.length === 0 || graph.nodes.some(({ kind }) => kind !== "op")) continue;
      counts.freed++;
      expectRows(c.name, bytes, graph, open, c.inputs);
    }
  }
  // Most cases have a batch that the analysis frees; a change of this number is a change of what it proves.
  expect(counts.freed).toBeGreaterThan(400);
});

/** The values of a tensor in reverse order: other rows with valid indices. */
const reversed = (t: Tensor): Tensor => ({ ...t, data: t.data.slice().reverse() }) as Tensor;
function joined(p: Tensor, q: Tensor): Tensor {
  const data = new (p.data.constructor as Float32ArrayConstructor)(2 * p.data.length);
  data.set(p.data as Float32Array);
  data.set(q.data as Float32Array, p.data.length);
  return { ...p, dims: [2 * p.dims[0]!, ...p.dims.slice(1)], data } as Tensor;
}

function expectRows(
  name: string,
  bytes: Uint8Array,
  graph: ReturnType<typeof fromOnnx>["graph"],
  open: readonly string[],
  inputs: Readonly<Record<string, Tensor>>,
) {
  const own = fromOnnx(bytes, { unroll: true, freeBatch: false }).graph;
  const feeds = (change: (v: string) => Tensor) =>
    Object.fromEntries(graph.inputs.map((v) => [v, change(v)]));
  const of = (v: string): Tensor => inputs[v]!;
  const other = (v: string): Tensor => (open.includes(v) ? reversed(of(v)) : of(v));
  const alone = [interpret(own, feeds(of)), interpret(own, feeds(other))];
  const both = interpret(
    graph,
    feeds((v) => (open.includes(v) ? joined(of(v), other(v)) : of(v))),
  );
  for (const v of graph.outputs) {
    const want = alone.flatMap((values) => Array.from(values.get(v)!.data, Number));
    const got = Array.from(both.get(v)!.data, Number);
    expect(got.length, `${name} ${v}`).toBe(want.length);
    for (const [i, each] of want.entries())
      if (!(Object.is(got[i], each) || Math.abs(got[i]! - each) <= 1e-9 * Math.max(1, Math.abs(each))))
        expect(got[i], `${name} ${v} at ${i}`).toBe(each);
  }
}

test("one number for a whole batch of one is shared, so it does not fix it", () => {
  const { graph, notes } = read({ x: [1, 4], nodes: [node("Mul", "x c", "y")], weights: { c: scalar(2) } });
  expect(notes).toEqual([]);
  expect(graph.typeOf("x").shape).toEqual(["batch", 4]);
});
