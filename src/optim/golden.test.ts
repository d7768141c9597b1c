import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, scalar } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { optimizers } from "./optimizers.js";
import { schedules } from "./schedule.js";
import { applyChange, type Transform } from "./transform.js";

// From PyTorch, scripts/golden/make-training.py; Lion from its paper.
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/training.json", import.meta.url), "utf8"),
) as {
  readonly optimizers: {
    readonly start: number[];
    readonly gradients: number[][];
    readonly rates: number[];
    readonly after: Readonly<Record<string, number[][]>>;
  };
  readonly schedules: Readonly<Record<string, number[]>>;
};

/** The weights after each step. */
function trained(optimizer: Transform): number[][] {
  const { start, gradients, rates } = golden.optimizers;
  const graph = new Graph();
  const g = new Builder(graph);
  const shape = [start.length];
  const input = (name: string, dims: number[] = shape) =>
    graph.input(name, { dtype: "float32", shape: dims });
  const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, input(slot)]));
  const parameter = input("w");
  const done = optimizer.apply(g, {
    update: input("gradient"),
    parameter,
    slots,
    rate: input("rate", []),
    momentum: input("momentum", []),
    step: input("step", []),
    decay: true,
  });
  const next = applyChange(g, parameter, done);
  graph.outputs.push(next, ...Object.values(done.slots));
  let w = start;
  let memory = Object.fromEntries(optimizer.slots.map((slot) => [slot, start.map(() => 0)]));
  return gradients.map((gradient, i) => {
    const out = interpret(graph, {
      ...Object.fromEntries(Object.entries(memory).map(([slot, v]) => [slot, float32(shape, v)])),
      w: float32(shape, w),
      gradient: float32(shape, gradient),
      rate: scalar(rates[i]!),
      momentum: scalar(0.9),
      step: scalar(i + 1),
    });
    w = [...(out.get(next)!.data as unknown as Float32Array)];
    memory = Object.fromEntries(
      Object.entries(done.slots).map(([slot, v]) => [
        slot,
        [...(out.get(v)!.data as unknown as Float32Array)],
      ]),
    );
    return w;
  });
}

test.each([
  ["rmsprop", optimizers.rmsprop()],
  ["lion", optimizers.lion({ weightDecay: 0.1 })],
])("%s takes the same three steps as its reference", (name, optimizer) => {
  const steps = trained(optimizer);
  for (const [i, expected] of golden.optimizers.after[name]!.entries())
    for (const [k, value] of expected.entries()) expect(steps[i]![k]).toBeCloseTo(value, 6);
});

test.each([
  ["polynomial", schedules.polynomial({ power: 2 })],
  ["step", schedules.step({ at: [0.5, 0.8] })],
  // 10 + 20 + 40 steps.
  ["cosine-restarts", schedules["cosine-restarts"]({ cycles: 3, growth: 2 })],
])("%s gives PyTorch's rates", (name, schedule) => {
  const rates = golden.schedules[name]!;
  for (const [i, rate] of rates.entries()) expect(schedule(i / rates.length).rate).toBeCloseTo(rate, 10);
});
