import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { smallestSingularValues } from "./spectral-shrinkage.js";

interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly k: number;
  readonly live?: number;
  readonly x: readonly number[];
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}
// From PyTorch, scripts/golden/make-training.py.
const { spectral } = JSON.parse(
  readFileSync(new URL("../../test/golden/training.json", import.meta.url), "utf8"),
) as { spectral: readonly Case[] };

function computed({ rows, columns, k, live = rows, x }: Omit<Case, "value" | "gradients">) {
  const graph = new Graph();
  const g = new Builder(graph);
  const f = graph.input("f", { dtype: "float32", shape: [rows, columns] });
  const w = graph.input("w", { dtype: "float32", shape: [rows] });
  const { value, constants } = smallestSingularValues(g, f, w, { k });
  const gradient = differentiate(graph, value, [f], { constants }).get(f)!;
  graph.outputs.push(value, gradient);
  const weights = Array.from({ length: rows }, (_, i) => (i < live ? 1 : 0));
  const out = interpret(graph, { f: float32([rows, columns], x), w: float32([rows], weights) });
  return {
    value: out.get(value)!.data[0] as number,
    gradient: [...(out.get(gradient)!.data as unknown as Float32Array)],
  };
}

test.each(spectral)("of $rows × $columns, k = $k, is what PyTorch's SVD gives, gradient too", (known) => {
  const { value, gradient } = computed(known);
  expect(value).toBeCloseTo(known.value, 6);
  for (const [i, expected] of known.gradients[0]!.entries()) expect(gradient[i]).toBeCloseTo(expected, 6);
});

test("is bounded where singular values meet: an orthonormal batch pulls on no direction more than once", () => {
  const { value, gradient } = computed({ rows: 2, columns: 3, k: 1, x: [1, 0, 0, 0, 1, 0] });
  expect(value).toBeCloseTo(1, 6);
  // 2 u uᵀ F with ‖u‖ = 1 and σ = 1: a gradient of norm 2.
  expect(Math.hypot(...gradient)).toBeCloseTo(2, 6);
});

test("of features that are all zero is 0, without NaN", () => {
  const { value, gradient } = computed({ rows: 2, columns: 3, k: 1, x: [0, 0, 0, 0, 0, 0] });
  expect(value).toBe(0);
  expect(gradient.every((v) => v === 0)).toBe(true);
});
