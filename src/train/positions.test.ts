// Steps of a model with one prediction per token, compared with PyTorch (scripts/golden/make-entities.py).
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, int64, scalar, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { optimizers } from "../optim/index.js";
import { interpret } from "../testing/reference/index.js";
import { classification } from "./objectives/objective.js";
import { buildStep } from "./step/step.js";

type Matrix = readonly (readonly number[])[];
const { steps } = JSON.parse(
  readFileSync(new URL("../../test/golden/entities.json", import.meta.url), "utf8"),
) as {
  readonly steps: {
    readonly start: {
      readonly x: readonly Matrix[];
      readonly w1: Matrix;
      readonly w2: Matrix;
      readonly labels: Matrix;
    };
    readonly rate: number;
    readonly after: readonly { readonly loss: number; readonly w1: Matrix; readonly w2: Matrix }[];
  };
};
const matrix = (rows: Matrix): Tensor => float32([rows.length, rows[0]!.length], rows.flat());

/** tanh(x w1) w2 of every token: float32[batch, length, 3] -> float32[batch · length, 3] */
function network(): Graph {
  const net = new Graph();
  const g = new Builder(net);
  const x = net.input("x", { dtype: "float32", shape: ["batch", 4, 3] });
  const rows = g.reshape(x, [-1, 3]);
  const hidden = g.tanh(g.matmul(rows, g.weight("w1", matrix(steps.start.w1))));
  net.outputs.push(g.matmul(hidden, g.weight("w2", matrix(steps.start.w2))));
  return net;
}

test("two steps over tokens, most of them without a label, are PyTorch's with ignore_index", () => {
  const step = buildStep({
    model: network(),
    batch: 3,
    trainable: ["w1", "w2"].map((value, group) => ({ value, group, decay: false })),
    objective: { ...classification(), positions: 4 },
    optimizer: optimizers.sgd(),
    batchNorm: "frozen",
  });
  const labels = steps.start.labels.flat();
  const feeds: Record<string, Tensor> = {
    "train.x": float32([3, 4, 3], steps.start.x.flat(2)),
    "train.labels": int64(
      [12],
      labels.map((label) => Math.max(0, label)),
    ),
    "train.weights": float32(
      [12],
      labels.map((label) => (label < 0 ? 0 : 1)),
    ),
    rates: float32([2], [steps.rate, steps.rate]),
    momentum: scalar(0),
    step: scalar(1),
  };
  let state = new Map<string, Tensor>(step.state.map((s) => [s.input, s.initial]));
  for (const { loss, w1, w2 } of steps.after) {
    const given = Object.fromEntries(step.perStep.map((name) => [name, feeds[name]!]));
    const out = interpret(step.graph, { ...Object.fromEntries(state), ...given });
    expect(out.get("loss")!.data[0]).toBeCloseTo(loss, 6);
    // Labels that count: only those of words.
    expect(out.get("count")!.data[0]).toBe(6);
    state = new Map(step.state.map((s) => [s.input, out.get(s.output)!]));
    for (const [name, expected] of Object.entries({ w1, w2 }))
      expected.flat().forEach((value, i) => {
        expect(state.get(name)!.data[i]).toBeCloseTo(value, 6);
      });
  }
});
