import { expect, test } from "vitest";
import { float32, type Tensor } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import { startState } from "./start-state.js";
import { averageName } from "./step/state-names.js";
import type { Step } from "./step/step.js";

/** A model of two weights, of which the step trains only `head`. */
function network(ema?: number) {
  const model = new Graph("model");
  model.initializers.set("head", float32([2], [0, 0]));
  model.initializers.set("frozen", float32([2], [1, Number.NaN]));
  const state = (ema === undefined ? ["head"] : ["head", averageName("head")]).map((input) => ({ input }));
  const step = { state } as unknown as Step;
  const options = {
    model,
    trainable: [{ value: "head", group: 0, decay: true }],
    ...(ema !== undefined && { ema }),
  };
  return (start: Record<string, Tensor>) => startState(options, step, new Map(Object.entries(start)));
}

test("start values of trained weights become the state, and their averages start there", () => {
  const head = float32([2], [3, 4]);
  expect([...network()({ head })]).toEqual([["head", head]]);
  expect([...network(0.9)({ head }).values()]).toEqual([head, head]);
});

test("a start value that the model has already needs no training", () => {
  expect(network()({ frozen: float32([2], [1, Number.NaN]) }).size).toBe(0);
});

test.each([
  [float32([2], [1, 5]), "differs from the model's: at position 1, 5 instead of NaN"],
  [float32([2], [2, Number.NaN]), "differs from the model's: at position 0, 2 instead of 1"],
  [float32([1], [1]), "is float32[1], the model has float32[2]"],
])("another value of a weight that is not trained is refused", (frozen, problem) => {
  expect(() => network()({ head: float32([2], [3, 4]), frozen })).toThrow(
    `start value of "frozen", which is not trained, ${problem}`,
  );
});

test("a start value of a weight that the model lacks is refused", () => {
  expect(() => network()({ "haed/weight": float32([1], [1]) })).toThrow(
    'start value of "haed/weight", which is not trained, is not in the model',
  );
});
