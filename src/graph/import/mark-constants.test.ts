import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { markConstants } from "../from-onnx.js";
import { Graph } from "../graph.js";

/** A graph with an initializer of `weights` numbers and a Constant node of `constants` numbers. */
function marked(weights: number, constants: number) {
  const graph = new Graph("t");
  graph.initializer("layer.weight", float32([weights], new Array(weights).fill(0.5)));
  const held = float32([constants], new Array(constants).fill(0.25));
  graph.initializer("onnx::Add_3", held);
  graph.initializer("/Cast_output_0", held);
  markConstants(graph, new Set([held]));
  return [...graph.initializers].filter(([, tensor]) => tensor.constant).map(([name]) => name);
}

test("what Constant nodes hold is marked, under every name that it has", () => {
  expect(marked(6, 2)).toEqual(["onnx::Add_3", "/Cast_output_0"]);
});

test("a file that keeps most of its numbers in Constant nodes keeps its weights there", () => {
  expect(marked(2, 6)).toEqual([]);
});
