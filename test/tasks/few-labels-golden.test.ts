// The loss of SetFit, and mixup on features: loss and three steps of AdamW against PyTorch. A step of SGD checks the size of
// the gradients (scripts/golden/make-few-labels.py).
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { headValues } from "../../src/bases/heads.js";
import { float32, int64, scalar, type Tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { setfitPlan } from "../../src/methods/setfit/setfit.js";
import { optimizers } from "../../src/optim/index.js";
import { interpret } from "../../src/testing/reference/index.js";
import { classification, type Objective } from "../../src/train/objectives/objective.js";
import { buildStep } from "../../src/train/step/step.js";

type Matrix = readonly (readonly number[])[];
type Numbers = Readonly<Record<string, readonly number[]>>;
interface Stepped {
  readonly loss: number;
  readonly gradients: Numbers;
  readonly after: Numbers;
}
const golden = JSON.parse(readFileSync(new URL("../golden/few-labels.json", import.meta.url), "utf8")) as {
  readonly rate: number;
  readonly decay: number;
  readonly start: { readonly w1: Matrix; readonly w2: Matrix; readonly x: Matrix; readonly y: number[] };
  readonly pairs: readonly Stepped[];
  readonly mixing: { readonly share: number; readonly order: readonly number[]; readonly live: number };
  readonly mixed: readonly Stepped[];
};
const { start, rate, decay } = golden;
const batch = start.y.length;
const classes = 3;
const matrix = (rows: Matrix): Tensor => float32([rows.length, rows[0]!.length], rows.flat());
const turned = (flat: readonly number[]) =>
  Array.from({ length: flat.length }, (_, i) => flat[(i % 5) * classes + Math.floor(i / 5)]!);

/** Returns the network tanh(x w1) with a head, whose weight is float32[C, D]. */
function network(): Graph {
  const net = new Graph();
  const g = new Builder(net);
  const x = net.input("x", { dtype: "float32", shape: ["batch", 4] });
  const features = g.tanh(g.matmul(x, g.weight("w1", matrix(start.w1))));
  const weight = g.weight(headValues.weight, float32([classes, 5], turned(start.w2.flat())));
  const bias = g.weight(headValues.bias, float32([classes], [0.1, -0.2, 0.3]));
  net.outputs.push(g.gemm(features, weight, bias, { transB: true }));
  return net;
}

const feed: Readonly<Record<string, Tensor>> = {
  "train.x": matrix(start.x),
  "train.labels": int64([batch], start.y),
  "train.weights": float32(
    [batch],
    start.y.map(() => 1),
  ),
};

/** Returns loss and state of each of three steps, in float64. */
function walked(
  objective: Objective<"train">,
  trains: readonly string[],
  optimizer: ReturnType<typeof optimizers.adamw>,
  feeds: Readonly<Record<string, Tensor>>,
) {
  const step = buildStep({
    model: network(),
    batch,
    trainable: trains.map((value) => ({ value, group: 0, decay: true })),
    objective,
    optimizer,
    batchNorm: "frozen",
  });
  let state = new Map(step.state.map((s) => [s.input, s.initial as Tensor]));
  return [1, 2, 3].map((n) => {
    const all: Record<string, Tensor> = {
      rates: float32([1], [rate]),
      momentum: scalar(0.9),
      step: scalar(n),
      ...feeds,
    };
    const given = Object.fromEntries(step.perStep.map((name) => [name, all[name]!]));
    const out = interpret(step.graph, { ...Object.fromEntries(state), ...given });
    state = new Map(step.state.map((s) => [s.input, out.get(s.output)! as Tensor]));
    return { loss: Number(out.get(step.scalars.find((s) => s.endsWith("loss"))!)!.data[0]), state };
  });
}

// Weights and feeds are rounded to float32 before the first step.
const near = (got: ArrayLike<number | bigint>, want: readonly number[]): void => {
  for (const [i, value] of want.entries()) expect(Math.abs(Number(got[i]) - value)).toBeLessThan(2e-6);
};

describe("pairs", () => {
  const plan = setfitPlan(network(), { examples: batch, batch });
  const objective = plan.objective as Objective<"train"> | undefined;

  test("loss and three steps of AdamW are PyTorch's", () => {
    const steps = walked(objective!, ["w1"], optimizers.adamw({ weightDecay: decay }), feed);
    for (const [i, { loss, state }] of steps.entries()) {
      near([loss], [golden.pairs[i]!.loss]);
      near(state.get("w1")!.data as Float32Array, golden.pairs[i]!.after.w1!);
    }
  });

  test("the gradient is PyTorch's", () => {
    const [first] = walked(objective!, ["w1"], optimizers.sgd(), feed);
    const moved = [...(first!.state.get("w1")!.data as Float32Array)].map(
      (value, i) => (start.w1.flat()[i]! - Number(value)) / rate,
    );
    // The weight is rounded to float32, and its change is divided by the learning rate.
    for (const [i, want] of golden.pairs[0]!.gradients.w1!.entries())
      expect(Math.abs(moved[i]! - want)).toBeLessThan(5e-6);
  });
});

describe("mixup on features", () => {
  const { share, order, live } = golden.mixing;
  const mixing = new Float32Array(batch * batch);
  const targets = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) {
    const other = order[i] ?? i;
    for (const [j, part] of [
      [i, share],
      [other, 1 - share],
    ] as const) {
      mixing[i * batch + j]! += part;
      targets[i * classes + start.y[j]!]! += part;
    }
  }
  const feeds = {
    ...feed,
    "train.mixing": float32([batch, batch], mixing),
    "train.targets": float32([batch, classes], targets),
    "train.weights": float32(
      [batch],
      start.y.map((_, i) => (i < live ? 1 : 0)),
    ),
  };
  const objective = classification({ soft: classes, mixed: batch });

  test("loss and three steps are those of PyTorch, which mixes features and not logits", () => {
    const names = ["w1", headValues.weight, headValues.bias];
    const steps = walked(objective, names, optimizers.adamw({ weightDecay: decay }), feeds);
    for (const [i, { loss, state }] of steps.entries()) {
      const { after } = golden.mixed[i]!;
      near([loss], [golden.mixed[i]!.loss]);
      near(state.get("w1")!.data as Float32Array, after.w1!);
      near(state.get(headValues.weight)!.data as Float32Array, turned(after.w2!));
      near(state.get(headValues.bias)!.data as Float32Array, after.b!);
    }
  });
});
