import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { Builder } from "./builder.js";
import { Graph } from "./graph.js";
import type { AnyOpNode } from "./node.js";
import { verifyGraph } from "./verify.js";

const relu = (x: string, y: string): AnyOpNode => ({
  kind: "op",
  op: "Relu",
  name: `relu ${y}`,
  inputs: [x],
  outputs: [y],
  attributes: {},
});
function start(): Graph {
  const graph = new Graph("g");
  graph.input("x", { dtype: "float32", shape: ["N", 3] });
  return graph;
}

test("what the builder makes is in order", () => {
  const graph = start();
  const g = new Builder(graph);
  graph.outputs.push(g.relu(g.add("x", g.weight("b", float32([3], [1, 2, 3])))));
  expect(() => verifyGraph(graph)).not.toThrow();
});

test("a value that nothing computes is named, with its reader", () => {
  const graph = start();
  graph.push(relu("z", "y"));
  expect(() => verifyGraph(graph, "ModelError")).toThrow(
    expect.objectContaining({
      kind: "ModelError",
      message: 'graph "g": value "z" is read, and nothing computes it',
      at: 'Relu "relu y"',
    }),
  );
});

test("a cycle is a value that is read before it is computed", () => {
  const graph = start();
  graph.push(relu("b", "a"));
  graph.push(relu("a", "b"));
  expect(() => verifyGraph(graph)).toThrow(
    expect.objectContaining({
      kind: "InternalError",
      message: 'graph "g": value "b" is read before it is computed',
    }),
  );
});

test("a value is computed once", () => {
  const graph = start();
  graph.push(relu("x", "y"));
  graph.nodes.push(relu("x", "y"));
  expect(() => verifyGraph(graph)).toThrow('graph "g": value "y" is computed twice');
});

test("outputs are computed", () => {
  const graph = start();
  graph.outputs.push("y");
  expect(() => verifyGraph(graph)).toThrow('graph "g": output "y" is computed by nothing');
});

test("a stated type that the node does not give is told with both", () => {
  const graph = start();
  graph.push(relu("x", "y"), [{ dtype: "float32", shape: ["N", 4] }]);
  expect(() => verifyGraph(graph)).toThrow(
    'graph "g": value "y" is stated to be float32[N, 4] and computed as float32[N, 3]',
  );
});

test("a weight has as many elements as its shape says", () => {
  const graph = start();
  graph.initializer("w", { dtype: "float32", dims: [2, 2], data: new Float32Array(3) });
  expect(() => verifyGraph(graph, "ModelError")).toThrow(
    'graph "g": weight "w" is float32[2, 2] and has 3 elements',
  );
});
