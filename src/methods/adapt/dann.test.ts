import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../../autodiff/index.js";
import { float32, scalar } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import type { Before } from "../../train/objectives/objective.js";
import { dann } from "./dann.js";

interface Case {
  readonly n: number;
  readonly m: number;
  readonly width: number;
  readonly hidden: number;
  readonly factor: number;
  readonly source: readonly number[];
  readonly target: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}
// From PyTorch, scripts/golden/make-adaptation.py.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/adaptation.json", import.meta.url), "utf8"),
) as { dann: readonly Case[] };

// PyTorch's order: weight and bias of a layer, then scale and shift of its norm; the same here.
test.each(golden.dann)("the term of DANN with λ = $factor is PyTorch's, gradients too", (known) => {
  const { n, m, width, hidden } = known;
  const model = new Graph();
  const align = dann(model, { width, classes: 2, tradeOff: 1, seed: 0, option: { hidden } });
  const graph = new Graph();
  const g = new Builder(graph);
  const source = graph.input("source", { dtype: "float32", shape: [n, width] });
  const target = graph.input("target", { dtype: "float32", shape: [m, width] });
  const names = align.weights!.map(({ value }) =>
    graph.input(value, { dtype: "float32", shape: model.initializers.get(value)!.dims }),
  );
  graph.input("reversal", { dtype: "float32", shape: [] });
  const before = { number: (name: string) => name } as Before;
  const { terms, constants } = align.terms(g, { source, target }, before, { source, target });
  const value = terms.alignment!.value;
  const wanted = [source, target, ...names];
  const gradients = differentiate(graph, value, wanted, { constants: constants ?? [] });
  graph.outputs.push(value, ...wanted.map((w) => gradients.get(w)!));
  const feeds = {
    source: float32([n, width], known.source),
    target: float32([m, width], known.target),
    reversal: scalar(known.factor),
    ...Object.fromEntries(names.map((name, i) => [name, float32(graph.dims(name), known.weights[i]!)])),
  };
  const out = interpret(graph, feeds);
  const of = (v: string): number[] => [...(out.get(v)!.data as unknown as Float32Array)];
  expect(of(value)[0]).toBeCloseTo(known.value, 5);
  wanted.forEach((w, i) => {
    of(gradients.get(w)!).forEach((x, k) => {
      expect(x, `${w}[${k}]`).toBeCloseTo(known.gradients[i]![k]!, 4);
    });
  });
});

test("the discriminator is no part of the model that is exported: no node reads its weights", () => {
  const model = new Graph();
  const align = dann(model, { width: 4, classes: 2, tradeOff: 1, seed: 0, option: {} });
  expect(model.nodes).toEqual([]);
  // Four units per feature: 4 × 16, 16 × 16 and 16 × 1 weights, 33 biases, 32 scales and 32 shifts.
  const size = align.weights!.reduce((sum, w) => sum + w.size, 0);
  expect(size).toBe(4 * 16 + 16 * 16 + 16 + 33 + 64);
});
