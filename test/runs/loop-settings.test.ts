// What every strategy can be told: optimiser, schedule, and how the loss and the weights are treated. All of it comes
// back to the same bits after a stop.

import { afterAll, beforeAll, expect, test } from "vitest";
import { inEnglish } from "../../src/core/messages/message.js";
import { float32, scalar, type Tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { scratchPlan, scratchRates } from "../../src/methods/finetune/scratch.js";
import { fitOfPlan } from "../../src/methods/fit-plan.js";
import type { PlanRequest, TrainingPlan } from "../../src/methods/plan.js";
import { checkSettings } from "../../src/methods/registry.js";
import { optimizers, schedules } from "../../src/optim/index.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { interpret } from "../../src/testing/reference/index.js";
import { type FitOptions, prepareFit } from "../../src/train/fit.js";
import { averageName } from "../../src/train/step/state-names.js";
import { buildStep } from "../../src/train/step/step.js";
import { manualClock } from "../support/manual-clock.js";
import {
  closeTiny,
  data,
  everything,
  feeds,
  head,
  model,
  openTiny,
  planFor,
  rows,
  run,
  runtime,
  scored,
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

const lastKept = "the last epoch is kept";
const ways: readonly (readonly [string, Partial<PlanRequest>])[] = [
  // Each schedule with one optimiser, each optimiser with one schedule at least.
  ...scheduleNames.map((schedule, i) => {
    const optimizer = optimizerNames[i % optimizerNames.length]!;
    return [`${optimizer}, ${schedule}`, { optimizer, schedule }] as const;
  }),
  ["an average of the weights", { option: { ema: 0.9 } }],
  ["a loss with everything", { option: { labelSmoothing: 0.1, classWeights: "balanced", focal: 2 } }],
  ["an average beside Lion", { optimizer: "lion", option: { ema: 0.99 } }],
  // Six steps an epoch: the run is stopped within an update of four.
  ["accumulated gradients", { accumulate: 4 }],
  ["accumulated gradients and an average", { accumulate: 5, option: { ema: 0.9 }, optimizer: "sgd" }],
  ["sharpness-aware steps", { sam: 0.05 }],
  [
    "sharpness-aware steps, accumulated, with batch statistics",
    { sam: 0.05, accumulate: 2, batchNorm: "train" },
  ],
  [lastKept, { option: { keep: "last" } }],
  ["stochastic weight averaging", { epochs: 3, average: "swa", option: { swaFrom: 0.3 } }],
  ["a greedy soup", { epochs: 4, average: "soup" }],
  ["a soup with batch statistics", { epochs: 3, average: "soup", batchNorm: "train" }],
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

test("default learning rates are for AdamW and converted for other optimizers; a requested one is not", () => {
  const head = (more: Partial<PlanRequest>) => asked(undefined, more).groups.at(-1)!.rate;
  expect(head({})).toBe(1e-3);
  expect(head({ optimizer: "sgd" })).toBeCloseTo(1e-2, 12);
  expect(head({ optimizer: "lion" })).toBeCloseTo(1e-4, 12);
  expect(head({ optimizer: "sgd", rate: 0.5 })).toBe(0.5);
  // Rate times decay stays.
  expect(asked(undefined, { optimizer: "lion" }).optimizer.weightDecay).toBeCloseTo(0.1, 12);
  expect(inEnglish(asked(undefined, { optimizer: "sgd" }).recipe)).toContain("SGD, one-cycle schedule");
});

test("mixup and cutmix come into the plan with the number of classes, or say why not", () => {
  expect(asked({ mixup: 0.2 }).mix).toEqual({ mixup: 0.2, cutmix: 0, classes: 3 });
  expect(inEnglish(asked({ mixup: 0.2, cutmix: 1 }).recipe)).toContain("mixup α 0.2, cutmix α 1");
  expect(asked(undefined).mix).toBeUndefined();
  expect(() => asked({ mixup: 0.2 }, { batch: 1 })).toThrow(
    expect.objectContaining({ details: { batch: 1 } }),
  );
  expect(() => asked({ cutmix: 1 }, { classes: [] })).toThrow("and there are none");
  expect(() => asked({ mixup: -1 })).toThrow('option mixup of strategy "finetune" is -1');
});

test("the model has the averaged weights", async () => {
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

test("a greedy soup is never worse on validation than the best epoch", async () => {
  const { result } = await run(asked(undefined, { epochs: 4, average: "soup", rate: 0.02 }));
  const best = Math.max(...result.epochs.map((e) => e.validation.score));
  expect(result.best.score).toBeGreaterThanOrEqual(best);
});

test("training stops when patience is out", async () => {
  // A rate that only spoils: no epoch is better than the probe.
  const { result } = await run(asked({ patience: 2 }, { epochs: 9, rate: 1 }));
  expect(result.epochs.length).toBe(result.bestEpoch + 2);
  expect(result.epochs.length).toBeLessThan(9);
});

test("keep=last keeps the last epoch, even if it is worse than the first", async () => {
  const spoilt = { epochs: 9, rate: 1 };
  const best = await run(asked({ patience: 2 }, spoilt));
  expect(best.result.kept).toBeUndefined();
  const { state, result } = await run(asked({ patience: 2, keep: "last" }, spoilt));
  expect(result.kept).toBe("last");
  // Patience is by the best, as without it.
  expect(result.epochs.length).toBe(best.result.bestEpoch + 2);
  expect(result.bestEpoch).toBe(result.epochs.length);
  const { score, loss } = result.epochs.at(-1)!.validation;
  expect(result.best).toMatchObject({ score, loss });
  // A table marks no epoch as the best: another one is kept.
  const marks = async (settings: Parameters<typeof asked>[0]) =>
    (await run(asked(settings))).result.epochs.filter((epoch) => epoch.best).length;
  expect(await marks({})).toBeGreaterThan(0);
  expect(await marks({ keep: "last" })).toBe(0);
  for (const name of everything()) {
    expect(result.weights.get(name)).toEqual(state.get(name));
    expect(result.weights.get(name)).not.toEqual(best.result.weights.get(name));
  }
});

test("what joins epochs by validation does not go with keeping the last; the run from scratch keeps its best", () => {
  expect(inEnglish(asked({ keep: "last" }).recipe)).toContain(lastKept);
  for (const average of ["swa", "soup"] as const)
    expect(() => asked({ keep: "last" }, { average })).toThrow(
      expect.objectContaining({
        message: `the option keep=last and the average "${average}" exclude each other`,
        help: 'leave one of them out, or ask for the average "ema"',
      }),
    );
  expect(asked({ keep: "last" }, { average: "ema" }).keep).toBe("last");
  const request: PlanRequest = { examples: 44, option: { keep: "last" } };
  expect(scratchPlan(model, request).keep).toBeUndefined();
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
      details: { unknown: ["pink", "grey"], classes: ["red", "green", "blue"] },
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
  [{ keep: "first" }, 'option keep of strategy "finetune" is "first"'],
  [{ ema: "yes" }, 'option ema of strategy "finetune" is "yes"'],
  [{ last: 3 }, 'strategy "finetune" has no option last'],
])("%j is refused", (option, message) => {
  expect(() => checkSettings("finetune", option as never)).toThrow(message);
});

test("a probe refuses options of the training loop", () => {
  expect(() => checkSettings("probe", { ema: 0.9 })).toThrow('strategy "probe" has no option ema');
});

test("an average and a decay for another one exclude each other", () => {
  expect(() => asked({ ema: 0.9 }, { average: "soup" })).toThrow(
    'the option ema=0.9 and the average "soup" exclude each other',
  );
  expect(asked({ ema: 0.9 }, { average: "ema" }).ema).toBe(0.9);
  expect(asked(undefined, { average: "ema" }).ema).toBe(0.99);
});

test("batch statistics cannot go with a loss that needs the model as it was", async () => {
  await expect(run(planFor("delta", { batchNorm: "train" }))).rejects.toThrow(
    "batch statistics cannot go with a loss that compares with the model as it was",
  );
});

test("the run from scratch has the same optimizer, schedule and loss, and its own learning rate", () => {
  const request = { examples: 48, epochs: 2, classes, optimizer: "sgd", schedule: "cosine" } as const;
  const asked = { ...request, option: { labelSmoothing: 0.1, patience: 2 } };
  const plan = scratchPlan(model, asked);
  expect(plan).toMatchObject({ optimizer: { name: "sgd" }, schedule: { name: "cosine" }, epochs: 2 });
  expect(plan.loss).toEqual({ smoothing: 0.1 });
  expect(inEnglish(plan.recipe)).toContain("SGD, learning rate 0.02, cosine schedule, 2 epochs");
  // Until validation stops improving: 48 examples are 3 steps of 16, so 300 steps are 100 epochs.
  const long = scratchPlan(model, asked, { rate: 0.01, steps: 300 });
  expect(long).toMatchObject({ schedule: { name: "warmup-stable-decay" }, epochs: 100, loss: plan.loss! });
  expect(long.plateau).toEqual({ steps: 300, patience: 10 });
  expect(long.patience).toBeUndefined();
  expect(inEnglish(long.recipe)).toContain(
    "SGD, learning rate 0.01, constant learning rate until validation stops improving, at most 300 steps of batch size 16",
  );
  const patienceIn = (steps: number) => scratchPlan(model, asked, { steps }).plateau!.patience;
  // A tenth of 200 epochs; a quarter of 20; 2 at least.
  expect([600, 60, 6].map(patienceIn)).toEqual([20, 5, 2]);
  // SGD's rates are ten times those of AdamW.
  expect(scratchRates(request)).toEqual({ rates: [0.003, 0.01, 0.03], usual: 0.01 });
  expect(scratchRates({ ...request, rate: 0.2 }).rates).toEqual([0.003, 0.01, 0.03, 0.2]);
});

const prepared = (plan: TrainingPlan, more: Partial<FitOptions> = {}) =>
  prepareFit({
    runtime,
    model,
    ...fitOfPlan(plan),
    stepsPerEpoch,
    feeds,
    validate: async (evaluate) => scored(await evaluate(rows(data.y.map((_, i) => i)))),
    stage: "test",
    ...more,
  });

test("the rate finder puts the state back to the same bits, and finds the same again", async () => {
  const fit = await prepared(asked(undefined, { optimizer: "sgd" }));
  const start = new Map(head);
  const found = await fit.findRate(start);
  const before = await fit.session.readState();
  const again = await fit.findRate();
  expect(await fit.session.readState()).toEqual(before);
  for (const [name, tensor] of start) expect(before.get(name) ?? tensor).toEqual(tensor);
  expect(again).toMatchObject({ suggested: found.suggested, losses: found.losses });
  expect(found.rates[0]).toBeCloseTo(1e-7, 12);
  // Evenly in the exponent, a hundred from 1e-7 to 10.
  expect(found.rates[50]! / found.rates[49]!).toBeCloseTo(1e8 ** 0.01, 6);
  expect(found.rates).toContain(found.suggested);
  expect(found.losses.at(-1)! <= 4 * Math.min(...found.losses) || found.rates.length < 100).toBe(true);
  await fit.dispose();
});

test("a rate that diverges ends the run, which keeps the best weights from before", async () => {
  const fit = await prepared(asked(undefined, { rate: 100, optimizer: "sgd", epochs: 9 }), {
    keepsWhatWasGood: true,
    clipNorm: 1e9,
  });
  const result = await fit.run(head);
  expect(result.diverged).toMatchObject({
    step: expect.any(Number) as number,
    rate: expect.any(Number) as number,
  });
  expect(result.steps).toBeLessThan(9 * stepsPerEpoch);
  expect(result.bestEpoch).toBe(result.epochs.findLast((e) => e.best)?.epoch ?? 0);
  for (const { data: now } of result.weights.values())
    expect((now as Float32Array).every(Number.isFinite)).toBe(true);
  await fit.dispose();
});

test("a run that was given its steps ends there, within an epoch too, and its schedule with it", async () => {
  const fit = await prepared(asked(undefined, { schedule: "polynomial" }));
  const result = await fit.run(head, { steps: stepsPerEpoch + 2 });
  expect(result.steps).toBe(stepsPerEpoch + 2);
  expect(result.epochs.map((e) => [e.epoch, e.of])).toEqual([
    [1, 2],
    [2, 2],
  ]);
  // The last step's rate: 1 - p with p one step before the end.
  expect(result.epochs[1]!.rate / 1e-3).toBeCloseTo(1 / (stepsPerEpoch + 2), 6);
  await fit.dispose();
});

test("the terms of a loss are reported separately and add up to the loss", async () => {
  const { result } = await run(planFor("l2-sp", { epochs: 1, option: { alpha: 1 } }));
  const { train_loss, objective, terms } = result.epochs[0]!;
  expect(Object.keys(terms!)).toEqual(["classification", "starting point", "head"]);
  expect(terms!.classification).toBe(train_loss);
  expect(Object.values(terms!).reduce((a, b) => a + b)).toBeCloseTo(objective!, 5);
  const plain = await run(asked(undefined, { epochs: 1 }));
  expect(plain.result.epochs[0]).not.toHaveProperty("terms");
});

test("short steps are measured as they run: blocks share what each call of the runtime costs", async () => {
  const cost = 0.04;
  const clock = manualClock();
  let calls = 0;
  const slow: Runtime = {
    ...runtime,
    training: async (...given) => {
      const session = await runtime.training(...given);
      return {
        ...session,
        steps: async (...of) => {
          calls++;
          clock.advance(1000 * cost);
          return session.steps(...of);
        },
        readState: () => session.readState(),
        writeState: (...of) => session.writeState(...of),
        evaluator: (...of) => session.evaluator(...of),
        dispose: () => session.dispose(),
      };
    },
    session: (...of) => runtime.session(...of),
  };
  const fit = await prepared(asked(undefined, { epochs: 1 }), { runtime: slow });
  const before = await fit.session.readState();
  const measured = await fit.measure();
  // Two single steps, then twice an epoch of 6, first to warm up: two blocks of one while it is not known how long they take, then
  // the others.
  expect(stepsPerEpoch).toBe(6);
  expect(calls).toBe(2 + 2 * 3);
  // Three calls for six steps; a single step would have said 40 ms.
  expect(measured).toBeCloseTo((3 * cost) / 6, 9);
  expect(await fit.session.readState()).toEqual(before);
  await fit.dispose();
});
