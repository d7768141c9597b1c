import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import { Graph } from "../../graph/graph.js";
import { trainingModel } from "./training-model.js";

/** s <- s + x W V, W float32[n, 4] and V float32[4, 1] in the file. */
function graphWithMatrix(n: number, read: (g: Builder, w: string) => string = (_, w) => w) {
  const graph = new Graph("t");
  graph.input("x", { dtype: "float32", shape: [2, n] });
  graph.input("s", { dtype: "float32", shape: [2, 1] });
  const g = new Builder(graph);
  graph.initializer("w", float32([n, 4], new Float32Array(4 * n)));
  graph.initializer("v", float32([4, 1], [1, 1, 1, 1]));
  const next = g.add("s", g.matmul(g.matmul("x", read(g, "w")), "v"));
  const sum = g.reduceSum(next);
  graph.outputs.push(next, sum);
  const state = [{ input: "s", output: next, initial: float32([2, 1], [0, 0]) }];
  return { graph, parts: { state, perStep: ["x"], scalars: [sum] } };
}
const node = { copiesOnce: true };

test("large matrices that do not train are fed, and are not in the file", () => {
  const { graph, parts } = graphWithMatrix(2 ** 20);
  const { frozen, bytes } = trainingModel(graph, parts, node);
  expect([...frozen]).toEqual([["w", graph.initializers.get("w")]]);
  expect(bytes.length).toBeLessThan(10_000);
  expect(fromOnnx(bytes).graph.inputs).toContain("w");
});

test("small ones, those that the runtime makes another form of, and those of other runtimes stay in the file", () => {
  const small = graphWithMatrix(2 ** 10);
  expect(trainingModel(small.graph, small.parts, node).frozen.size).toBe(0);
  const turned = graphWithMatrix(2 ** 20, (g, w) => g.exp(w));
  expect(trainingModel(turned.graph, turned.parts, node).frozen.size).toBe(0);
  const large = graphWithMatrix(2 ** 20);
  expect(trainingModel(large.graph, large.parts, {}).frozen.size).toBe(0);
});
