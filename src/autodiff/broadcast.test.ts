import { expect, test } from "vitest";
import { toNumbers } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { fitTo } from "./broadcast.js";

/** The axes that are summed between two shapes. */
function summed(from: readonly number[], to: readonly number[]): readonly (readonly number[])[] {
  const graph = new Graph("t");
  const g = new Builder(graph);
  const fitted = fitTo(g, graph.input("d", { dtype: "float32", shape: from }), to);
  expect(g.dims(fitted)).toEqual(to);
  return graph.nodes
    .filter((n) => n.op === "ReduceSum")
    .map((n) => toNumbers(graph.initializers.get(n.inputs[1]!)!));
}

test("a gradient is summed over what was broadcast, and over axes of size 1 right behind", () => {
  expect(summed([3, 4], [3, 4])).toEqual([]);
  expect(summed([2, 3, 4], [4])).toEqual([[0, 1]]);
  expect(summed([3, 4, 1, 1], [3, 1, 1, 1])).toEqual([[1, 2, 3]]);
  expect(summed([3, 4, 3, 3], [3, 1, 1, 1])).toEqual([[1, 2, 3]]);
  expect(summed([2, 3, 1], [3, 1])).toEqual([[0]]);
  expect(summed([3, 1], [3, 4])).toEqual([]);
});
