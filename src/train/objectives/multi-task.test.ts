// Three heads on one layer with missing labels, compared with PyTorch: scripts/golden/make-distillation.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, int64, type Tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { sgd } from "../../optim/index.js";
import { interpret } from "../../testing/reference/index.js";
import { buildStep } from "../step/step.js";
import { type MultiTaskOptions, multiTask, type Weighting } from "./multi-task.js";

interface Known {
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}
const { tasks } = JSON.parse(
  readFileSync(new URL("../../../test/golden/distillation.json", import.meta.url), "utf8"),
) as {
  tasks: {
    x: number[];
    labels: number[][];
    sizes: number[];
    w: number[];
    heads: number[][];
    s: number[];
    losses: number[];
    fixed: Known;
    uncertainty: Known;
    pcgrad: { order: number[][]; shared: number[] }[];
  };
};
const [rows, wide, hidden, all] = [7, 5, 6, 9];

/** One step of gradient descent at rate 1: the change of a weight is its negative gradient. */
function step(
  weighting: Weighting,
  options: Partial<MultiTaskOptions> = {},
  order: number[][] = [],
  labels = tasks.labels,
) {
  const model = new Graph("three heads");
  const g = new Builder(model);
  const x = model.input("x", { dtype: "float32", shape: ["batch", wide] });
  const w = model.initializer("w", float32([wide, hidden], tasks.w));
  const heads = model.initializer("heads", float32([all, hidden], tasks.heads.flat()));
  const s = model.initializer("s", float32([3], tasks.s));
  model.outputs.push(g.gemm(g.tanh(g.matmul(x, w)), heads, "", { transB: true }));
  const trained = weighting === "uncertainty" ? [w, heads, s] : [w, heads];
  const built = buildStep({
    model,
    batch: rows,
    trainable: trained.map((value) => ({ value, group: 0, decay: false })),
    objective: multiTask({
      tasks: tasks.sizes.map((classes, t) => ({ name: `${t}`, classes })),
      weighting,
      ...(weighting === "uncertainty" && { uncertainties: s }),
      own: [heads],
      ...options,
    }),
    optimizer: sgd(),
    batchNorm: "frozen",
  });
  const byRow = (of: (label: number) => number): number[] =>
    Array.from({ length: rows }, (_, i) => labels.map((its) => of(its[i]!))).flat();
  const feeds: Record<string, Tensor> = {
    "train.x": float32([rows, wide], tasks.x),
    "train.labels": int64([rows], new Array(rows).fill(0)),
    "train.weights": float32([rows], new Array(rows).fill(1)),
    "train.targets": float32(
      [rows, 3],
      byRow((y) => Math.max(0, y)),
    ),
    "train.known": float32(
      [rows, 3],
      byRow((y) => (y < 0 ? 0 : 1)),
    ),
    ...(order.length > 0 && { "train.order": float32([3, 2], order.flat()) }),
    rates: float32([1], [1]),
    momentum: float32([], [0]),
    step: float32([], [1]),
    ...Object.fromEntries(built.state.map(({ input, initial }) => [input, initial])),
  };
  const wanted = Object.fromEntries(built.graph.inputs.map((name) => [name, feeds[name]!]));
  const out = interpret(built.graph, wanted);
  const gradient = (value: string): number[] => {
    const { output, initial } = built.state.find(({ input }) => input === value)!;
    const after = out.get(output)!.data as Float64Array;
    return Array.from(after, (a, i) => Number(initial.data[i]) - a);
  };
  return { loss: Number(out.get("loss")!.data[0]), gradient, scalars: built.scalars, out };
}

function close(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, e] of expected.entries()) expect(found[i]).toBeCloseTo(e, 5);
}

test("fixed weights: the sum of the tasks' own means, missing labels left out, is PyTorch's", () => {
  const weights = [1, 0.5, 2];
  const { loss, gradient, out } = step("fixed", {
    tasks: tasks.sizes.map((classes, t) => ({ name: `${t}`, classes, weight: weights[t]! })),
  });
  const [shared, ...heads] = tasks.fixed.gradients;
  expect(loss).toBeCloseTo(tasks.fixed.value, 5);
  close(gradient("w"), shared!);
  close(gradient("heads"), heads.flat());
  for (const [t, known] of tasks.losses.entries())
    expect(Number(out.get(`term/task/${t}`)!.data[0])).toBeCloseTo(known, 5);
});

test("uncertainty: loss, weights' and uncertainties' gradients are PyTorch's", () => {
  const { loss, gradient } = step("uncertainty");
  const [shared, a, b, c, s] = tasks.uncertainty.gradients;
  expect(loss).toBeCloseTo(tasks.uncertainty.value, 5);
  close(gradient("w"), shared!);
  close(gradient("heads"), [...a!, ...b!, ...c!]);
  close(gradient("s"), s!);
});

test("a task without an example in the batch pulls at nothing, not even at its uncertainty", () => {
  const none = tasks.labels.map((its, t) => (t === 1 ? its.map(() => -1) : its));
  const { gradient } = step("uncertainty", {}, [], none);
  expect(gradient("s")[1]).toBe(0);
  // Rows 3 and 4 of the joined head belong to the second task.
  expect(
    gradient("heads")
      .slice(3 * hidden, 5 * hidden)
      .map(Math.abs),
  ).toEqual(new Array(2 * hidden).fill(0));
});

test.each(tasks.pcgrad)(
  "pcgrad: shared gradients in the order $order are PyTorch's, heads as they are",
  ({ order, shared }) => {
    const { gradient } = step("pcgrad", {}, order);
    close(gradient("w"), shared);
    close(gradient("heads"), step("fixed").gradient("heads"));
  },
);
