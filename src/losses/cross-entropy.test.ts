import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { float32, int64 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { classWeightsOf, softmaxCrossEntropy, weightedMean } from "./cross-entropy.js";

function lossOf(logits: number[][], labels: number[], smoothing = 0): number[] {
  const graph = new Graph();
  const g = new Builder(graph);
  const classes = logits[0]!.length;
  const z = graph.input("z", { dtype: "float32", shape: [logits.length, classes] });
  const y = graph.input("y", { dtype: "int64", shape: [logits.length] });
  const out = softmaxCrossEntropy(g, z, y, { smoothing });
  graph.outputs.push(out);
  const values = interpret(graph, {
    z: float32([logits.length, classes], logits.flat()),
    y: int64([labels.length], labels),
  });
  return [...values.get(out)!.data];
}

test("is log K when the model is undecided", () => {
  expect(lossOf([[0, 0, 0]], [1])[0]).toBeCloseTo(Math.log(3), 12);
});

test("does not overflow for large scores", () => {
  // log(1 + e^-1000) = 0 in float64; the wrong class costs the difference of the logits.
  expect(lossOf([[1000, 0]], [0])[0]).toBeCloseTo(0, 12);
  expect(lossOf([[1000, 0]], [1])[0]).toBeCloseTo(1000, 9);
});

test("with smoothing, mixes in the mean over the classes", () => {
  // Two classes, z = [a, 0]: -log p0 = log(1 + e^-a), -log p1 = a + log(1 + e^-a).
  const a = 2;
  const p0 = Math.log(1 + Math.exp(-a));
  const p1 = a + p0;
  // ε = 0.2 is exact only to float32 in the graph's constants: seven digits.
  expect(lossOf([[a, 0]], [0], 0.2)[0]).toBeCloseTo(0.9 * p0 + 0.1 * p1, 6);
});

test("refuses a smoothing of 1", () => {
  expect(() => lossOf([[0, 0]], [0], 1)).toThrow("label smoothing is 1");
});

test("the weighted mean ignores rows of weight 0 and does not divide by zero", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [3] });
  const w = graph.input("w", { dtype: "float32", shape: [3] });
  const mean = weightedMean(g, x, w);
  graph.outputs.push(mean);
  const at = (weights: number[]) =>
    interpret(graph, { x: float32([3], [1, 3, 100]), w: float32([3], weights) }).get(mean)!.data[0];
  expect(at([1, 1, 0])).toBe(2);
  expect(at([0, 0, 0])).toBe(0);
});

interface Known {
  readonly z: readonly number[];
  readonly labels: readonly number[];
  readonly smoothing: number;
  readonly weights: readonly number[] | null;
  readonly gamma: number;
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}
// From PyTorch, scripts/golden/make-training.py.
const { losses } = JSON.parse(
  readFileSync(new URL("../../test/golden/training.json", import.meta.url), "utf8"),
) as { losses: readonly Known[] };

test.each(losses)("with ε = $smoothing, class weights $weights, γ = $gamma, is PyTorch's", (known) => {
  const graph = new Graph();
  const g = new Builder(graph);
  const n = known.labels.length;
  const z = graph.input("z", { dtype: "float32", shape: [n, 3] });
  const y = graph.input("y", { dtype: "int64", shape: [n] });
  const w = graph.input("w", { dtype: "float32", shape: [n] });
  const classWeights = known.weights ?? undefined;
  const each = softmaxCrossEntropy(g, z, y, {
    smoothing: known.smoothing,
    focal: known.gamma,
    ...(classWeights && { classWeights }),
  });
  const mean = weightedMean(g, each, w, classWeights && classWeightsOf(g, y, classWeights));
  const gradient = differentiate(graph, mean, [z]).get(z)!;
  graph.outputs.push(mean, gradient);
  const out = interpret(graph, {
    z: float32([n, 3], known.z),
    y: int64([n], known.labels),
    w: float32([n], new Float32Array(n).fill(1)),
  });
  // float32 constants: seven digits.
  expect(out.get(mean)!.data[0]).toBeCloseTo(known.value, 6);
  for (const [i, d] of known.gradients[0]!.entries()) expect(out.get(gradient)!.data[i]).toBeCloseTo(d, 6);
});

test("the focal loss of a certain right answer is 0, its gradient too", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const z = graph.input("z", { dtype: "float32", shape: [1, 2] });
  const y = graph.input("y", { dtype: "int64", shape: [1] });
  const loss = g.reduceSum(softmaxCrossEntropy(g, z, y, { focal: 2 }));
  const gradient = differentiate(graph, loss, [z]).get(z)!;
  graph.outputs.push(loss, gradient);
  const out = interpret(graph, { z: float32([1, 2], [1000, 0]), y: int64([1], [0]) });
  expect([...out.get(gradient)!.data].map(Math.abs)).toEqual([0, 0]);
  expect(Math.abs(out.get(loss)!.data[0] as number)).toBe(0);
});

test("refuses class weights and exponents that cannot be", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const z = graph.input("z", { dtype: "float32", shape: [1, 2] });
  const y = graph.input("y", { dtype: "int64", shape: [1] });
  expect(() => softmaxCrossEntropy(g, z, y, { classWeights: [1, 0] })).toThrow(
    "the class weights are 1, 0, for 2 classes",
  );
  expect(() => softmaxCrossEntropy(g, z, y, { classWeights: [1] })).toThrow(
    expect.objectContaining({ details: { weights: [1], classes: 2 } }),
  );
  expect(() => softmaxCrossEntropy(g, z, y, { focal: 0.5 })).toThrow("the focal loss's exponent is 0.5");
});

test("of shares of classes, is the same mix of the losses of each class", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const z = graph.input("z", { dtype: "float32", shape: [1, 3] });
  const q = graph.input("q", { dtype: "float32", shape: [1, 3] });
  const y = graph.input("y", { dtype: "int64", shape: [3] });
  const options = { smoothing: 0.1, classWeights: [1, 2, 0.5], focal: 2 };
  const mixed = softmaxCrossEntropy(g, z, q, options);
  const each = softmaxCrossEntropy(g, g.concat([z, z, z], 0), y, options);
  const share = classWeightsOf(g, q, options.classWeights);
  graph.outputs.push(mixed, each, share);
  const values = interpret(graph, {
    z: float32([1, 3], [0.4, -1.2, 2]),
    q: float32([1, 3], [0.75, 0, 0.25]),
    y: int64([3], [0, 1, 2]),
  });
  const [a, , c] = values.get(each)!.data as Float64Array;
  expect(values.get(mixed)!.data[0]).toBeCloseTo(0.75 * a! + 0.25 * c!, 6);
  expect(values.get(share)!.data[0]).toBeCloseTo(0.75 * 1 + 0.25 * 0.5, 9);
});
