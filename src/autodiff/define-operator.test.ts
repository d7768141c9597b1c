import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { checkGradient } from "../testing/index.js";
import { appendOperator, defineOperator, differentiate, expandOperators } from "./index.js";

const description = {
  domain: "my.ops",
  name: "Swish",
  infer: ([x]: readonly unknown[]) => [x as { dtype: "float32"; shape: readonly number[] }],
  expand: (g: Builder, [x]: readonly string[]) => [g.mul(x!, g.sigmoid(x!))],
};
// y = x s, s = sigmoid(x)    dx = dy (s + y (1 - s))
const swish = defineOperator({
  ...description,
  vjp: ({ g, inputs: [x], output: y, dy }) => {
    const s = g.sigmoid(x!);
    return [g.mul(dy, g.add(s, g.mul(y, g.sub(g.number(1, y), s))))];
  },
});

function network(operator = swish): Graph {
  const graph = new Graph("custom");
  graph.input("x", { dtype: "float32", shape: [2, 3] });
  graph.input("w", { dtype: "float32", shape: [3, 2] });
  const g = new Builder(graph, "f");
  const [hidden] = appendOperator(graph, operator, [g.matmul("x", "w")]);
  graph.outputs.push(g.tanh(hidden!));
  return graph;
}
const feeds = {
  x: float32([2, 3], [0.5, -1, 2, 0.1, 0.3, -0.7]),
  w: float32([3, 2], [1, -0.5, 0.25, 0.75, -1, 0.5]),
};

test("a gradient passes an operator that its user defined", () => {
  expect(checkGradient(network(), { feeds, operators: [swish] }).error).toBeLessThan(1e-7);
});

test("checkGradient finds a wrong rule, and says by how much", () => {
  const wrong = defineOperator({
    ...description,
    vjp: ({ g, inputs: [x], dy }) => [g.mul(dy, g.sigmoid(x!))],
  });
  expect(() => checkGradient(network(wrong), { feeds, operators: [wrong] })).toThrow(
    /the gradient of graph "custom" is wrong: its rules give -?[\d.]+ along a random direction, differences of its values -?[\d.]+/,
  );
});

test("an operator that was not passed on is refused", () => {
  const graph = network();
  const loss = new Builder(graph, "l").reduceSum(graph.outputs[0]!);
  expect(() => differentiate(graph, loss, ["w"])).toThrow(
    'Swish has no gradient: "my.ops.Swish" is a user-defined operator that was not passed in `operators`',
  );
});

test("its own refusal is told, and its own zero is zero", () => {
  const refused = defineOperator({ ...description, refuse: "it counts things" });
  const graph = network(refused);
  const loss = new Builder(graph, "l").reduceSum(graph.outputs[0]!);
  const refuse = () => differentiate(graph, loss, ["w"], { operators: [refused] });
  expect(refuse).toThrow(EngraftError);
  expect(refuse).toThrow("Swish has no gradient: it counts things");
  const flat = defineOperator({ ...description, zero: "it is constant" });
  expect(differentiate(graph, loss, ["w"], { operators: [flat] }).has("w")).toBe(true);
});

test("expandOperators writes it in operators that every runtime has, under the same names", () => {
  const graph = expandOperators(network(), [swish]);
  expect(graph.nodes.every((n) => n.kind === "op")).toBe(true);
  expect(graph.outputs).toEqual(network().outputs);
});
