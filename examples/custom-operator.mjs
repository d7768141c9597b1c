// A custom operator: its shape, its computation, its gradient, and a check of the gradient.
//
//   node examples/custom-operator.mjs
import { appendOperator, defineOperator } from "engraft/autodiff";
import { float32 } from "engraft/core";
import { Builder, Graph } from "engraft/graph";
import { checkGradient } from "engraft/testing";

const description = {
  domain: "my.ops",
  name: "Gelu",
  infer: ([x]) => [x],
  // y = x / (1 + exp(-1.702 x)), the sigmoid form of GELU (Hendrycks & Gimpel 2016)
  expand: (g, [x]) => [g.mul(x, g.sigmoid(g.mul(x, g.number(1.702, x))))],
};
const gelu = defineOperator({
  ...description,
  // s = sigmoid(1.702 x), y = x s    dx = dy (s + 1.702 y (1 - s))
  vjp: ({ g, inputs: [x], output: y, dy }) => {
    const s = g.sigmoid(g.mul(x, g.number(1.702, x)));
    return [g.mul(dy, g.add(s, g.mul(g.number(1.702, x), g.mul(y, g.sub(g.number(1, y), s)))))];
  },
});
// The same rule with a mistake: the factor 1.702 is missing.
const wrong = defineOperator({
  ...description,
  vjp: ({ g, inputs: [x], output: y, dy }) => {
    const s = g.sigmoid(g.mul(x, g.number(1.702, x)));
    return [g.mul(dy, g.add(s, g.mul(y, g.sub(g.number(1, y), s))))];
  },
});

/** Returns the graph tanh(gelu(x w)), with the operator between two others. */
function network(operator) {
  const graph = new Graph("tanh(gelu(x w))");
  graph.input("x", { dtype: "float32", shape: [2, 3] });
  graph.input("w", { dtype: "float32", shape: [3, 2] });
  const g = new Builder(graph);
  const [y] = appendOperator(graph, operator, [g.matmul("x", "w")]);
  graph.outputs.push(g.tanh(y));
  return graph;
}
const feeds = {
  x: float32([2, 3], [0.5, -1, 2, 0.1, 0.3, -0.7]),
  w: float32([3, 2], [1, -0.5, 0.25, 0.75, -1, 0.5]),
};

const { error } = checkGradient(network(gelu), { feeds, operators: [gelu] });
console.log(`the rule agrees with differences of values: ${error < 1e-7}`);
try {
  checkGradient(network(wrong), { feeds, operators: [wrong] });
} catch (thrown) {
  console.log(`the wrong one is found: ${thrown.message}`);
}
