import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { float32, int64 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { checkGradient } from "./index.js";

function graphOf(write: (g: Builder) => string): Graph {
  const graph = new Graph("t");
  graph.input("x", { dtype: "float32", shape: [2, 3] });
  graph.outputs.push(write(new Builder(graph, "f")));
  return graph;
}
const x = float32([2, 3], [0.3, -1.2, 0.7, 2, -0.4, 1.1]);

test("uses a direction in which a Softmax changes, although its rows always sum to 1", () => {
  const { numeric, analytic, error } = checkGradient(
    graphOf((g) => g.softmax("x")),
    { feeds: { x } },
  );
  expect(Math.abs(numeric)).toBeGreaterThan(1e-3);
  expect(analytic).toBeCloseTo(numeric, 9);
  expect(error).toBeLessThan(1e-10);
});

test("measures the mathematics: a float32 constant of 1/3 costs no accuracy", () => {
  const graph = graphOf((g) => g.mul(g.mul("x", "x"), g.number(1 / 3)));
  expect(checkGradient(graph, { feeds: { x } }).error).toBeLessThan(1e-12);
});

test("leaves the graph as it was", () => {
  const graph = graphOf((g) => g.exp("x"));
  checkGradient(graph, { feeds: { x } });
  expect(graph.nodes.map((n) => n.op)).toEqual(["Exp"]);
  expect(graph.typeOf("x").dtype).toBe("float32");
});

test("integer inputs are fed and not differentiated by", () => {
  const graph = graphOf((g) => g.gather("x", g.graph.input("i", { dtype: "int64", shape: [2] }), 1));
  expect(checkGradient(graph, { feeds: { x, i: int64([2], [2, 2]) } }).error).toBeLessThan(1e-10);
});

test("at a kink the two disagree, and it says so", () => {
  const graph = graphOf((g) => g.relu("x"));
  const kinked = float32([2, 3], [0, 0, 0, 0, 0, 0]);
  const check = () => checkGradient(graph, { feeds: { x: kinked } });
  expect(check).toThrow(EngraftError);
  expect(check).toThrow(/its rules give 0 along a random direction, differences of its values -?[\d.]+/);
});
