import { expect, test } from "vitest";
import { parametersOf } from "../../graph/surgery/index.js";
import { lenet, oneHiddenLayer } from "./lenet.js";

test("has the digit network's sizes at 28 × 28: 24, 12, 8, 4, so 48 · 16 numbers go into the hidden layer", () => {
  const { graph, features, width } = lenet(28);
  expect(width).toBe(128);
  expect(graph.typeOf(features)).toEqual({ dtype: "float32", shape: ["batch", 128] });
  const sizes = Object.fromEntries(parametersOf(graph).map((p) => [p.value, p.size]));
  expect(sizes).toEqual({
    "conv1/weight": 32 * 3 * 25,
    "conv1/bias": 32,
    "conv2/weight": 48 * 32 * 25,
    "conv2/bias": 48,
    "hidden/weight": 128 * 768,
    "hidden/bias": 128,
  });
});

test("takes pictures from 16 × 16 on", () => {
  // 16 → 12 → 6 → 2 → 1
  expect(lenet(16).graph.initializers.get("hidden/weight")!.dims).toEqual([128, 48]);
});

test("a hidden layer over rows", () => {
  const { graph, features } = oneHiddenLayer(5000, 100);
  expect(graph.typeOf(features).shape).toEqual(["batch", 100]);
});
