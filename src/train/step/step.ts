import { type ChooseForm, differentiate } from "../../autodiff/index.js";
import { EngraftError, invariant } from "../../core/errors.js";
import { type Tensor, zeros } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import { unrollRecurrent } from "../../graph/import/unroll.js";
import type { Value } from "../../graph/node.js";
import { foldConstants } from "../../graph/passes/index.js";
import { bindDims, promote } from "../../graph/surgery/index.js";
import { applyChange, type Transform } from "../../optim/index.js";
import { foldFrozenNormalization, withBatchStatistics } from "../batch-norm.js";
import { gradientsUphill } from "../epochs/sharpness.js";
import type { Objective } from "../objectives/objective.js";
import { gradientsOfTerms } from "../objectives/projected-gradients.js";
import { accumulation, appliesName, type CarriedValue } from "./accumulate.js";
import { exposing, joined } from "./joined.js";
import { averageName, massScalar, partInput, partNumber, slotName, stepNumber } from "./state-names.js";

/** A trainable weight. */
export interface TrainableValue {
  readonly value: Value;
  /** Index of its learning rate in the fed `rates`. */
  readonly group: number;
  /** True if weight decay applies: not for biases and norms. */
  readonly decay: boolean;
}

export interface StepOptions<Source extends string> {
  /** One input (with a symbolic "batch" first), logits as the first output. */
  readonly model: Graph;
  readonly batch: number;
  readonly trainable: readonly TrainableValue[];
  readonly objective: Objective<Source>;
  readonly optimizer: Transform;
  /** "frozen": running statistics, as in inference. "train": batch statistics, with running averages. */
  readonly batchNorm: "frozen" | "train";
  /** Largest global norm of the gradient; undefined: not clipped. */
  readonly clipNorm?: number;
  /** Decay of a running average of the weights, see {@link averageName}. Default: none. */
  readonly ema?: number;
  /** A group whose rate is 0 in a step is frozen there and does not count in the clipped norm. Default false. */
  readonly gated?: boolean;
  /** The weights change only in steps with `applies` 1, by the gradients of all steps since: {@link accumulation}. */
  readonly accumulates?: boolean;
  /**
   * True if the step runs on a part of a batch: it has the scalar {@link massScalar}, and draws the values of the whole batch. Needs
   * `accumulates`. Default false.
   */
  readonly isPart?: boolean;
  /** Chooses the form of a convolution's gradients. Default: by the rule for its shape. */
  readonly chooseForm?: ChooseForm;
  /** Radius ρ of sharpness-aware minimisation, see {@link gradientsUphill}. Default: none. */
  readonly sam?: number;
}

/** A training step as a plain graph: forward, loss, backward, update. */
export interface Step {
  readonly graph: Graph;
  /** State carried from step to step: graph input, graph output, value before the first step. */
  readonly state: readonly CarriedValue[];
  /** The inputs of the state that hold sums over the batches of an update, see {@link accumulation}: zero after it. */
  readonly sums: ReadonlySet<Value>;
  /** Inputs that differ between steps: data, labels, weights, `rates`, `momentum`, `step`, `applies`. */
  readonly perStep: readonly Value[];
  /** Those of them with the rows of the batch as their first axis. */
  readonly rows: readonly Value[];
  /** Scalar outputs, one number per step: `loss`, `correct`, `count`, a `term/…` each, `gradient_norm` if clipped. */
  readonly scalars: readonly Value[];
  /** Weight of each `term/…` in `loss`. */
  readonly termWeights: Readonly<Record<string, number>>;
}

/**
 * Builds the step: model and objective, gradients of the trainable weights, clipping, the optimiser's update, and the
 * running averages of BatchNormalization.
 *
 * @throws OperatorError if a gradient must pass an operator without one
 * @throws ModelError if nothing is trainable
 */
export function buildStep<Source extends string>(options: StepOptions<Source>): Step {
  const { objective, trainable, model: whole } = options;
  if (trainable.length === 0) throw new EngraftError("ModelError", "no weight of the model trains");
  const forward = joinedModel(options);
  const normalised = options.batchNorm === "train" ? withBatchStatistics(forward.graph) : undefined;
  const graph = normalised?.graph ?? foldFrozenNormalization(forward.graph);
  const g = new Builder(graph, "step");
  const { gradients: raw, schedule } = gradientsOf(g, options, forward);
  const sums = options.accumulates === true ? accumulation(g, forward.mass) : undefined;
  const gradients = sums ? new Map([...raw].map(([v, gradient]) => [v, sums.gradient(v, gradient)])) : raw;
  const clip = clipping(g, options.clipNorm, () =>
    trainable.map(({ value }) => {
      const square = g.reduceSumSquare(gradients.get(value)!);
      return options.gated ? g.mul(square, schedule.gate(value)) : square;
    }),
  );
  const select = (now: Value, old: Value): Value => (sums ? sums.select(now, old) : now);
  const state = updatedState(g, options, { gradients, schedule, clip, select });
  state.push(...(sums?.kept ?? []));
  for (const [name, shape] of Object.entries(objective.given ?? {}))
    state.push({ input: name, output: g.identity(name), initial: zeros("float32", shape) });
  for (const [running, updated] of normalised?.updates ?? [])
    state.push({ input: running, output: updated, initial: whole.initializers.get(running)! });
  const { loss, correct, count, mass, terms, feeds, rows, termWeights } = forward;
  const scalars = namedScalars(graph, {
    loss,
    correct,
    count,
    ...Object.fromEntries(Object.entries(terms).map(([name, value]) => [`term/${name}`, value])),
    ...(clip.norm !== undefined && { gradient_norm: clip.norm }),
    ...(options.isPart && { [massScalar]: mass }),
  });
  graph.outputs.length = 0;
  graph.outputs.push(...state.map((s) => s.output), ...scalars);
  const kept = dropUnreadInputs(graph);
  const fed = [...feeds, "rates", "momentum", "step", appliesName, partInput];
  const perStep = fed.filter((v) => kept.includes(v));
  const summed = new Set(sums?.kept.map(({ input }) => input));
  return { graph, state, sums: summed, perStep, rows, scalars, termWeights };
}

/** The forward pass and the loss. With a known batch, sizes computed from it are known too. */
function joinedModel<S extends string>(options: StepOptions<S>) {
  const { model: whole, objective, trainable, batch } = options;
  const drawn = [stepNumber, ...(options.isPart ? [partNumber] : [])].filter((v) =>
    whole.initializers.has(v),
  );
  const source = drawn.length > 0 ? promote(whole, drawn) : whole;
  const wrt = trainable.map((t) => t.value);
  const bound = foldConstants(bindDims(unrollRecurrent(exposing(source, objective), wrt), { batch }));
  const model = promote(bound, [...wrt, ...statistics(options)]);
  return joined(model, bound, objective, options);
}

/** Values that the schedule feeds in each step. */
interface Schedule {
  readonly momentum: Value;
  readonly step: Value;
  readonly rateOf: (group: number) => Value;
  /** 1 if the rate of a weight is not 0, else 0. */
  readonly gate: (weight: Value) => Value;
}

function scheduleInputs(g: Builder, graph: Graph, trainable: readonly TrainableValue[]): Schedule {
  const groupCount = Math.max(...trainable.map((t) => t.group)) + 1;
  const rates = graph.input("rates", { dtype: "float32", shape: [groupCount] });
  const momentum = graph.input("momentum", { dtype: "float32", shape: [] });
  const step = graph.inputs.includes("step") ? "step" : graph.input("step", { dtype: "float32", shape: [] });
  const groupRates = new Map<number, Value>();
  const rateOf = (group: number): Value => {
    const known = groupRates.get(group);
    if (known !== undefined) return known;
    const index = g.constant({ dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(group)) });
    const rate = g.gather(rates, index);
    groupRates.set(group, rate);
    return rate;
  };
  const groups = new Map(trainable.map(({ value, group }) => [value, group]));
  return { momentum, step, rateOf, gate: (weight) => g.abs(g.sign(rateOf(groups.get(weight)!))) };
}

/** Gradients of the trainable weights; with `sam`, those at the worst point nearby. */
function gradientsOf<S extends string>(
  g: Builder,
  { trainable, chooseForm, sam, gated }: StepOptions<S>,
  forward: ReturnType<typeof joined>,
): { readonly gradients: ReadonlyMap<Value, Value>; readonly schedule: Schedule } {
  const { graph } = g;
  const { loss, constants, projection } = forward;
  if (projection && sam !== undefined)
    throw new EngraftError("OptionError", "projected gradients cannot go with sharpness-aware steps", {
      help: "leave sam out, or weight the losses in another way",
    });
  const wrt = trainable.map((t) => t.value);
  const before = sam === undefined ? undefined : graph.clone();
  const gradients = projection
    ? gradientsOfTerms(graph, g, { ...forward, projection }, wrt)
    : differentiate(graph, loss, wrt, { constants, chooseForm });
  const schedule = scheduleInputs(g, graph, trainable);
  if (before === undefined || sam === undefined) return { gradients, schedule };
  const uphill = { forward: before, loss, constants, gradients, radius: sam };
  const gate = gated === true ? schedule.gate : undefined;
  return { gradients: gradientsUphill(g, { ...uphill, gate }), schedule };
}

/** The new weights, their averages, and the optimiser's slots. */
function updatedState<S extends string>(
  g: Builder,
  { model, trainable, optimizer, ema }: StepOptions<S>,
  update: {
    readonly gradients: ReadonlyMap<Value, Value>;
    readonly schedule: Schedule;
    readonly clip: ReturnType<typeof clipping>;
    readonly select: (now: Value, old: Value) => Value;
  },
): CarriedValue[] {
  const { graph } = g;
  const { gradients, clip, select } = update;
  const { momentum, step, rateOf } = update.schedule;
  /** Share of the new weights in the average: 1 - d, more in the first steps. */
  let share: Value | undefined;
  const shareOf = (decay: number): Value => {
    const early = g.div(g.add(step, g.number(1)), g.add(step, g.number(10)));
    share ??= g.sub(g.number(1), g.min(g.number(decay), early));
    return share;
  };
  const state: CarriedValue[] = [];
  // One shared array of zeros for all slots: those of Adam are twice as large as the model.
  const sizes = trainable.map((t) => model.initializers.get(t.value)!.data.length);
  const nothing = new Float32Array(optimizer.slots.length > 0 ? Math.max(...sizes) : 0);
  for (const { value, group, decay } of trainable) {
    const gradient = gradients.get(value);
    invariant(gradient !== undefined, `differentiate() gave no gradient for "${value}"`);
    const initial = model.initializers.get(value)!;
    const memory = { dtype: "float32", shape: initial.dims } as const;
    const slots = Object.fromEntries(
      optimizer.slots.map((slot) => [slot, graph.input(slotName(value, slot), memory)]),
    );
    const done = optimizer.apply(g, {
      update: clip.apply(gradient),
      parameter: value,
      slots,
      rate: rateOf(group),
      momentum,
      step,
      decay,
    });
    const updated = select(applyChange(g, value, done), value);
    state.push({ input: value, output: updated, initial });
    if (ema !== undefined) {
      const average = graph.input(averageName(value), memory);
      const moved = g.mul(g.sub(updated, average), shareOf(ema));
      state.push({ input: average, output: select(g.add(average, moved), average), initial });
    }
    for (const slot of optimizer.slots) {
      const data = nothing.subarray(0, initial.data.length);
      const zero: Tensor = { dtype: "float32", dims: initial.dims, data };
      state.push({ input: slots[slot]!, output: select(done.slots[slot]!, slots[slot]!), initial: zero });
    }
  }
  return state;
}

/** Names the scalar outputs. */
function namedScalars(graph: Graph, scalars: Readonly<Record<string, Value>>): Value[] {
  return Object.entries(scalars).map(([name, value]) => {
    graph.push({ kind: "op", op: "Identity", name, inputs: [value], outputs: [name], attributes: {} }, [
      graph.typeOf(value),
    ]);
    return name;
  });
}

/**
 * Drops inputs that the optimiser does not read (the step number for SGD, momentum without slots), and returns the
 * others.
 */
function dropUnreadInputs(graph: Graph): readonly Value[] {
  const read = new Set(graph.nodes.flatMap((n) => n.inputs));
  const kept = graph.inputs.filter((v) => !["rates", "momentum", "step"].includes(v) || read.has(v));
  graph.inputs.splice(0, graph.inputs.length, ...kept);
  return kept;
}

/** Running averages that this step updates. */
function statistics<S extends string>({ model, batchNorm }: StepOptions<S>): Value[] {
  if (batchNorm === "frozen") return [];
  const names = model.nodes.flatMap((n) =>
    n.kind === "op" && n.op === "BatchNormalization" ? [n.inputs[3]!, n.inputs[4]!] : [],
  );
  return [...new Set(names)].filter((v) => model.initializers.has(v));
}

/**
 * Clips by the global norm: g ← g · min(1, c / (‖g‖ + 1e-6)), with the norm over all gradients together.
 * @see Pascanu et al. 2013; torch.nn.utils.clip_grad_norm_ (source of the 1e-6)
 */
function clipping(g: Builder, limit: number | undefined, squaresOf: () => readonly Value[]) {
  if (limit === undefined) return { apply: (v: Value): Value => v, norm: undefined };
  const norm = g.sqrt(squaresOf().reduce((a, b) => g.add(a, b)));
  const factor = g.min(g.number(1), g.div(g.number(limit), g.add(norm, g.number(1e-6))));
  return { apply: (v: Value): Value => g.mul(v, factor), norm };
}
