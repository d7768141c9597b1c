// Every strategy keeps the same promises: it starts from the probe's head, moves what it says and nothing else,
// counts it rightly, and after a stop goes on to the very bits of a run that was not stopped.
import * as ort from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headValues } from "../../src/bases/heads.js";
import { float32, type Tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { smallestSingularValues } from "../../src/losses/index.js";
import { featuresOf } from "../../src/methods/body-weights.js";
import { fitOfPlan } from "../../src/methods/fit-plan.js";
import type { TrainingPlan } from "../../src/methods/plan.js";
import { plannerOf, rowOf, type StrategyName, strategies } from "../../src/methods/registry.js";
import { relationshipName, relationshipOf } from "../../src/methods/regularised/co-tuning.js";
import { stageEnds } from "../../src/methods/regularised/delta.js";
import { webRuntime } from "../../src/runtime/ort-web.js";
import { interpret } from "../../src/testing/reference/index.js";
import { prepareFit } from "../../src/train/fit.js";
import { runSteps } from "../../src/train/loop.js";
import {
  batch,
  body,
  closeTiny,
  data,
  everything,
  examples,
  feeds,
  head,
  headNames,
  model,
  modelFor,
  moved,
  oldScores,
  openTiny,
  planFor,
  type Ran,
  run,
  runtime,
  solved,
  stepsPerEpoch,
  valueAfter,
  withOld,
} from "./tiny-training.js";

beforeAll(openTiny);
afterAll(closeTiny);

/** What each strategy says that it moves of the body. */
const says: Readonly<Record<string, () => string[]>> = {
  finetune: everything,
  full: everything,
  // The last block of the network: its second convolution, the shortcut's, and the first one's.
  "last-n": () => body((n) => n.startsWith("stage2/")),
  // The base is frozen.
  head: () => [],
  gradual: everything,
  discriminative: everything,
  bitfit: () => body((n) => n.endsWith("norm.bias")),
  "norm-only": () => body((n) => n.includes("/norm.")),
  "l2-sp": everything,
  delta: everything,
  bss: everything,
  "co-tuning": () => [...everything(), "head/weight", "head/bias"],
  setfit: everything,
  lwf: () => [...everything(), "head/weight", "head/bias"],
  // What moves stands beside the base: see peft.test.ts.
  lora: () => [],
  dora: () => [],
  ia3: () => [],
  adapter: () => [],
};

const trained = (Object.keys(strategies) as StrategyName[]).filter((name) => rowOf(name).plan);

describe.each(trained)("%s", (name) => {
  let plan: TrainingPlan;
  let ran: Ran;
  beforeAll(async () => {
    // What suits an encoder of texts moves nothing in eighteen steps.
    plan = planFor(name, name === "setfit" ? { rate: 1e-3 } : {});
    ran = await run(plan, undefined, modelFor(name));
  });

  // What learns from pairs has no head until it has trained: its own test, setfit.test.ts, looks at that.
  if (!rowOf(name).pairs)
    test("starts from the probe's solution", () => {
      const far = ran.first.map((z, i) => Math.abs(z - solved[i]!));
      // float32 against float64.
      expect(Math.max(...far)).toBeLessThan(1e-3);
    });

  test("moves what it says and nothing else", () => {
    // A head that is solved behind the training does not move in it.
    const heads = rowOf(name).pairs ? [] : headNames;
    expect(moved(ran.state)).toEqual([...says[name]!(), ...heads].sort());
  });

  test("counts what it trains", () => {
    const net = plan.adaptation?.graph ?? withOld;
    const sizes = [...ran.state].filter(([n]) => net.initializers.has(n));
    expect(plan.groups.reduce((n, g) => n + g.parameters, 0)).toBe(
      sizes.reduce((n, [, t]) => n + t.data.length, 0),
    );
    expect(plan.groups.reduce((n, g) => n + g.values, 0)).toBe(plan.trainable.length);
    expect(Math.max(...plan.trainable.map((t) => t.group))).toBe(plan.groups.length - 1);
  });

  test("learns", () => {
    expect(ran.result.epochs.at(-1)!.train_loss).toBeLessThan(ran.result.epochs[0]!.train_loss);
  });

  test("goes on after a stop to the same bits", async () => {
    const again = await run(plan, stepsPerEpoch + 2, modelFor(name));
    expect(again.state).toEqual(ran.state);
    expect(again.result.weights).toEqual(ran.result.weights);
    expect(again.result.bestEpoch).toBe(ran.result.bestEpoch);
  });

  test("has its words in the table: what it does, where it is from", () => {
    expect(rowOf(name).does).not.toBe("");
    expect(rowOf(name).paper).toMatch(/\d{4}/);
  });
});

test("last-n asks for layers that there are", () => {
  const layers = 6;
  expect(planFor("last-n", { option: { last: layers } }).groups[0]!.values).toBe(everything().length);
  expect(() => planFor("last-n", { option: { last: layers + 1 } })).toThrow(
    `option last is 7, the base has 6 layers that may move`,
  );
});

test("gradual unfreezes from the output side, and what waits does not move", async () => {
  const plan = planFor("gradual", { option: { groups: 2 } });
  expect(plan.groups.map(({ name, from = 0 }) => [name, from])).toEqual([
    ["body, group 1 of 2", 1],
    ["body, group 2 of 2", 0],
    ["head", 0],
  ]);
  const early = plan.trainable.filter((t) => t.group === 0).map((t) => t.value);
  expect(early).toEqual(body((n) => n.startsWith("stem/") || n.startsWith("stage1/")));
  const { state } = await run({ ...plan, epochs: 1 });
  expect(moved(state)).toEqual([...everything().filter((n) => !early.includes(n)), ...headNames].sort());
});

test("gradual follows milestones, and refuses those behind the end", () => {
  const at = (milestones: string, epochs = 6) => planFor("gradual", { epochs, option: { milestones } });
  expect(at("2,5").groups.map((g) => g.from ?? 0)).toEqual([5, 2, 0, 0]);
  expect(() => at("2,6")).toThrow("milestone 6 is behind the last of 6 epochs");
  expect(() => at("3,2")).toThrow('option milestones of strategy "gradual" is "3,2"');
});

test("gradual has no more groups than epochs", () => {
  expect(planFor("gradual", { epochs: 2 }).groups).toHaveLength(3);
});

test("finetune trains the first half of the base slower by a factor of the task or the user, the second half by at most 10", () => {
  const rates = (request: Parameters<typeof planFor>[1]) =>
    planFor("finetune", { rate: 1, ...request }).groups.map(({ rate }) => rate);
  expect(rates({})).toEqual([1 / 100, 1 / 10, 1]);
  expect(rates({ early: 1 })).toEqual([1, 1, 1]);
  expect(rates({ early: 1, option: { early: 4 } })).toEqual([1 / 4, 1 / 4, 1]);
  expect(planFor("finetune", { early: 1 }).recipe).toContainEqual({ code: "all-weights" });
});

test("discriminative divides the rate by 2.6 from group to group", () => {
  const { groups } = planFor("discriminative", { rate: 1, option: { groups: 3 } });
  expect(groups.map((g) => g.rate)).toEqual([1 / 2.6 ** 3, 1 / 2.6 ** 2, 1 / 2.6, 1]);
});

test("--trainable narrows every strategy", () => {
  expect(planFor("bitfit", { trainable: "stage2/*" }).groups[0]!.values).toBe(3);
});

test("a base without normalisation or biases is refused with what there is", () => {
  const only = { trainable: "stem/conv.weight" };
  expect(() => planFor("norm-only", only)).toThrow("none of the base's 1 weights that may move is the scale");
  expect(() => planFor("bitfit", only)).toThrow("none of the base's 1 weights that may move is a bias");
});

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
const quick = { epochs: 3, rate: 0.01 } as const;

test("l2-sp stays nearer to the initial weights with higher strength", async () => {
  const far: number[] = [];
  for (const alpha of [0, 3, 100]) {
    const { state } = await run(planFor("l2-sp", { ...quick, option: { alpha } }));
    const weights = everything().map((n) => [state.get(n)!, model.initializers.get(n)!] as const);
    far.push(
      Math.hypot(...weights.map(([a, b]) => distance(a.data as Float32Array, b.data as Float32Array))),
    );
  }
  expect(far[1]).toBeLessThan(0.9 * far[0]!);
  expect(far[2]).toBeLessThan(0.9 * far[1]!);
});

test("l2-sp shrinks the head more with higher strength", async () => {
  const size = async (beta: number): Promise<number> => {
    const { state } = await run(planFor("l2-sp", { ...quick, option: { beta } }));
    return Math.hypot(...(state.get(headValues.weight)!.data as Float32Array));
  };
  // Adam moves each number by a hundredth a step, whatever the gradient: 18 steps change little of 120.
  expect(await size(10)).toBeLessThan((await size(0)) - 0.1);
});

test("delta keeps the features nearer to the base's", async () => {
  const features = featuresOf(model);
  const before = await valueAfter(model, new Map(), features);
  const far = async (alpha: number): Promise<number> => {
    const { state } = await run(planFor("delta", { ...quick, option: { alpha } }));
    return distance(await valueAfter(model, state, features), before);
  };
  expect(await far(100)).toBeLessThan(0.5 * (await far(0)));
});

test("delta looks at the end of each stage", () => {
  expect(stageEnds(model, everything()).map((v) => model.typeOf(v).shape)).toEqual([
    ["batch", 8, 8, 8],
    ["batch", 16, 4, 4],
  ]);
});

test("bss shrinks the smallest singular values of a batch's features", async () => {
  const smallest = async (eta: number): Promise<number> => {
    const { state } = await run(planFor("bss", { ...quick, option: { eta, k: 2 } }));
    const features = (await valueAfter(model, state, featuresOf(model))).subarray(0, batch * 16);
    const graph = new Graph();
    const f = graph.input("f", { dtype: "float32", shape: [batch, 16] });
    const w = graph.input("w", { dtype: "float32", shape: [batch] });
    const { value } = smallestSingularValues(new Builder(graph), f, w, { k: 2 });
    graph.outputs.push(value);
    const ones = float32([batch], new Float32Array(batch).fill(1));
    return interpret(graph, { f: float32([batch, 16], features), w: ones }).get(value)!.data[0] as number;
  };
  expect(await smallest(10)).toBeLessThan(0.8 * (await smallest(0)));
});

test("lwf keeps the answers of the base's own classifier", async () => {
  // What is added to all scores of a picture says nothing.
  const answers = async (state: ReadonlyMap<string, Tensor>): Promise<number[]> => {
    const z = [...(await valueAfter(withOld, state, oldScores))];
    const mean = (i: number) => z.slice(5 * i, 5 * i + 5).reduce((a, b) => a + b, 0) / 5;
    return z.map((v, i) => v - mean(Math.floor(i / 5)));
  };
  const before = await answers(new Map());
  const far = async (lambda: number): Promise<number> => {
    const { state } = await run(
      planFor("lwf", { ...quick, epochs: 6, option: { lambda } }),
      undefined,
      withOld,
    );
    return distance(await answers(state), before);
  };
  expect(await far(100)).toBeLessThan(0.5 * (await far(0)));
});

test("co-tuning moves the old head towards the old classes that each class resembles", async () => {
  // Told that class 0, 1, 2 resembles old class 3, 4, 0.
  const known = float32([3, 5], [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
  const start = new Map([...head, [relationshipName, known]]);
  const share = async (lambda: number): Promise<number> => {
    const plan = planFor("co-tuning", { ...quick, option: { lambda } });
    const { state } = await run(plan, undefined, withOld, start);
    const scores = await valueAfter(withOld, state, oldScores);
    const { data: mean } = relationshipOf(scores, Int32Array.from(data.y), 3);
    return (mean as Float32Array).reduce((sum, p, i) => sum + p * (known.data as Float32Array)[i]!, 0) / 3;
  };
  expect(await share(10)).toBeGreaterThan(2 * (await share(0)));
});

test("what a class resembles is the mean of the answers to its examples", () => {
  const ln = Math.log;
  const scores = Float32Array.of(ln(1), ln(3), ln(1), ln(1), 1000, 0);
  // Class 0: (¼, ¾) and (½, ½); class 1: (1, 0); class 2 has none.
  const { dims, data: rows } = relationshipOf(scores, Int32Array.of(0, 0, 1), 3);
  expect(dims).toEqual([3, 2]);
  for (const [i, value] of [0.375, 0.625, 1, 0, 0, 0].entries()) expect(rows[i]).toBeCloseTo(value, 6);
});

test("lwf refuses a base without a classifier", async () => {
  const lwf = await plannerOf("lwf");
  expect(() => lwf(model, { examples })).toThrow("the base has no classifier of its own");
});

test.each(["l2-sp", "delta", "lwf"] as const)(
  "%s adds nothing to the loss before the first step",
  async (name) => {
    const plan = planFor(name, { epochs: 1, option: name === "lwf" ? {} : { beta: 0 } });
    const fit = await prepareFit({
      runtime,
      model: modelFor(name),
      ...fitOfPlan(plan),
      stepsPerEpoch,
      feeds,
      validate: async () => ({ loss: 0, score: 0 }),
      stage: "test",
    });
    const { schedule, rates } = fitOfPlan(plan);
    const stretch = (from: number, to: number) =>
      runSteps({
        session: fit.session,
        step: fit.step,
        totalSteps: 6,
        from,
        to,
        schedule,
        rates,
        feeds: feeds(0, from),
      });
    const added = (sums: Readonly<Record<string, number>>) => sums.loss! - sums["term/classification"]!;
    // float32: the two passes fold BatchNormalization in different places.
    expect(Math.abs(added((await stretch(0, 1)).sums))).toBeLessThan(1e-6);
    expect(added((await stretch(1, 6)).sums)).toBeGreaterThan(0);
    await fit.dispose();
  },
);

test("bss, whose matrices are float64, trains in a browser's runtime too", async () => {
  const web = await webRuntime(ort, { threads: 1 });
  const plan = planFor("bss", { epochs: 1, option: { k: 2 } });
  const fit = await prepareFit({
    runtime: web,
    model,
    ...fitOfPlan(plan),
    stepsPerEpoch,
    feeds,
    validate: async () => ({ loss: 0, score: 0 }),
    stage: "test",
  });
  const { epochs } = await fit.run();
  expect(epochs[0]!.train_loss).toBeGreaterThan(0);
  await fit.dispose();
  await web.close();
}, 120_000);
