// Three steps on the one golden batch, through the same training graph as in the product.
import { float32, int64, type Tensor, toNumbers } from "../../../src/core/tensor.js";
import type { Graph } from "../../../src/graph/graph.js";
import { blockForOrt } from "../../../src/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../../../src/graph/passes/fuse-for-ort.js";
import { bindDims, parametersOf } from "../../../src/graph/surgery/index.js";
import { loopModel } from "../../../src/graph/to-onnx-loop.js";
import { adam, adamW, sgd } from "../../../src/optim/index.js";
import type { Runtime, TrainingSession } from "../../../src/runtime/runtime.js";
import { classification, type Objective } from "../../../src/train/objectives/objective.js";
import { feedNames, slotName } from "../../../src/train/step/state-names.js";
import { buildStep } from "../../../src/train/step/step.js";
import type { Header, Kind, Mode } from "./golden.js";

/** What training needs of a family. */
export interface Trainee {
  readonly header: Pick<Header, "inputs" | "labels" | "parameters" | "rates" | "momentum" | "weightDecay">;
  readonly feeds: Readonly<Record<string, Tensor>>;
  targets(): ReadonlyMap<string, Tensor<"float32">>;
}

/** Σ over outputs of ½ · mean((y - t)²). */
function toTargets(golden: Trainee): Objective<"train"> {
  return {
    needs: ["train"],
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const terms = [...golden.targets().values()].map((t, i) => {
        const gap = g.sub(outputs.all[i]!, g.constant(t));
        return [`output${i}`, { value: g.reduceMean(g.mul(gap, gap)), weight: 0.5 }] as const;
      });
      // Scores that are counted: one row an item.
      const scores = g.flatten(outputs.logits, 1);
      return { terms: Object.fromEntries(terms), logits: { ...outputs, logits: scores } };
    },
  };
}

const optimizerOf = (kind: Kind, weightDecay: number) =>
  ({ sgd: () => sgd(), adam: () => adam(), adamw: () => adamW({ weightDecay }) })[kind]();

/** Binds the free axes of the inputs to the sizes that are fed: samples, and those of a mask of them. */
function withSizes(model: Graph, { inputs }: Pick<Header, "inputs">): Graph {
  const sizes = inputs.flatMap(({ name, dims }) =>
    (model.types.get(name)?.shape ?? []).map((d, axis) => [d, dims[axis]!] as const).slice(1),
  );
  return bindDims(model, Object.fromEntries(sizes.filter(([d]) => typeof d === "string")));
}

/** The step's graph: every parameter that is found in the network trains. */
export function stepOf(golden: Trainee, model: Graph, mode: Mode, kind: Kind, trainable?: string[]) {
  const { header } = golden;
  const parameters =
    trainable ??
    parametersOf(model)
      .filter((p) => p.kind !== "statistic")
      .map((p) => p.value);
  const step = buildStep({
    model: withSizes(model, header),
    batch: header.inputs[0]!.dims[0]!,
    trainable: parameters.map((value) => ({
      value,
      group: 0,
      decay: model.initializers.get(value)!.dims.length > 1,
    })),
    objective: header.labels.length > 0 ? classification() : toTargets(golden),
    optimizer: optimizerOf(kind, header.weightDecay),
    batchNorm: mode,
  });
  // Masks and lengths: inputs beside the first.
  const beside = header.inputs.slice(1).map((i) => i.name);
  return { ...step, perStep: [...step.perStep, ...beside.filter((v) => step.graph.inputs.includes(v))] };
}

/** What a session of training is fed for step k. */
export function feedsOf({ header, feeds }: Trainee, kind: Kind, k: number): Record<string, Tensor> {
  const names = feedNames("train");
  const batch = header.inputs[0]!.dims[0]!;
  const [first, ...rest] = Object.entries(feeds);
  const labels = header.labels.length > 0 ? header.labels : new Array<number>(batch).fill(0);
  const each: Record<string, Tensor> = {
    [names.x]: first![1],
    ...Object.fromEntries(rest),
    [names.labels]: int64([batch], labels),
    [names.weights]: float32([batch], new Array<number>(batch).fill(1)),
    rates: float32([1], [header.rates[kind][k]!]),
    momentum: float32([], [header.momentum]),
    step: float32([], [k + 1]),
  };
  return Object.fromEntries(Object.entries(each).map(([name, t]) => [name, { ...t, dims: [1, ...t.dims] }]));
}

/** Of these, what the session asks for. */
export function asked(session: TrainingSession, feeds: Readonly<Record<string, Tensor>>) {
  return Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
}

export interface Trained {
  readonly losses: readonly number[];
  /** After one step of SGD the momentum is the gradient. */
  readonly gradients: ReadonlyMap<string, readonly number[]>;
  readonly state: ReadonlyMap<string, Tensor>;
}

export async function train(
  runtime: Runtime,
  golden: Trainee,
  model: Graph,
  mode: Mode,
  kind: Kind,
): Promise<Trained> {
  const { header } = golden;
  const step = stepOf(golden, model, mode, kind);
  const blockSize = (await runtime.blockSize?.()) ?? 1;
  const graph = blockForOrt(fuseForOrt(step.graph), { blockSize, fromPixels: 0 });
  const session = await runtime.training(loopModel(graph, { ...step, steps: "steps" }), {
    state: new Map(step.state.map((s) => [s.input, s.initial])),
    // Once as in the product; the other optimisers in a session that is loaded faster.
    options: { optimization: kind === "sgd" ? "all" : "basic" },
  });
  const losses: number[] = [];
  let gradients: ReadonlyMap<string, readonly number[]> = new Map();
  for (const k of [0, 1, 2]) {
    const results = await session.steps(asked(session, feedsOf(golden, kind, k)), 1);
    losses.push(toNumbers(results.loss!)[0]!);
    if (k === 0 && kind === "sgd") {
      const state = await session.readState();
      gradients = new Map(
        Object.keys(header.parameters).map((p) => [p, toNumbers(state.get(slotName(p, "momentum"))!)]),
      );
    }
  }
  const state = await session.readState();
  await session.dispose();
  return { losses, gradients, state };
}
