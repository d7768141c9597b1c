import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../../autodiff/index.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import type { Before } from "../../train/objectives/objective.js";
import { shotObjective } from "./shot.js";

interface Case {
  readonly rows: number;
  readonly padding: number;
  readonly width: number;
  readonly classes: number;
  readonly features: readonly number[];
  readonly weight: readonly number[];
  readonly bias: readonly number[];
  readonly labels: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
}
// From PyTorch, scripts/golden/make-shot.py. Its pseudo labels are tested beside label shift.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/shot.json", import.meta.url), "utf8"),
) as readonly Case[];

const numbersOf = (t: Tensor | undefined): number[] => [...(t!.data as Float32Array)];

test.each(golden)("SHOT's loss of $rows rows and $padding fillers is PyTorch's, gradients too", (known) => {
  const { rows, padding, width } = known;
  const n = rows + padding;
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [n, width] });
  const labels = graph.input("labels", { dtype: "int64", shape: [n] });
  const weights = graph.input("weights", { dtype: "float32", shape: [n] });
  const head = { weight: Float32Array.from(known.weight), bias: Float32Array.from(known.bias) };
  const model = () => ({ logits: x, all: [x], at: () => x });
  const { terms } = shotObjective(head).terms(g, model, { train: { x, labels, weights } }, {} as Before);
  const loss = Object.values(terms)
    .map(({ value, weight }) => g.mul(value, g.number(weight)))
    .reduce((a, b) => g.add(a, b));
  const gradient = differentiate(graph, loss, [x]).get(x)!;
  graph.outputs.push(loss, gradient);
  const out = interpret(graph, {
    x: float32([n, width], known.features),
    labels: { dtype: "int64", dims: [n], data: BigInt64Array.from(known.labels, BigInt) },
    weights: float32(
      [n],
      known.labels.map((_, i) => (i < rows ? 1 : 0)),
    ),
  });
  expect(numbersOf(out.get(loss))[0]).toBeCloseTo(known.value, 5);
  numbersOf(out.get(gradient)).forEach((own, k) => {
    expect(own, `x[${k}]`).toBeCloseTo(known.gradient[k]!, 5);
  });
});
