import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { interpret } from "../testing/reference/index.js";
import { featureMapDrift, weightDrift } from "./drift.js";

interface Known {
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
  readonly before: readonly number[];
}
// From PyTorch, scripts/golden/make-training.py.
const { drift } = JSON.parse(
  readFileSync(new URL("../../test/golden/training.json", import.meta.url), "utf8"),
) as { drift: { weights: Known & { w: number[] }; maps: Known & { now: number[] } } };

function computed(
  dims: readonly number[],
  now: readonly number[],
  before: readonly number[],
  loss: (g: Builder, now: Value, before: Value) => Value,
) {
  const graph = new Graph();
  const a = graph.input("a", { dtype: "float32", shape: dims });
  const b = graph.input("b", { dtype: "float32", shape: dims });
  const value = loss(new Builder(graph), a, b);
  const gradient = differentiate(graph, value, [a]).get(a)!;
  graph.outputs.push(value, gradient);
  const out = interpret(graph, { a: float32(dims, now), b: float32(dims, before) });
  return {
    value: out.get(value)!.data[0] as number,
    gradient: out.get(gradient)!.data as unknown as Float32Array,
  };
}

function equals({ value, gradient }: ReturnType<typeof computed>, known: Known): void {
  expect(value).toBeCloseTo(known.value, 5);
  for (const [i, expected] of known.gradients[0]!.entries()) expect(gradient[i]).toBeCloseTo(expected, 6);
}

test("of weights is half their squared distance, and pulls by the distance", () => {
  const { w, before } = drift.weights;
  equals(
    computed([3, 4], w, before, (g, a, b) => weightDrift(g, [{ now: a, before: b }])),
    drift.weights,
  );
});

test("of weights without a place to stay near is half their square", () => {
  const { value } = computed([2], [3, 4], [9, 9], (g, a) => weightDrift(g, [{ now: a }]));
  expect(value).toBe(12.5);
});

test("of feature maps is summed over channels and averaged over places", () => {
  const { now, before } = drift.maps;
  equals(
    computed([2, 3, 4, 5], now, before, (g, a, b) => g.reduceMean(featureMapDrift(g, a, b))),
    drift.maps,
  );
});

test("of tokens is averaged over tokens", () => {
  // Two tokens of two numbers, each off by 1: ½ · 4 / 2.
  const { value } = computed([1, 2, 2], [1, 1, 1, 1], [0, 0, 0, 0], (g, a, b) =>
    g.reduceSum(featureMapDrift(g, a, b)),
  );
  expect(value).toBe(1);
});
