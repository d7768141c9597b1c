/** LSTM, GRU and RNN in training: one operator if no gradient passes, else expanded to steps. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { requireGradients } from "../../src/autodiff/require-gradients.js";
import { countMacs } from "../../src/bases/macs.js";
import { toNumbers } from "../../src/core/tensor.js";
import {
  Builder,
  bindDims,
  fromOnnx,
  type Graph,
  parametersOf,
  toOnnx,
  unrollRecurrent,
} from "../../src/graph/index.js";
import { loopModel } from "../../src/graph/to-onnx-loop.js";
import { attribute as a } from "../../src/onnx/index.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { slotName } from "../../src/train/step/state-names.js";
import { GoldenFamily } from "../support/families/golden.js";
import { asked, feedsOf, stepOf } from "../support/families/training.js";
import { bytesOf, normals, type OneNode } from "../support/one-node.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const whole = (graph: Graph): string[] => graph.nodes.filter((n) => n.kind === "opaque").map((n) => n.op);

test.each([
  ["lstm", "LSTM", /^lstm.*_l1/, 8],
  ["gru", "GRU", /^gru.*_l1/, 8],
  ["rnn", "RNN", /^two/, 8],
] as const)(
  "%s: of two layers the frozen one stays whole, and the other trains as in PyTorch",
  async (name, op, second, names) => {
    const golden = new GoldenFamily(name);
    const { graph } = golden.import();
    expect(whole(graph)).toEqual([op, op]);
    // What comes behind the first layer: its depth is that of its node.
    const first = graph.nodes.findIndex((n) => n.op === op);
    const trainable = parametersOf(graph)
      .filter((p) => p.depth > first && p.kind !== "statistic")
      .map((p) => p.value);
    // Of both directions: two weights and two biases; and the classifier's two.
    expect(trainable.filter((v) => second.test(v)).length).toBe(names);
    expect(trainable.filter((v) => !second.test(v)).length).toBe(2);
    const step = stepOf(golden, graph, "frozen", "sgd", trainable);
    expect(whole(step.graph)).toEqual([op]);
    const session = await runtime.training(loopModel(step.graph, { ...step, steps: "steps" }), {
      state: new Map(step.state.map((s) => [s.input, s.initial])),
    });
    await session.steps(asked(session, feedsOf(golden, "sgd", 0)), 1);
    const state = await session.readState();
    await session.dispose();
    for (const p of trainable) {
      const { error, size } = golden.compare(
        `frozen/gradient/${p}`,
        toNumbers(state.get(slotName(p, "momentum"))!),
      );
      expect(error, p).toBeLessThanOrEqual(1e-4 * size);
    }
  },
);

const long: OneNode = {
  op: "LSTM",
  inputs: { x: normals("x", 128, 2, 3), w: normals("w", 1, 16, 3), r: normals("r", 1, 16, 4) },
  fed: { x: [128, 2, 3] },
  outputs: ["y"],
  attributes: [a.int("hidden_size", 4)],
};

test("a frozen LSTM is written as it came, and its sizes are known", () => {
  const { graph, notes } = fromOnnx(bytesOf(long));
  expect(graph.nodes.map((n) => n.op)).toEqual(["LSTM"]);
  expect(graph.typeOf("y")).toEqual({ dtype: "float32", shape: [128, 1, 2, 4] });
  expect(notes.filter((n) => n.includes("as it came"))).toEqual([]);
  expect(fromOnnx(toOnnx(graph)).graph.nodes).toEqual(graph.nodes);
  expect(parametersOf(graph).map(({ value, kind }) => [value, kind])).toEqual([
    ["w", "weight"],
    ["r", "weight"],
  ]);
});

test("the batch of a whole LSTM may be a name, bound later", () => {
  const { graph } = fromOnnx(bytesOf({ ...long, fed: { x: [128, "batch", 3] } }));
  expect(graph.typeOf("y").shape).toEqual([128, 1, "batch", 4]);
  expect(bindDims(graph, { batch: 5 }).typeOf("y").shape).toEqual([128, 1, 5, 4]);
});

test("only what depends on a value is unrolled", () => {
  const { graph } = fromOnnx(bytesOf(long));
  expect(unrollRecurrent(graph, ["elsewhere"])).toBe(graph);
  const steps = unrollRecurrent(graph, ["w"]);
  expect(whole(steps)).toEqual([]);
  expect(steps.nodes.filter((n) => n.op === "Tanh").length).toBe(2 * 128);
});

test("a gradient through a whole LSTM is refused with what to do", () => {
  const { graph } = fromOnnx(bytesOf(long));
  const g = new Builder(graph);
  const loss = g.reduceMean("y");
  expect(() => differentiate(graph, loss, ["w"])).toThrow(
    "LSTM has no gradient: it is not unrolled; use unrollRecurrent() or fromOnnx(…, { unroll: true })",
  );
});

test("of unknown length it is unrolled once that is known, and says until then what is missing", () => {
  const { graph, notes } = fromOnnx(bytesOf({ ...long, fed: { x: ["length", "batch", 3] } }));
  expect(notes.join()).toContain("its sequence length is not known");
  expect(graph.typeOf("y").shape).toEqual(["length", 1, "batch", 4]);
  expect(() => requireGradients(graph, "y", ["w", "r"])).not.toThrow();
  expect(() => requireGradients(unrollRecurrent(graph, ["w"]), "y", ["w"])).toThrow(
    "LSTM has no gradient: its sequence length is not known",
  );
  const steps = unrollRecurrent(bindDims(graph, { length: 7 }), ["w"]);
  expect(whole(steps)).toEqual([]);
  expect(steps.nodes.filter((n) => n.op === "Tanh").length).toBe(2 * 7);
  expect(steps.typeOf("y").shape).toEqual([7, 1, "batch", 4]);
});

test("its weights can train, and its work is counted", () => {
  const { graph } = fromOnnx(bytesOf({ ...long, fed: { x: [128, "batch", 3] } }));
  expect(() => requireGradients(graph, "y", ["w", "r"])).not.toThrow();
  // Of one sequence; the first axis of the input is taken for the batch.
  expect(countMacs(graph).total).toBe(128 * (16 * 3 + 16 * 4));
});
