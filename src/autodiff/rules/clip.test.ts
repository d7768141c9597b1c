import { expect, test } from "vitest";
import { float32, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import { differentiate } from "../differentiate.js";

/** Gradients of the sum of clip(x, low, high) by x, low and high, for x = -2, 0, 6. */
function gradients(low: number, high: number): number[][] {
  const graph = new Graph("clip");
  const x = graph.input("x", { dtype: "float32", shape: [3] });
  const bounds = ["low", "high"].map((name) => graph.input(name, { dtype: "float32", shape: [] }));
  const g = new Builder(graph, "loss");
  const loss = g.reduceSum(g.clip(x, ...bounds));
  const found = differentiate(graph, loss, [x, ...bounds]);
  const feeds: Record<string, Tensor> = { x: float32([3], [-2, 0, 6]) };
  Object.assign(feeds, { low: float32([], [low]), high: float32([], [high]) });
  const values = interpret(graph, feeds, [...found.values()]);
  return [...found.values()].map((v) => Array.from(values.get(v)!.data, Number));
}

test("each number of x, or the bound that replaces it, gets the gradient", () => {
  expect(gradients(-1, 2)).toEqual([[0, 1, 0], [1], [1]]);
  // At a bound the gradient belongs to x, as in torch.clamp.
  expect(gradients(0, 6)).toEqual([[0, 1, 1], [1], [0]]);
});

test("with the lower bound above the upper one, every number is the upper bound", () => {
  // y = min(max(x, 2), 1) = 1 for every x; 6 = x = high is no exception.
  expect(gradients(2, 1)).toEqual([[0, 0, 0], [0], [3]]);
  expect(gradients(7, 6)).toEqual([[0, 0, 0], [0], [3]]);
});
