// What every strategy can be told: optimiser, schedule, and how the loss and the weights are treated. All of it comes
// back to the same bits after a stop.
import { afterAll, beforeAll, expect, test } from "vitest";
import { float32, scalar, type Tensor } from "../src/core/tensor.js";
import { Builder } from "../src/graph/builder.js";
import { Graph } from "../src/graph/graph.js";
import type { PlanRequest } from "../src/methods/plan.js";
import { checkSettings } from "../src/methods/registry.js";
import { optimizers, schedules } from "../src/optim/index.js";
import { interpret } from "../src/runtime/reference/index.js";
import { averageName } from "../src/train/state-names.js";
import { buildStep } from "../src/train/step.js";
import {
  closeTiny,
  data,
  everything,
  model,
  openTiny,
  planFor,
  run,
  stepsPerEpoch,
} from "./tiny-training.js";

beforeAll(openTiny);
afterAll(closeTiny);

const counts = [0, 1, 2].map((k) => data.y.filter((label) => label === k).length);
const classes = ["red", "green", "blue"].map((name, k) => ({ name, count: counts[k]! }));
const asked = (option: PlanRequest["option"], more: Partial<PlanRequest> = {}) =>
  planFor("finetune", { epochs: 2, classes, ...(option && { option }), ...more });

const optimizerNames = Object.keys(optimizers) as (keyof typeof optimizers)[];
const scheduleNames = Object.keys(schedules) as (keyof typeof schedules)[];

const ways: readonly (readonly [string, Partial<PlanRequest>])[] = [
  // Each schedule with one optimiser, each optimiser with one schedule at least.
  ...scheduleNames.map((schedule, i) => {
    const optimizer = optimizerNames[i % optimizerNames.length]!;
    return [`${optimizer}, ${schedule}`, { optimizer, schedule }] as const;
  }),
  ["an average of the weights", { option: { ema: 0.9 } }],
  ["a loss with everything", { option: { labelSmoothing: 0.1, classWeights: "balanced", focal: 2 } }],
  ["an average beside Lion", { optimizer: "lion", option: { ema: 0.99 } }],
];

test.each(ways)(
  "with %s a run moves every weight, and goes on after a stop to the same bits",
  async (_, request) => {
    const plan = asked(undefined, request);
    const whole = await run(plan);
    const stopped = await run(plan, stepsPerEpoch - 2);
    expect(stopped.state).toEqual(whole.state);
    expect(stopped.result.weights).toEqual(whole.result.weights);
    for (const name of everything()) {
      const now = whole.state.get(name)!.data as Float32Array;
      const before = model.initializers.get(name)!.data as Float32Array;
      expect(now.every(Number.isFinite)).toBe(true);
      expect(now.some((v, i) => v !== before[i])).toBe(true);
    }
  },
);

test("rates are AdamW's, translated for other optimisers, unless one is asked for", () => {
  const head = (more: Partial<PlanRequest>) => asked(undefined, more).groups.at(-1)!.rate;
  expect(head({})).toBe(1e-3);
  expect(head({ optimizer: "sgd" })).toBeCloseTo(1e-2, 12);
  expect(head({ optimizer: "lion" })).toBeCloseTo(1e-4, 12);
  expect(head({ optimizer: "sgd", rate: 0.5 })).toBe(0.5);
  // Rate times decay stays.
  expect(asked(undefined, { optimizer: "lion" }).optimizer.weightDecay).toBeCloseTo(0.1, 12);
  expect(asked(undefined, { optimizer: "sgd" }).words).toContain("SGD, one-cycle");
});

test("mixup and cutmix come into the plan with the number of classes, or say why not", () => {
  expect(asked({ mixup: 0.2 }).mix).toEqual({ mixup: 0.2, cutmix: 0, classes: 3 });
  expect(asked({ mixup: 0.2, cutmix: 1 }).words).toContain("mixup α 0.2, cutmix α 1");
  expect(asked(undefined).mix).toBeUndefined();
  expect(() => asked({ mixup: 0.2 }, { batch: 1 })).toThrow("need at least two pictures a step, not 1");
  expect(() => asked({ cutmix: 1 }, { classes: [] })).toThrow("and there are none");
  expect(() => asked({ mixup: -1 })).toThrow('option mixup of strategy "finetune" is -1');
});

test("the average of the weights is what is kept", async () => {
  const { state, result } = await run(asked({ ema: 0.5 }));
  expect(result.bestEpoch).toBe(2);
  for (const name of everything()) {
    expect(result.weights.get(name)).toEqual(state.get(averageName(name)));
    expect(result.weights.get(name)).not.toEqual(state.get(name));
  }
});

test("the average takes 1 - d of the new weights, more in the first steps", () => {
  const net = new Graph();
  const g = new Builder(net);
  const x = net.input("x", { dtype: "float32", shape: ["batch", 1] });
  const w = g.weight("w", float32([1, 2], [1, -1]));
  net.outputs.push(g.matmul(x, w));
  const step = buildStep({
    model: net,
    batch: 1,
    trainable: [{ value: w, group: 0, decay: false }],
    // The loss is the sum of both scores: a gradient of 1 each.
    objective: {
      needs: ["train"],
      terms: (b, apply, { train }) => {
        const logits = apply(train.x);
        return { terms: { sum: { value: b.reduceSum(logits.logits), weight: 1 } }, logits };
      },
    },
    optimizer: optimizers.sgd(),
    batchNorm: "frozen",
    ema: 0.5,
  });
  let state = new Map<string, Tensor>(step.state.map((s) => [s.input, s.initial]));
  let average = 1;
  let weight = 1;
  let momentum = 0;
  for (let t = 1; t <= 10; t++) {
    const out = interpret(step.graph, {
      ...Object.fromEntries(state),
      "train.x": float32([1, 1], [1]),
      "train.labels": { dtype: "int64", dims: [1], data: BigInt64Array.of(0n) },
      "train.weights": float32([1], [1]),
      rates: float32([1], [0.1]),
      momentum: scalar(0.9),
      step: scalar(t),
    });
    state = new Map(step.state.map((s) => [s.input, out.get(s.output)!]));
    momentum = 0.9 * momentum + 1;
    weight -= 0.1 * momentum;
    const d = Math.min(0.5, (1 + t) / (10 + t));
    average = d * average + (1 - d) * weight;
    expect(state.get("w")!.data[0]).toBeCloseTo(weight, 5);
    expect(state.get(averageName("w"))!.data[0]).toBeCloseTo(average, 5);
  }
});

test("training stops when patience is out", async () => {
  // A rate that only spoils: no epoch is better than the probe.
  const { result } = await run(asked({ patience: 2 }, { epochs: 9, rate: 1 }));
  expect(result.epochs.length).toBe(result.bestEpoch + 2);
  expect(result.epochs.length).toBeLessThan(9);
});

test("balanced weights make every class weigh the same", () => {
  const { loss } = asked({ classWeights: "balanced" });
  const share = loss!.classWeights!.map((w, k) => w * classes[k]!.count);
  for (const s of share) expect(s).toBeCloseTo(data.y.length / 3, 9);
});

test("class weights are given by name, the others stay at 1", () => {
  expect(asked({ classWeights: "blue:2,red:0.5" }).loss!.classWeights).toEqual([0.5, 1, 2]);
});

test("class weights for classes that are absent are refused, each named", () => {
  expect(() => asked({ classWeights: "pink:2,red:1,grey:3" })).toThrow(
    expect.objectContaining({
      message: 'there is no class "pink", "grey" to give a weight to',
      help: "the classes are red, green, blue",
    }),
  );
  const absent = [...classes.slice(0, 2), { name: "blue", count: 0 }];
  expect(() => asked({ classWeights: "balanced" }, { classes: absent })).toThrow(
    'class weights cannot be balanced: "blue" has no training example',
  );
});

test.each([
  [{ labelSmoothing: 1 }, 'option labelSmoothing of strategy "finetune" is 1'],
  [{ classWeights: "daisy" }, 'option classWeights of strategy "finetune" is "daisy"'],
  [{ classWeights: "daisy:-1" }, 'option classWeights of strategy "finetune" is "daisy:-1"'],
  [{ focal: 0.5 }, 'option focal of strategy "finetune" is 0.5'],
  [{ ema: "yes" }, 'option ema of strategy "finetune" is "yes"'],
  [{ last: 3 }, 'strategy "finetune" has no option last'],
])("%j is refused", (option, message) => {
  expect(() => checkSettings("finetune", option as never)).toThrow(message);
});

test("a probe has no loop to be told anything", () => {
  expect(() => checkSettings("probe", { ema: 0.9 })).toThrow('strategy "probe" has no option ema');
});
