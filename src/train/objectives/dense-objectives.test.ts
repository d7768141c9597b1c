// Objectives of boxes and masks, compared with PyTorch: scripts/golden/make-dense-losses.py.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { differentiate } from "../../autodiff/index.js";
import { float32 } from "../../core/tensor.js";
import { blockShares } from "../../data/dense/mask-targets.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import { detection } from "./detection-objective.js";
import type { Objective } from "./objective.js";
import { segmentation } from "./segmentation-objective.js";

interface DetectionCase {
  readonly name: string;
  readonly classes: number;
  readonly places: number;
  readonly weights: number[];
  readonly output: number[];
  readonly distances: number[];
  readonly assigned: number[];
  readonly counted: number[];
  readonly classification: number;
  readonly boxes: number;
  readonly gradient: number[];
}
interface SegmentationCase {
  readonly name: string;
  readonly dims: [number, number, number, number];
  readonly logits: number[];
  readonly labels: number[];
  readonly item_weights: number[];
  readonly class_weights?: number[];
  readonly classification: number;
  readonly dice: number;
  readonly gradient: number[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/dense-losses.json", import.meta.url), "utf8"),
) as {
  detection: DetectionCase[];
  segmentation: SegmentationCase[];
  shares: { logits: number[]; labels: number[]; class_weights: number[]; loss: number; gradient: number[] };
};

/** Returns the terms of an objective for given outputs of a model, and the gradient of the loss for them. */
function run(
  objective: Objective<"train">,
  output: { readonly dims: readonly number[]; readonly data: readonly number[] },
  weights: readonly number[],
  rows: Readonly<Record<string, ArrayLike<number>>>,
) {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: output.dims });
  const [batch] = output.dims as [number];
  const fed = Object.entries(objective.rows!).map(([name, dims]) => {
    graph.input(name, { dtype: "float32", shape: [batch, ...dims] });
    return [name, float32([batch, ...dims], Float32Array.from(rows[name]!))] as const;
  });
  const train = {
    ...{ x, labels: graph.input("labels", { dtype: "int64", shape: [batch] }) },
    weights: graph.input("weights", { dtype: "float32", shape: [batch] }),
    rows: Object.fromEntries(fed.map(([name]) => [name, name])),
  };
  const model = () => ({ logits: x, all: [x], at: (value: string) => value });
  const { terms, constants, mass } = objective.terms(g, model, { train }, undefined as never);
  const loss = Object.values(terms)
    .map(({ value, weight }) => g.mul(value, g.number(weight)))
    .reduce((a, b) => g.add(a, b));
  const gradient = differentiate(graph, loss, [x], { constants: constants ?? [] }).get(x)!;
  const wanted = [...Object.values(terms).map(({ value }) => value), gradient, mass!];
  graph.outputs.push(...wanted);
  const out = interpret(graph, {
    ...{ x: float32(output.dims, output.data), ...Object.fromEntries(fed) },
    weights: float32([batch], weights),
  });
  const [first, second, slopes, divisor] = wanted.map((value) =>
    Array.from(out.get(value)!.data as Float64Array),
  );
  return { terms: [first![0]!, second![0]!], gradient: slopes!, mass: divisor![0]! };
}

/** The interpreter counts in float64, from inputs in float32: six digits. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
}

describe("detection", () => {
  test.each(golden.detection)("terms and gradient are PyTorch's: $name", (known) => {
    const { classes, places, output, weights, assigned, distances, counted } = known;
    const found = run(
      detection({ classes, places }),
      { dims: [weights.length, places, classes + 4], data: output },
      weights,
      { assigned, distances, counted },
    );
    expectClose(found.terms, [known.classification, known.boxes]);
    expectClose(found.gradient, known.gradient);
  });
});

describe("segmentation", () => {
  test.each(golden.segmentation)("terms and gradient are PyTorch's: $name", (known) => {
    const { dims, logits, labels, item_weights, class_weights } = known;
    const [batch, classes, height, width] = dims;
    const plane = height * width;
    const targets = Array.from({ length: batch }, (_, i) => {
      const data = Uint8Array.from(labels.slice(i * plane, (i + 1) * plane));
      return blockShares({ width, height, data }, classes, 1);
    });
    const found = run(
      segmentation({ classes, height, width, ...(class_weights && { classWeights: class_weights }) }),
      { dims, data: logits },
      item_weights,
      {
        shares: targets.flatMap(({ shares }) => Array.from(shares)),
        labelled: targets.flatMap((one) => Array.from(one.weights)),
      },
    );
    expectClose(found.terms, [known.classification, known.dice]);
    expectClose(found.gradient, known.gradient);
  });

  test("the cross-entropy of shares in blocks is that of all their pixels", () => {
    const { logits, labels, class_weights, loss } = golden.shares;
    const targets = [0, 1].map((i) => {
      const data = Uint8Array.from(labels.slice(16 * i, 16 * (i + 1)));
      return blockShares({ width: 4, height: 4, data }, 3, 2);
    });
    const { terms } = run(
      segmentation({ classes: 3, height: 2, width: 2, classWeights: class_weights }),
      { dims: [2, 3, 2, 2], data: logits },
      [1, 1],
      {
        shares: targets.flatMap(({ shares }) => Array.from(shares)),
        labelled: targets.flatMap((one) => Array.from(one.weights)),
      },
    );
    expectClose([terms[0]!], [loss]);
  });

  test("a batch without a labelled pixel has no loss, and no gradient", () => {
    const found = run(
      segmentation({ classes: 2, height: 1, width: 2 }),
      { dims: [1, 2, 1, 2], data: [1, 2, 3, 4] },
      [1],
      { shares: [0, 0, 0, 0], labelled: [0, 0] },
    );
    const numbers = [...found.terms, ...found.gradient, found.mass];
    expect(numbers.map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test("class weights of another number are refused", () => {
    const wrong = () =>
      run(
        segmentation({ classes: 2, height: 1, width: 1, classWeights: [1] }),
        { dims: [1, 2, 1, 1], data: [0, 0] },
        [1],
        { shares: [1, 0], labelled: [1] },
      );
    expect(wrong).toThrow(expect.objectContaining({ details: { weights: [1], classes: 2 } }));
  });
});
