import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { leastBytes } from "./step-memory.js";

/** x -> f -> f -> … on float32[100]: 400 bytes per value. */
function chain(length: number, keep: boolean): Graph {
  const graph = new Graph("chain");
  const g = new Builder(graph);
  let x = graph.input("x", { dtype: "float32", shape: [100] });
  const all = [];
  for (let i = 0; i < length; i++) {
    x = g.tanh(x);
    all.push(x);
  }
  // Values that the end reads must be kept until then.
  if (keep) for (const v of all.slice(0, -1)) x = g.add(x, v);
  graph.outputs.push(x);
  return graph;
}

test("a chain takes its input, its output, and one value between", () => {
  expect(leastBytes(chain(5, false))).toBe(3 * 400);
});

test("values that are read at the end are all held until then", () => {
  // Before the sums begin: five results of tanh; the first sum reuses the last one's memory.
  expect(leastBytes(chain(5, true))).toBe(400 + 400 + 5 * 400);
});

test("another shape of a value is the same memory", () => {
  const graph = new Graph("views");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [10, 10] });
  const y = g.reshape(g.tanh(x), [100]);
  graph.outputs.push(g.tanh(g.reshape(y, [4, 25])));
  // The shapes themselves are constants: one of 1 and one of 2 int64.
  expect(leastBytes(graph)).toBe(3 * 400 + 3 * 8);
});

test("weights are always held", () => {
  const graph = new Graph("weights");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [2, 3] });
  graph.outputs.push(g.matmul(x, graph.initializer("w", float32([3, 4], new Array(12).fill(1)))));
  expect(leastBytes(graph)).toBe(4 * (6 + 12 + 8));
});

test("a state that is written over itself is counted once", () => {
  const graph = new Graph("step");
  const g = new Builder(graph);
  for (const name of ["w", "x"]) graph.input(name, { dtype: "float32", shape: [100] });
  const next = g.sub("w", "x");
  graph.outputs.push(next);
  expect([leastBytes(graph), leastBytes(graph, [next])]).toEqual([1200, 800]);
});
