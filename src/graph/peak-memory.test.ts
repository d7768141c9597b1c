import { expect, test } from "vitest";
import { Builder } from "./builder.js";
import { executionOrder } from "./execution-order.js";
import { Graph } from "./graph.js";
import { bytesOf, peakBytes } from "./peak-memory.js";

/** Values of float32[100]: 400 bytes each. */
function begin() {
  const graph = new Graph("memory");
  const x = graph.input("x", { dtype: "float32", shape: [10, 10] });
  return { graph, g: new Builder(graph), x };
}
const peak = (graph: Graph, order = graph.nodes) =>
  peakBytes(order, graph.outputs, (v) => bytesOf(graph.types.get(v)));

test("a product needs its inputs and its result, an elementwise result takes the place of an input", () => {
  const { graph, g, x } = begin();
  // Two products are alive when a third is computed. The sums are written over their left operands.
  graph.outputs.push(g.tanh(g.add(g.matmul(g.matmul(x, x), x), x)));
  expect(peak(graph)).toBe(2 * 400);
});

test("a value is alive until its last reader, under whatever shape that reads it", () => {
  const { graph, g, x } = begin();
  const first = g.matmul(x, x);
  const flat = g.reshape(first, [100]);
  let y = g.matmul(first, x);
  for (let i = 0; i < 3; i++) y = g.matmul(y, x);
  // The first value, and two of the products.
  graph.outputs.push(g.add(g.reshape(y, [100]), flat));
  expect(peak(graph)).toBe(3 * 400);
});

test("outputs are alive to the end, inputs are not counted", () => {
  const { graph, g, x } = begin();
  const all = [g.matmul(x, x), g.matmul(x, x), g.matmul(x, x)];
  graph.outputs.push(...all, g.matmul(x, x));
  expect(peak(graph)).toBe(4 * 400);
});

test("sizes that are not known count as nothing", () => {
  expect(bytesOf({ dtype: "int64", shape: [3, 5] })).toBe(120);
  expect(bytesOf({ dtype: "float32", shape: [null, 5] })).toBe(0);
  expect(bytesOf(undefined)).toBe(0);
});

test("nodes run when they are first needed, the last result of the file first", () => {
  const { graph, g, x } = begin();
  const early = g.tanh(x);
  const a = g.exp(x);
  const b = g.sqrt(a);
  const late = g.add(b, early);
  const other = g.relu(x);
  graph.outputs.push(late, other);
  const order = executionOrder(graph.nodes).map((n) => n.outputs[0]);
  expect(order).toEqual([other, a, b, early, late]);
  expect(new Set(order).size).toBe(graph.nodes.length);
});
