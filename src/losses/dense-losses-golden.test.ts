// Losses of boxes and masks, compared with PyTorch: scripts/golden/make-dense-losses.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { interpret } from "../testing/reference/index.js";
import { generalizedIou } from "./generalized-iou.js";
import { qualityFocal } from "./quality-focal.js";
import { softDice } from "./soft-dice.js";

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/dense-losses.json", import.meta.url), "utf8"),
) as {
  qualityFocal: { z: number[]; q: number[]; loss: number[]; gradient: number[] };
  generalizedIou: {
    predicted: number[][];
    truth: number[][];
    iou: number[];
    giou: number[];
    smooth: number[];
    gradient: number[];
  };
};

/** Returns values of a graph, and the gradient of the sum of the first for the first input. */
function run(
  inputs: readonly { readonly dims: readonly number[]; readonly data: readonly number[] }[],
  build: (g: Builder, ...values: Value[]) => readonly Value[],
): number[][] {
  const graph = new Graph();
  const g = new Builder(graph);
  const names = inputs.map(({ dims }, i) => graph.input(`in${i}`, { dtype: "float32", shape: dims }));
  const made = build(g, ...names);
  const gradient = differentiate(graph, g.reduceSum(made[0]!), [names[0]!]).get(names[0]!)!;
  graph.outputs.push(...made, gradient);
  const out = interpret(
    graph,
    Object.fromEntries(inputs.map(({ dims, data }, i) => [`in${i}`, float32(dims, data)])),
  );
  return [...made, gradient].map((value) => Array.from(out.get(value)!.data as Float64Array));
}

/** The interpreter counts in float64, from inputs in float32: six digits. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
}

test("the quality focal loss and its gradient are PyTorch's", () => {
  const { z, q, loss, gradient } = golden.qualityFocal;
  const [found, slope] = run(
    [
      { dims: [3, 5], data: z },
      { dims: [3, 5], data: q },
    ],
    (g, logits, quality) => [qualityFocal(g, logits!, quality!)],
  );
  expectClose(found!, loss);
  expectClose(slope!, gradient);
});

test("IoU, generalized IoU and its gradient are PyTorch's, also for boxes that do not touch", () => {
  const { predicted, truth, iou, giou, smooth, gradient } = golden.generalizedIou;
  const boxes = (rows: readonly number[][]) => ({ dims: [rows.length, 4], data: rows.flat() });
  const overlaps = (rows: readonly number[]) =>
    run([boxes(rows.map((i) => predicted[i]!)), boxes(rows.map((i) => truth[i]!))], (g, a, b) => {
      const both = generalizedIou(g, a!, b!);
      return [both.giou, both.iou];
    });
  const [found, plain] = overlaps(predicted.map((_, i) => i));
  expectClose(found!, giou);
  expectClose(plain!, iou);
  expectClose(overlaps(smooth)[2]!, gradient);
});

/** Dice of one row of places with two classes, of which the second counts. */
const diceOf = (p: readonly number[], t: readonly number[], v: readonly number[], from = 1): number => {
  const two = (x: readonly number[]) => [...x.map((one) => 1 - one), ...x];
  const [loss] = run(
    [
      { dims: [1, 2, 1, p.length], data: two(p) },
      { dims: [1, 2, 1, p.length], data: two(t) },
      { dims: [1, 1, 1, p.length], data: v },
    ],
    (g, p, shares, counted) => [softDice(g, p!, { shares: shares!, counted: counted! }, from)],
  );
  return loss![0]!;
};

test("the Dice loss is 0 for a right mask, and 1 − 1 / (n + 1) for n false pixels beside n − 1 missed ones", () => {
  expect(diceOf([1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1])).toBeCloseTo(0, 6);
  // I = 0, S = 2 + 1 places, and 1 on both sides.
  expect(diceOf([0, 0, 1, 1], [1, 0, 0, 0], [1, 1, 1, 1])).toBeCloseTo(1 - 1 / 4, 6);
});

test("the Dice loss leaves out places that do not count, and classes that do not occur", () => {
  expect(diceOf([1, 0, 1], [1, 0, 0], [1, 1, 0])).toBeCloseTo(0, 6);
  expect(diceOf([0.9, 0.8], [0, 0], [1, 1])).toBe(0);
  // Of two classes only the background occurs: 1 − (2 · 1.5 + 1) / (1.5 + 2 + 1).
  expect(diceOf([0.5, 0], [0, 0], [1, 1], 0)).toBeCloseTo(1 - 4 / 4.5, 6);
});
