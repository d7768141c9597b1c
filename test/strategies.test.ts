// Every strategy keeps the same promises: it starts from the probe's head, moves what it says and nothing else,
// counts it rightly, and after a stop goes on to the very bits of a run that was not stopped.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, oldScoresOf } from "../src/bases/body.js";
import { headValues, withHead, withWeights } from "../src/bases/heads.js";
import { draws } from "../src/core/random.js";
import { float32, int64, type Tensor } from "../src/core/tensor.js";
import { Builder } from "../src/graph/builder.js";
import { Graph } from "../src/graph/graph.js";
import { bindDims, extract, parametersOf } from "../src/graph/surgery/index.js";
import { toOnnx } from "../src/graph/to-onnx.js";
import { smallestSingularValues } from "../src/losses/index.js";
import { fitOfPlan } from "../src/methods/fit-plan.js";
import { fitProbe } from "../src/methods/index.js";
import type { PlanRequest, TrainingPlan } from "../src/methods/plan.js";
import { plannerOf, rowOf, type StrategyName, strategies } from "../src/methods/registry.js";
import { featuresOf } from "../src/methods/regularised/bss.js";
import { stageEnds } from "../src/methods/regularised/delta.js";
import { nodeRuntime } from "../src/runtime/ort-node.js";
import { interpret } from "../src/runtime/reference/index.js";
import type { Runtime } from "../src/runtime/runtime.js";
import type { Checkpoint } from "../src/train/checkpoint.js";
import { type CheckpointStore, type Fit, type FitResult, prepareFit } from "../src/train/fit.js";
import { runSteps, type StepFeeds } from "../src/train/loop.js";
import { tinyGraph } from "./fixtures.js";

const [classes, side, batch, examples] = [3, 16, 8, 44] as const;
const stepsPerEpoch = Math.ceil(examples / batch);
const size = 3 * side * side;

/** Noise with a tint that says the class. */
function pictures(): { x: Float32Array; y: number[] } {
  const draw = draws(1, "pictures", "x");
  const y = Array.from({ length: examples }, (_, i) => i % classes);
  const x = new Float32Array(examples * size);
  for (let i = 0; i < x.length; i++) {
    const [example, channel] = [Math.floor(i / size), Math.floor((i % size) / (side * side))];
    x[i] = draw.normal() + (channel === y[example] ? 0.3 : 0);
  }
  return { x, y };
}
const data = pictures();

function rows(indices: readonly number[]): Tensor {
  const x = new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    x.set(data.x.subarray(index * size, (index + 1) * size), i * size);
  });
  return float32([indices.length, 3, side, side], x);
}

/** The last batch of an epoch is filled up with rows of weight 0. */
async function* feeds(epoch: number, from: number): AsyncGenerator<StepFeeds> {
  for (let step = from; step < stepsPerEpoch; step++) {
    const indices = Array.from({ length: batch }, (_, i) => step * batch + i);
    const live = indices.filter((i) => i < examples).map((i) => (i + epoch * 5) % examples);
    const all = indices.map((_, i) => live[i] ?? live[0]!);
    yield {
      "train.x": rows(all),
      "train.labels": int64(
        [batch],
        all.map((i) => data.y[i]!),
      ),
      "train.weights": float32(
        [batch],
        all.map((_, i) => (i < live.length ? 1 : 0)),
      ),
    };
  }
}

let runtime: Runtime;
let model: Graph;
/** The same with the base's own classifier still in it, and where its scores are. */
let withOld: Graph;
const oldScores = "logits";
let head: Map<string, Tensor>;
/** What the probe alone says. */
let solved: Float64Array;

beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
  const base = bindDims(tinyGraph(3), { height: side, width: side });
  const body = bodyOf(base, { classes: 5 });
  expect(oldScoresOf(base, body)).toBe(oldScores);
  const session = await runtime.session(toOnnx(body.graph));
  const all = rows(data.y.map((_, i) => i));
  const features = Object.values(await session.run({ pixel_values: all }))[0]!.data as Float32Array;
  await session.dispose();
  const part = { features, labels: Int32Array.from(data.y), items: [] };
  const probe = await fitProbe({ train: part, validation: part, dims: body.width, classes });
  solved = new Float64Array(examples * classes);
  for (let i = 0; i < solved.length; i++) {
    const [example, k] = [Math.floor(i / classes), i % classes];
    solved[i] = probe.bias[k]!;
    for (let d = 0; d < body.width; d++)
      solved[i]! += probe.weight[k * body.width + d]! * features[example * body.width + d]!;
  }
  const empty = { weight: new Float32Array(classes * body.width), bias: new Float32Array(classes) };
  model = withHead(body, classes, empty);
  const kept = bodyOf(base, { classes: 5, keep: [oldScores] });
  withOld = withHead(kept, classes, empty);
  head = new Map([
    [headValues.weight, float32([classes, body.width], Float32Array.from(probe.weight))],
    [headValues.bias, float32([classes], Float32Array.from(probe.bias))],
  ]);
});
afterAll(() => runtime.close());

function planFor(name: StrategyName, request: Partial<PlanRequest> = {}): TrainingPlan {
  return plannerOf(name)(modelFor(name), { examples, batch, epochs: 3, oldScores, ...request });
}
const modelFor = (name: StrategyName): Graph => (rowOf(name).oldHead ? withOld : model);

interface Ran {
  readonly result: FitResult;
  /** All that the session keeps, after the last step. */
  readonly state: ReadonlyMap<string, Tensor>;
  readonly first: Float32Array;
}

/** Run a plan; `stopAfter` steps it is stopped, and gone on with by another fit. */
async function run(plan: TrainingPlan, stopAfter?: number, net = model): Promise<Ran> {
  let kept: Checkpoint | undefined;
  const store: CheckpointStore = {
    load: async () => kept,
    save: async (checkpoint) => {
      kept = structuredClone(checkpoint);
    },
  };
  const stop = new AbortController();
  const prepare = (signal?: AbortSignal): Promise<Fit> =>
    prepareFit({
      runtime,
      model: net,
      ...fitOfPlan(plan),
      stepsPerEpoch,
      feeds,
      validate: async (evaluate) => {
        const scores = await evaluate(rows(data.y.map((_, i) => i)));
        first ??= scores;
        return scored(scores);
      },
      stage: "test",
      store,
      checkpointSeconds: 0,
      ...(signal && { signal }),
      onEvent: (event) => {
        if (event.event === "progress" && event.done >= (stopAfter ?? Number.POSITIVE_INFINITY)) stop.abort();
      },
    });
  let first: Float32Array | undefined;
  if (stopAfter !== undefined) {
    const fit = await prepare(stop.signal);
    await expect(fit.run(head)).rejects.toThrow("stopped at step");
    await fit.dispose();
    expect((kept!.note as { step: number }).step).toBeGreaterThanOrEqual(stopAfter);
  }
  const fit = await prepare();
  const result = await fit.run(head);
  const state = await fit.session.readState();
  await fit.dispose();
  return { result, state, first: first! };
}

function scored(scores: Float32Array): { loss: number; accuracy: number } {
  let [hits, loss] = [0, 0];
  for (const [i, label] of data.y.entries()) {
    const z = [...scores.subarray(i * classes, (i + 1) * classes)];
    const sum = Math.log(z.reduce((s, v) => s + Math.exp(v), 0));
    loss += (sum - z[label]!) / examples;
    if (z.every((v) => v <= z[label]!)) hits++;
  }
  return { loss, accuracy: hits / examples };
}

/** Names of the weights that are others than before the run. */
function moved(state: ReadonlyMap<string, Tensor>): string[] {
  return [...state]
    .filter(([name]) => withOld.initializers.has(name))
    .filter(([name, { data: now }]) => {
      const before = (head.get(name) ?? withOld.initializers.get(name)!).data as Float32Array;
      return before.some((v, i) => v !== now[i]);
    })
    .map(([name]) => name)
    .sort();
}

const body = (test: (name: string) => boolean): string[] =>
  parametersOf(model)
    .filter((p) => p.kind !== "statistic" && !p.value.startsWith("engraft/") && test(p.value))
    .map((p) => p.value);
const headNames = [headValues.weight, headValues.bias];
const everything = (): string[] => body(() => true);

/** What each strategy says that it moves of the body. */
const says: Readonly<Record<string, () => string[]>> = {
  finetune: everything,
  full: everything,
  // The last block of the network: its second convolution, the shortcut's, and the first one's.
  "last-n": () => body((n) => n.startsWith("stage2/")),
  gradual: everything,
  discriminative: everything,
  bitfit: () => body((n) => n.endsWith("norm.bias")),
  "norm-only": () => body((n) => n.includes("/norm.")),
  "l2-sp": everything,
  delta: everything,
  bss: everything,
  lwf: () => [...everything(), "head/weight", "head/bias"],
};

const trained = (Object.keys(strategies) as StrategyName[]).filter((name) => rowOf(name).plan);

describe.each(trained)("%s", (name) => {
  let plan: TrainingPlan;
  let ran: Ran;
  beforeAll(async () => {
    plan = planFor(name);
    ran = await run(plan, undefined, modelFor(name));
  });

  test("starts from the probe's solution", () => {
    const far = ran.first.map((z, i) => Math.abs(z - solved[i]!));
    // float32 against float64.
    expect(Math.max(...far)).toBeLessThan(1e-3);
  });

  test("moves what it says and nothing else", () => {
    expect(moved(ran.state)).toEqual([...says[name]!(), ...headNames].sort());
  });

  test("counts what it trains", () => {
    const sizes = [...ran.state].filter(([n]) => withOld.initializers.has(n));
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
    ["body, group 1 of 2, from epoch 2 on", 1],
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

/** What a value of a model is for all pictures, with the weights of a state. */
async function valueAfter(
  net: Graph,
  state: ReadonlyMap<string, Tensor>,
  value: string,
): Promise<Float32Array> {
  const session = await runtime.session(toOnnx(extract(withWeights(net, state), [value])));
  const out = await session.run({ pixel_values: rows(data.y.map((_, i) => i)) });
  await session.dispose();
  return Object.values(out)[0]!.data as Float32Array;
}
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
const quick = { epochs: 3, rate: 0.01 } as const;

test("l2-sp stays nearer to where it started, the more the stronger it is told to", async () => {
  const far: number[] = [];
  for (const alpha of [0, 1, 100]) {
    const { state } = await run(planFor("l2-sp", { ...quick, option: { alpha } }));
    const weights = everything().map((n) => [state.get(n)!, model.initializers.get(n)!] as const);
    far.push(
      Math.hypot(...weights.map(([a, b]) => distance(a.data as Float32Array, b.data as Float32Array))),
    );
  }
  expect(far[1]).toBeLessThan(0.9 * far[0]!);
  expect(far[2]).toBeLessThan(0.9 * far[1]!);
});

test("l2-sp shrinks the head, the more the stronger it is told to", async () => {
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

test("lwf refuses a base without a classifier", () => {
  expect(() => plannerOf("lwf")(model, { examples })).toThrow("the base has no classifier of its own");
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
      validate: async () => ({ loss: 0, accuracy: 0 }),
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
