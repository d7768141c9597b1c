import { expect, test } from "vitest";
import { float32, int64, toNumbers } from "../../core/tensor.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import { removeDeadCode } from "./dead-code.js";
import { type Evaluate, foldConstants } from "./fold-constants.js";

/** Knows Neg only. */
const evaluate: Evaluate = (node, [x]) => {
  if (node.op !== "Neg" || !x) throw new Error(`asked for ${node.op}`);
  return [
    float32(
      x.dims,
      toNumbers(x).map((v) => -v),
    ),
  ];
};

function graphWith(build: (g: Builder) => string): Graph {
  const graph = new Graph();
  graph.input("x", { dtype: "float32", shape: ["batch", 2, 3] });
  graph.outputs.push(build(new Builder(graph)));
  return graph;
}

test("an operator on constants alone is computed once, here", () => {
  const graph = graphWith((g) => g.mul("x", g.neg(g.neg(g.weight("w", float32([3], [1, -2, 3]))))));
  const folded = foldConstants(graph, evaluate);
  expect(folded.nodes.map((n) => n.op)).toEqual(["Mul"]);
  expect(toNumbers(folded.initializers.get(folded.nodes[0]!.inputs[1]!)!)).toEqual([1, -2, 3]);
  // Without an interpreter only sizes are known.
  expect(foldConstants(graph).nodes).toHaveLength(3);
});

test("a result larger than 65,536 elements is left to the runtime", () => {
  const graph = graphWith((g) => g.add("x", g.expand(g.number(1), [2 ** 20, 2, 3])));
  expect(foldConstants(graph, evaluate).nodes.map((n) => n.op)).toEqual(["Expand", "Add"]);
});

test("sizes are followed although the batch is only a name", () => {
  const graph = graphWith((g) => {
    const shape = g.node("Shape", ["x"], { start: 0, end: undefined });
    const batch = g.gather(shape, g.constant(int64([1], [0])));
    const rest = g.gather(shape, g.constant(int64([1], [1])));
    return g.node("Reshape", ["x", g.concat([batch, g.ints([-1]), rest], 0)], { allowzero: false });
  });
  const folded = removeDeadCode(foldConstants(graph));
  expect(folded.nodes.map((n) => n.op)).toEqual(["Reshape"]);
  expect(toNumbers(folded.initializers.get(folded.nodes[0]!.inputs[1]!)!)).toEqual([0, -1, 2]);
  expect(folded.typeOf(folded.outputs[0]!).shape).toEqual(["batch", 3, 2]);
});

test("a target with two unknown sizes stays computed", () => {
  const graph = new Graph();
  graph.input("x", { dtype: "float32", shape: ["a", "b"] });
  const g = new Builder(graph);
  const shape = g.node("Shape", ["x"], { start: 0, end: undefined });
  const turned = g.concat([g.gather(shape, g.ints([1])), g.gather(shape, g.ints([0]))], 0);
  graph.outputs.push(g.node("Reshape", ["x", turned], { allowzero: false }));
  expect(foldConstants(graph).nodes.at(-1)!.inputs[1]).toBe(turned);
});

test("computed scales of a Resize become a constant; a small weight that is only turned stays a weight", () => {
  const graph = new Graph();
  graph.input("x", { dtype: "float32", shape: ["batch", 2, 4, 4] });
  const g = new Builder(graph);
  const scale = g.unsqueeze(g.weight("scale", float32([2], [3, 4])), [1, 2]);
  const scales = g.concat([g.constant(float32([2], [1, 1])), g.constant(float32([2], [2, 2]))], 0);
  const resized = g.node("Resize", [g.mul("x", scale), "", scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
    cubic_coeff_a: -0.75,
    exclude_outside: false,
    extrapolation_value: 0,
    keep_aspect_ratio_policy: "stretch",
    axes: undefined,
  });
  graph.outputs.push(resized);
  const folded = removeDeadCode(foldConstants(graph));
  expect(folded.nodes.map((n) => n.op)).toEqual(["Unsqueeze", "Mul", "Resize"]);
  expect(toNumbers(folded.initializers.get(folded.nodes[2]!.inputs[2]!)!)).toEqual([1, 1, 2, 2]);
});

test("what no output needs goes, inputs stay", () => {
  const graph = graphWith((g) => {
    g.exp(g.weight("unused", float32([3], [1, 2, 3])));
    return g.mul("x", g.weight("used", float32([3], [1, 2, 3])));
  });
  graph.input("y", { dtype: "float32", shape: [] });
  const live = removeDeadCode(graph);
  expect(live.nodes.map((n) => n.op)).toEqual(["Mul"]);
  expect([...live.initializers.keys()]).toEqual(["used"]);
  expect(live.inputs).toEqual(["x", "y"]);
});
