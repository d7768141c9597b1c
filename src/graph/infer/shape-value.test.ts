import { expect, test } from "vitest";
import { formatShape, type Shape } from "../../core/shape.js";
import { float32, int64, tensor } from "../../core/tensor.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import type { Value } from "../node.js";
import { inferGraph } from "./index.js";

function input(shape: Shape): { graph: Graph; g: Builder; size: (axis: number) => Value } {
  const graph = new Graph();
  graph.input("x", { dtype: "float32", shape });
  const g = new Builder(graph);
  const sizes = g.node("Shape", ["x"], { start: 0, end: undefined });
  return { graph, g, size: (axis) => g.gather(sizes, g.ints([axis])) };
}
/** The type of y after sizes are followed through the whole graph. */
function shapeOf(graph: Graph, y: Value): string {
  inferGraph(graph);
  return formatShape(graph.typeOf(y).shape);
}
const zeros = { value: int64([1], [0]) };
const ones = { value: int64([1], [1]) };

test("token.expand(n, -1, -1), as exporters write it: -1 keeps the size, a name is never -1", () => {
  for (const [batch, expected] of [
    ["batch", "[batch, 1, 16]"],
    [4, "[4, 1, 16]"],
  ] as const) {
    const { graph, g, size } = input([batch, 3]);
    const wanted = g.concat([size(0), g.ints([-1, -1])], 0);
    const one = g.node("ConstantOfShape", [g.ints([3])], ones);
    const keeps = g.node("Equal", [wanted, g.mul(one, g.ints([-1]))], {});
    const token = g.weight("token", float32([1, 1, 16], new Float32Array(16)));
    const y = g.node("Expand", [token, g.node("Where", [keeps, one, wanted], {})], {});
    expect(shapeOf(graph, y)).toBe(expected);
  }
});

test("F.pad by computed widths: a list turned round through a matrix of two columns", () => {
  const { graph, g, size } = input(["batch", 2, 6, 5]);
  // Pads to a multiple of 4: [0, (4 - w % 4) % 4, 0, (4 - h % 4) % 4], last axis first.
  const rest = (axis: number): Value =>
    g.node(
      "Mod",
      [g.sub(g.ints([4]), g.node("Mod", [size(axis), g.ints([4])], { fmod: false })), g.ints([4])],
      {
        fmod: false,
      },
    );
  const widths = g.concat([g.ints([0]), rest(3), g.ints([0]), rest(2)], 0);
  const all = g.concat([widths, g.node("ConstantOfShape", [g.ints([4])], zeros)], 0);
  const rows = g.reshape(all, [4, 2]);
  const turned = g.node("Slice", [rows, g.ints([-1]), g.ints([-(2 ** 31)]), g.ints([0]), g.ints([-1])], {});
  const pads = g.reshape(g.transpose(turned, [1, 0]), [8]);
  const y = g.node("Pad", ["x", pads], { mode: "constant" });
  expect(shapeOf(graph, y)).toBe("[batch, 2, 8, 8]");
});

test("x.chunk(2, 1), as exporters write it: bounds of slices", () => {
  const { graph, g, size } = input(["batch", 7, 3]);
  const half = g.div(g.add(size(1), g.ints([1])), g.ints([2]));
  const first = g.node("Slice", ["x", g.ints([0]), half, g.ints([1])], {});
  const second = g.node("Slice", ["x", half, g.mul(half, g.ints([2])), g.ints([1])], {});
  inferGraph(graph);
  expect([first, second].map((v) => formatShape(graph.typeOf(v).shape))).toEqual([
    "[batch, 4, 3]",
    "[batch, 3, 3]",
  ]);
});

test("scales of a Resize in parts, and from a size divided by another", () => {
  const { graph, g, size } = input(["batch", 2, 4, 6]);
  const ratio = g.div(g.cast(g.ints([10]), "float32"), g.cast(size(3), "float32"));
  const scales = g.concat([g.constant(float32([3], [1, 1, 2])), ratio], 0);
  const y = g.node("Resize", ["x", "", scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
    cubic_coeff_a: -0.75,
    exclude_outside: false,
    extrapolation_value: 0,
    keep_aspect_ratio_policy: "stretch",
    axes: undefined,
  });
  expect(shapeOf(graph, y)).toBe("[batch, 2, 8, 10]");
});

test("what depends on a size that has only a name stays unknown", () => {
  const { graph, g, size } = input(["batch", 3]);
  const y = g.node("Expand", ["x", g.concat([g.mul(size(0), g.ints([2])), g.ints([3])], 0)], {});
  const z = g.node("Slice", ["x", g.ints([0]), g.div(size(0), g.ints([2])), g.ints([0])], {});
  inferGraph(graph);
  expect([y, z].map((v) => formatShape(graph.typeOf(v).shape))).toEqual(["[?, 3]", "[?, 3]"]);
});

test("whole numbers are divided towards zero, never by it", () => {
  const { graph, g } = input([2]);
  const y = g.node("ConstantOfShape", [g.neg(g.div(g.ints([-7]), g.ints([2])))], zeros);
  const z = g.node("ConstantOfShape", [g.div(g.ints([7]), g.ints([0]))], zeros);
  inferGraph(graph);
  expect([y, z].map((v) => formatShape(graph.typeOf(v).shape))).toEqual(["[3]", "[?]"]);
});

test("whole numbers that would wrap around are not followed", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const large = g.constant(tensor("int32", [1], Int32Array.of(2 ** 30)));
  const size = g.cast(g.mul(large, g.constant(tensor("int32", [1], Int32Array.of(4)))), "int64");
  expect(shapeOf(graph, g.node("ConstantOfShape", [size], zeros))).toBe("[?]");
});
