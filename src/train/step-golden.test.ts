// Steps compared with PyTorch (scripts/golden/make-loop.py), and accumulated gradients with those of one large batch.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, int64, scalar, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { optimizers } from "../optim/index.js";
import { interpret } from "../testing/reference/index.js";
import { type ClassificationOptions, classification } from "./objectives/objective.js";
import { buildStep, type Step, type StepOptions } from "./step/step.js";

type Matrix = readonly (readonly number[])[];
const { sam } = JSON.parse(readFileSync(new URL("../../test/golden/loop.json", import.meta.url), "utf8")) as {
  readonly sam: {
    readonly start: { readonly w1: Matrix; readonly w2: Matrix; readonly x: Matrix; readonly y: number[] };
    readonly rho: number;
    readonly rate: number;
    readonly momentum: number;
    readonly after: readonly { readonly w1: Matrix; readonly w2: Matrix }[];
  };
};
const matrix = (rows: Matrix): Tensor => float32([rows.length, rows[0]!.length], rows.flat());

/** tanh(x w1) w2 */
function network(): Graph {
  const net = new Graph();
  const g = new Builder(net);
  const x = net.input("x", { dtype: "float32", shape: ["batch", 4] });
  const w1 = g.weight("w1", matrix(sam.start.w1));
  net.outputs.push(g.matmul(g.tanh(g.matmul(x, w1)), g.weight("w2", matrix(sam.start.w2))));
  return net;
}

function stepOf(batch: number, more: Partial<StepOptions<string>>, loss: ClassificationOptions = {}): Step {
  return buildStep({
    model: network(),
    batch,
    trainable: ["w1", "w2"].map((value, group) => ({ value, group, decay: false })),
    objective: classification(loss),
    optimizer: optimizers.sgd(),
    batchNorm: "frozen",
    ...more,
  });
}

/** Runs steps one after the other with the feeds of each. */
function walked(step: Step, feeds: readonly Readonly<Record<string, Tensor>>[]): Map<string, Tensor>[] {
  let state = new Map<string, Tensor>(step.state.map((s) => [s.input, s.initial]));
  return feeds.map((feed) => {
    const all: Record<string, Tensor> = {
      rates: float32([2], [0.1, 0.1]),
      momentum: scalar(0.9),
      step: scalar(1),
      ...feed,
    };
    const given = Object.fromEntries(step.perStep.map((name) => [name, all[name]!]));
    const out = interpret(step.graph, { ...Object.fromEntries(state), ...given });
    state = new Map(step.state.map((s) => [s.input, out.get(s.output)!]));
    return state;
  });
}

/** Returns the examples at some positions; the remaining rows are padding. */
function batchOf(indices: readonly number[], size: number): Record<string, Tensor> {
  const all = Array.from({ length: size }, (_, i) => indices[i] ?? indices[0]!);
  return {
    "train.x": matrix(all.map((i) => sam.start.x[i]!)),
    "train.labels": int64(
      [size],
      all.map((i) => sam.start.y[i]!),
    ),
    "train.weights": float32(
      [size],
      all.map((_, i) => (i < indices.length ? 1 : 0)),
    ),
  };
}

test("three sharpness-aware steps are PyTorch's", () => {
  const step = stepOf(6, { sam: sam.rho });
  const feed = batchOf([0, 1, 2, 3, 4, 5], 6);
  walked(step, [feed, feed, feed]).forEach((state, i) => {
    for (const name of ["w1", "w2"] as const)
      for (const [k, value] of sam.after[i]![name].flat().entries())
        expect(state.get(name)!.data[k]).toBeCloseTo(value, 5);
  });
});

test("a group that waits is not moved uphill either", () => {
  const gated = { sam: sam.rho, gated: true };
  const feed = { ...batchOf([0, 1, 2, 3, 4, 5], 6), rates: float32([2], [0, 0.1]) };
  const alone = walked(
    buildStep({
      model: network(),
      batch: 6,
      trainable: [{ value: "w2", group: 1, decay: false }],
      objective: classification(),
      optimizer: optimizers.sgd(),
      batchNorm: "frozen",
      sam: sam.rho,
    }),
    [feed],
  )[0]!.get("w2")!.data;
  const both = walked(stepOf(6, gated), [feed])[0]!;
  expect([...both.get("w1")!.data]).toEqual([...matrix(sam.start.w1).data]);
  for (const [k, value] of [...both.get("w2")!.data].entries())
    expect(value).toBeCloseTo(Number(alone[k]), 6);
});

const losses: readonly (readonly [string, ClassificationOptions])[] = [
  ["plain cross-entropy", {}],
  ["class weights", { classWeights: [1, 3, 0.5] }],
];
test.each(losses)(
  "with %s, batches of 2, 2 and 1 that are accumulated are one of 5 up to rounding",
  (_, loss) => {
    for (const options of [{}, { clipNorm: 0.05 }, { optimizer: optimizers.adamw() }, { ema: 0.5 }]) {
      const large = stepOf(6, options, loss);
      const small = stepOf(2, { ...options, accumulates: true }, loss);
      const parts = [[0, 1], [2, 3], [4]].map((part, i) => ({
        ...batchOf(part, 2),
        applies: scalar(i === 2 ? 1 : 0),
      }));
      const one = walked(large, [batchOf([0, 1, 2, 3, 4], 6), batchOf([5, 0, 1, 2, 3], 6)]);
      const again = [[5, 0], [1, 2], [3]].map((part, i) => ({
        ...batchOf(part, 2),
        applies: scalar(i === 2 ? 1 : 0),
      }));
      const many = walked(small, [...parts, ...again]);
      for (const name of large.state.map((s) => s.input)) {
        // Nothing changes before the update ends.
        const initial = small.state.find((s) => s.input === name)!.initial.data as Float32Array;
        expect([...(many[1]!.get(name)!.data as Float32Array)]).toEqual([...initial]);
        for (const [i, k] of [2, 5].entries())
          for (const [at, value] of [...(one[i]!.get(name)!.data as Float32Array)].entries())
            expect(Math.abs(Number(many[k]!.get(name)!.data[at]) - value)).toBeLessThan(2e-6);
      }
    }
  },
);
