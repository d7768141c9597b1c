import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { oldScoresOf } from "./body.js";

/** A classifier of five classes. @returns its graph, and the values before its softmaxes, the last one first */
function classifier(softmaxes: number) {
  const graph = new Graph("tiny");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", 4] });
  const values = [g.matmul(x, g.weight("w", float32([4, 5], new Float32Array(20))))];
  for (let i = 0; i < softmaxes; i++) values.unshift(g.softmax(values[0]!));
  graph.outputs.push(values[0]!);
  return { graph, values };
}

test.each([
  [0, 0],
  [1, 1],
  // softmax(softmax(z)): what goes into the last one are the logits of the output.
  [2, 1],
])("the logits of %i softmaxes are behind %i of them", (softmaxes, passed) => {
  const { graph, values } = classifier(softmaxes);
  const cut = { value: "x", because: "", features: 4 };
  expect(oldScoresOf(graph, { cut } as Parameters<typeof oldScoresOf>[1])).toBe(values[passed]);
});
