import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { huberError, squaredError } from "./regression.js";

// From PyTorch, scripts/golden/make-numbers.py.
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/numbers.json", import.meta.url), "utf8"),
) as {
  p: number[][];
  y: number[][];
  losses: { delta: number | null; value: number; gradient: number[][] }[];
};

test.each(golden.losses)(
  "value and gradient are PyTorch's (Huber's δ: $delta)",
  ({ delta, value, gradient }) => {
    const graph = new Graph();
    const g = new Builder(graph);
    const p = graph.input("p", { dtype: "float32", shape: [3, 2] });
    const y = graph.input("y", { dtype: "float32", shape: [3, 2] });
    const mean = g.reduceMean(delta === null ? squaredError(g, p, y) : huberError(g, p, y, delta));
    const dp = differentiate(graph, mean, [p]).get(p)!;
    graph.outputs.push(mean, dp);
    const out = interpret(graph, {
      p: float32([3, 2], golden.p.flat()),
      y: float32([3, 2], golden.y.flat()),
    });
    // float32 inputs: seven digits.
    expect(out.get(mean)!.data[0]).toBeCloseTo(value, 6);
    for (const [i, d] of gradient.flat().entries()) expect(out.get(dp)!.data[i]).toBeCloseTo(d, 6);
  },
);

test("refuses a δ that is no positive number", () => {
  const graph = new Graph();
  const p = graph.input("p", { dtype: "float32", shape: [3, 2] });
  expect(() => huberError(new Builder(graph), p, p, 0)).toThrow("Huber's δ is 0");
});
