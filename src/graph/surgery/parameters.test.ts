import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import type { Value } from "../node.js";
import { parametersOf } from "./parameters.js";

/** A graph that begins with `build` on x[2, 4, 3], with constants of four numbers. */
function found(build: (g: Builder, x: Value, numbers: (name: string, ...v: number[]) => Value) => Value) {
  const graph = new Graph("t");
  const x = graph.input("x", { dtype: "float32", shape: [2, 4, 3] });
  const g = new Builder(graph);
  graph.outputs.push(build(g, x, (name, ...v) => g.weight(name, float32([v.length], v))));
  return parametersOf(graph).map(({ value, kind }) => `${kind} ${value}`);
}
const epsilon = 1e-5;

test("scale and bias of a layer normalisation are weights that do not decay", () => {
  const layer = found((g, x, w) =>
    g.node("LayerNormalization", [x, w("scale", 1, 1, 1), w("bias", 0, 0, 0)], { axis: -1, epsilon }),
  );
  expect(layer).toEqual(["norm scale", "norm bias"]);
});

test("so are those of an instance normalisation, where it has any", () => {
  const of = (scale: readonly number[], bias: readonly number[]) =>
    found((g, x, w) =>
      g.node("InstanceNormalization", [x, w("scale", ...scale), w("bias", ...bias)], { epsilon }),
    );
  expect(of([1, 2, 1, 1], [0, 0, 0, 0])).toEqual(["norm scale", "norm bias"]);
  expect(of([1, 1, 1, 1], [0, 0.5, 0, 0])).toEqual(["norm scale", "norm bias"]);
  expect(of([1, 1, 1, 1], [0, 0, 0, 0])).toEqual([]);
});
