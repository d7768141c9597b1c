import { expect, test } from "vitest";
import type { EngraftError } from "../../core/errors.js";
import { float32 } from "../../core/tensor.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import { Builder } from "../builder.js";
import { Graph, readsOf } from "../graph.js";
import { overOutput, stateOutput } from "../loop-names.js";
import type { Value } from "../node.js";
import { stepModel } from "../to-onnx-step.js";
import { verifyGraph } from "../verify.js";
import { overwriteState } from "./overwrite-state.js";

const n = 128;
const square = { dtype: "float32", shape: [n, n] } as const;

/**
 * Two layers y = (x a) b and their SGD. The gradient of a reads b, and the update of b could run before it.
 * L = Σ y, db = (x a)ᵀ 1, da = xᵀ (1 bᵀ).
 */
function twoLayers() {
  const graph = new Graph("step");
  const g = new Builder(graph);
  for (const name of ["x", "a", "b"]) graph.input(name, square);
  graph.input("rate", { dtype: "float32", shape: [] });
  const hidden = g.matmul("x", "a");
  const loss = g.reduceSum(g.matmul(hidden, "b"));
  const ones = graph.initializer("ones", float32([n, n], new Array(n * n).fill(1)));
  const next = (name: Value, gradient: Value) => g.sub(name, g.mul("rate", gradient));
  // The update of b comes first: in file order it would be written before the gradient of a reads it.
  const b = next("b", g.matmul(g.transpose(hidden, [1, 0]), ones));
  const a = next("a", g.matmul(g.transpose("x", [1, 0]), g.matmul(ones, g.transpose("b", [1, 0]))));
  graph.outputs.push(a, b, loss);
  const state = [
    { input: "a", output: a },
    { input: "b", output: b },
  ];
  return { graph, state, perStep: ["x", "rate"], scalars: [loss] };
}

/** Everything that must have run before a value. */
function ancestors(graph: Graph, value: Value): Set<Value> {
  const producers = graph.producers();
  const found = new Set<Value>();
  const values = new Set([value]);
  for (const v of values) {
    const node = producers.get(v);
    if (!node) continue;
    found.add(v);
    for (const read of readsOf(node)) values.add(read);
  }
  return found;
}

test("a new value comes after everything that reads the old one, and after the loss, in every order that is allowed", () => {
  const { graph, ...parts } = twoLayers();
  const readers = (name: Value) => (graph.consumers().get(name) ?? []).flatMap((node) => node.outputs);
  // By the inputs of the nodes alone, the file order may break it.
  expect([...ancestors(graph, parts.state[1]!.output)]).not.toEqual(
    expect.arrayContaining(readers("b").slice(1)),
  );
  const { graph: ordered, over } = overwriteState(graph, parts);
  verifyGraph(ordered);
  expect(over).toEqual(new Set(["a", "b"]));
  for (const { input, output } of parts.state) {
    const before = ancestors(ordered, output);
    for (const read of [...readers(input), ...parts.scalars]) expect(before).toContain(read);
  }
  // A transposed weight may be a view: whoever reads the view has read the weight.
  const product = graph.consumers().get(readers("b").find((v) => v.includes("Transpose"))!)![0]!.outputs[0]!;
  expect(ancestors(ordered, parts.state[1]!.output)).toContain(product);
});

test("what cannot wait, or is small, keeps memory of its own", () => {
  const graph = new Graph("step");
  const g = new Builder(graph);
  graph.input("x", square);
  for (const name of ["plain", "first", "last"]) graph.input(name, square);
  graph.input("small", { dtype: "float32", shape: [4] });
  graph.input("rate", { dtype: "float32", shape: [] });
  const plain = g.add("plain", "x");
  const first = g.sub("first", g.mul("rate", "x"));
  // Reads both the new value and the old one.
  const last = g.sub("last", g.mul("rate", g.mul("first", first)));
  const small = g.sub("small", "rate");
  const loss = g.reduceSum("x");
  graph.outputs.push(plain, first, last, small, loss);
  const outputs = { plain, first, last, small };
  const state = Object.entries(outputs).map(([input, output]) => ({ input, output }));
  const { graph: ordered, over } = overwriteState(graph, { state, scalars: [loss] });
  expect(over).toEqual(new Set(["last"]));
  verifyGraph(ordered);
  const none = overwriteState(graph, { state: state.filter((s) => s.input === "plain"), scalars: [loss] });
  expect(none.graph).toBe(graph);
});

test("a loss that follows from the new value cannot be waited for", () => {
  const { graph, state } = twoLayers();
  const g = new Builder(graph);
  const after = g.reduceSum(state[0]!.output);
  graph.outputs.push(after);
  expect(overwriteState(graph, { state, scalars: [after] }).over).toEqual(new Set(["b"]));
});

const filled = (f: (i: number) => number) =>
  float32(
    [1, n, n],
    Float32Array.from({ length: n * n }, (_, i) => f(i)),
  );
const weights = () =>
  new Map([
    [
      "a",
      float32(
        [n, n],
        Float32Array.from({ length: n * n }, (_, i) => Math.sin(i) / 20),
      ),
    ],
    [
      "b",
      float32(
        [n, n],
        Float32Array.from({ length: n * n }, (_, i) => Math.cos(i) / 20),
      ),
    ],
  ]);

test("written over itself, the state is the same to the bit; a step that is not finite is refused and leaves it", async () => {
  const runtime = await nodeRuntime({ threads: 2 });
  const { graph, ...parts } = twoLayers();
  const { graph: ordered, over } = overwriteState(graph, parts);
  const plain = await runtime.training(stepModel(graph, parts, { stop: true }), { state: weights() });
  const tight = await runtime.training(stepModel(ordered, parts, { stop: true, over }), { state: weights() });
  expect([plain.refuses, tight.refuses]).toEqual([false, true]);
  const [name] = parts.scalars as [string];
  const feeds = (x = filled((i) => ((i * 7) % 11) / 11)) => ({ x, rate: float32([1], [1e-3]) });
  for (let k = 0; k < 4; k++) expect(await tight.steps(feeds(), 1)).toEqual(await plain.steps(feeds(), 1));
  const before = await tight.readState();
  expect(before).toEqual(await plain.readState());
  // The second of three: the first changes the state, the third does not run.
  const bad = filled((i) => (i === 3 ? Number.NaN : 1));
  const [good, once] = [feeds().x, await plain.steps(feeds(), 1)];
  const three = { ...good, dims: [3, n, n], data: new Float32Array(3 * n * n) };
  [good, bad, good].forEach((t, k) => {
    three.data.set(t.data as Float32Array, k * n * n);
  });
  const results = await tight.steps({ x: three, rate: float32([3], [1e-3, 1e-3, 1e-3]) }, 3);
  expect(results[name]!.data).toEqual(Float32Array.of(once[name]!.data[0] as number, Number.NaN, Number.NaN));
  expect(await tight.readState()).toEqual(await plain.readState());
  // Infinity stops it too; training then continues from there.
  expect((await tight.steps(feeds(filled(() => Number.POSITIVE_INFINITY)), 1))[name]!.data[0]).not.toSatisfy(
    Number.isFinite,
  );
  expect(await tight.steps(feeds(), 1)).toEqual(await plain.steps(feeds(), 1));
  await expect(tight.undo!()).rejects.toThrow("there are no steps to undo");
  await runtime.close();
});

test("a selected value may be written over the one that it keeps: weights that move every second step", async () => {
  const runtime = await nodeRuntime({ threads: 2 });
  const graph = new Graph("step");
  const g = new Builder(graph);
  for (const name of ["x", "s"]) graph.input(name, square);
  graph.input("rate", { dtype: "float32", shape: [] });
  graph.input("moves", { dtype: "float32", shape: [] });
  const moved = g.sub("s", g.mul("rate", g.add("x", "s")));
  const next = g.where(g.greater("moves", g.number(0)), moved, "s");
  const loss = g.reduceSum("s");
  graph.outputs.push(next, loss);
  const parts = { state: [{ input: "s", output: next }], perStep: ["x", "rate", "moves"], scalars: [loss] };
  const { graph: ordered, over } = overwriteState(graph, parts);
  expect(over.size).toBe(1);
  const state = () => new Map([["s", weights().get("a")!]]);
  const plain = await runtime.training(stepModel(graph, parts), { state: state() });
  const tight = await runtime.training(stepModel(ordered, parts, { stop: true, over }), { state: state() });
  for (const moves of [0, 1, 0, 1]) {
    const one = () => ({ x: filled(Math.cos), rate: float32([1], [0.1]), moves: float32([1], [moves]) });
    expect(await tight.steps(one(), 1)).toEqual(await plain.steps(one(), 1));
    expect(await tight.readState()).toEqual(await plain.readState());
  }
  await runtime.close();
});

test("memory that two states share is not written over", async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const { graph, ...parts } = twoLayers();
  const { graph: ordered, over } = overwriteState(graph, parts);
  const zeros = float32([n, n], new Float32Array(n * n));
  const state = new Map([
    ["a", zeros],
    ["b", zeros],
  ]);
  const session = await runtime.training(stepModel(ordered, parts, { stop: true, over }), {
    state,
    transfer: true,
  });
  const x = filled((i) => i % 3);
  await session.steps({ x, rate: float32([1], [1]) }, 1);
  // With zeros both gradients are 0: xᵀ (1 bᵀ) and (x a)ᵀ 1.
  for (const value of (await session.readState()).values())
    expect(value.data).toEqual(new Float32Array(n * n));
  await runtime.close();
});

test("a step that fails while it writes says that the state is lost, until a whole one is written", async () => {
  const graph = new Graph("step");
  const g = new Builder(graph);
  graph.input("s", square);
  graph.input("rate", { dtype: "float32", shape: [] });
  graph.input("row", { dtype: "int64", shape: [] });
  const table = graph.initializer("table", float32([2, n], new Array(2 * n).fill(1)));
  const next = g.sub("s", g.mul("rate", g.add(g.gather(table, "row"), g.mul("s", "rate"))));
  const loss = g.reduceSum("s");
  graph.outputs.push(next, loss);
  const parts = { state: [{ input: "s", output: next }], perStep: ["rate", "row"], scalars: [loss] };
  const { graph: ordered, over } = overwriteState(graph, parts);
  expect(over.size).toBe(1);
  const runtime = await nodeRuntime({ threads: 1 });
  const state = new Map([["s", float32([n, n], new Array(n * n).fill(1))]]);
  const session = await runtime.training(stepModel(ordered, parts, { stop: true, over }), { state });
  const feeds = (row: bigint) => ({
    rate: float32([1], [1]),
    row: { dtype: "int64", dims: [1], data: BigInt64Array.of(row) } as const,
  });
  await expect(session.steps(feeds(9n), 1)).rejects.toThrow(/out of data bounds/);
  const lost =
    "OptionError: the training graph: a step failed while it wrote the state, so the state is lost\n" +
    "  help: write a whole state, or resume from the last checkpoint";
  for (const call of [() => session.steps(feeds(0n), 1), () => session.readState()])
    expect(await call().catch((e: EngraftError) => e.format())).toBe(lost);
  await session.writeState(state);
  await session.steps(feeds(0n), 1);
  expect((await session.readState()).get("s")!.data[0]).toBe(-1);
  await runtime.close();
});

test("the output of a state that is written over itself has a name of its own", () => {
  const { graph, ...parts } = twoLayers();
  const { graph: ordered } = overwriteState(graph, parts);
  const text = Buffer.from(stepModel(ordered, parts, { over: new Set(["a"]) })).toString("latin1");
  expect(text).toContain(overOutput("a"));
  expect(text).toContain(stateOutput("b"));
});
