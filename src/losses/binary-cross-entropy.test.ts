import { expect, test } from "vitest";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";

function lossOf(z: readonly number[], y: readonly number[], labels: number): number[] {
  const graph = new Graph("loss");
  const dims = [z.length / labels, labels];
  const logits = graph.input("z", { dtype: "float32", shape: dims });
  const targets = graph.input("y", { dtype: "float32", shape: dims });
  const loss = binaryCrossEntropy(new Builder(graph), logits, targets);
  graph.outputs.push(loss);
  const out = interpret(graph, {
    z: float32(dims, Float32Array.from(z)),
    y: float32(dims, Float32Array.from(y)),
  });
  return Array.from(out.get(loss)!.data as ArrayLike<number>);
}

test("is log 2 when every score is 0, whatever the labels", () => {
  for (const loss of lossOf([0, 0, 0, 0], [1, 0, 1, 1], 2)) expect(loss).toBeCloseTo(Math.log(2), 6);
});

test("is the mean over the labels of −log σ(z) where it is there and −log(1 − σ(z)) where not", () => {
  const log = (p: number) => -Math.log(p);
  const s = (z: number) => 1 / (1 + Math.exp(-z));
  const [one, two] = lossOf([1, -2, 3, 0.5], [1, 0, 0, 1], 2);
  expect(one).toBeCloseTo((log(s(1)) + log(1 - s(-2))) / 2, 6);
  expect(two).toBeCloseTo((log(1 - s(3)) + log(s(0.5))) / 2, 6);
});

test("stays finite far out", () => {
  expect(lossOf([100, -100], [1, 0], 2)[0]).toBeCloseTo(0, 6);
  expect(lossOf([100, -100], [0, 1], 2)[0]).toBeCloseTo(100, 4);
});
