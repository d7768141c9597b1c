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
import { accumulation, appliesName, type Kept } from "./accumulate.js";
import { clipping } from "./clipping.js";
import { exposing, joined } from "./joined.js";
import { averageName, slotName, stepNumber } from "./state-names.js";

/** One weight that trains. */
export interface TrainableValue {
  readonly value: Value;
  /** Index of its learning rate in the fed `rates`. */
  readonly group: number;
  /** Whether weight decay applies: not to biases and norms. */
  readonly decay: boolean;
}

export interface StepOptions<Source extends string> {
  /** One input (with a symbolic "batch" first), raw scores as the first output. */
  readonly model: Graph;
  readonly batch: number;
  readonly trainable: readonly TrainableValue[];
  readonly objective: Objective<Source>;
  readonly optimizer: Transform;
  /** "frozen": running statistics, as in inference. "train": the batch's, with running averages kept. */
  readonly batchNorm: "frozen" | "train";
  /** Largest global norm of the gradient; undefined: not clipped. */
  readonly clipNorm?: number;
  /** Decay of an average of the weights that runs beside them, see {@link averageName}. Default: none. */
  readonly ema?: number;
  /** A group whose rate is 0 in a step has no part in the clipped norm: it is frozen there. Default false. */
  readonly gated?: boolean;
  /** The weights move only in steps that are fed `applies` 1, by the gradients of all steps since: {@link accumulation}. */
  readonly accumulates?: boolean;
  /** In which form the gradients of a convolution are computed. Default: by the rule for its shape. */
  readonly chooseForm?: ChooseForm;
  /** Radius ρ of sharpness-aware minimisation, see {@link gradientsUphill}. Default: none. */
  readonly sam?: number;
}

/** One training step as a plain graph: forward, loss, backward, update. */
export interface Step {
  readonly graph: Graph;
  /** What the session keeps from step to step: graph input, graph output, value before the first step. */
  readonly state: readonly Kept[];
  /** Inputs that differ from step to step: data, labels, weights, `rates`, `momentum`, `step`, `applies`. */
  readonly perStep: readonly Value[];
  /** Scalar outputs, one number a step: `loss`, `correct`, `count`, a `term/…` each, `gradient_norm` if clipped. */
  readonly scalars: readonly Value[];
  /** What each `term/…` is multiplied with in `loss`. */
  readonly termWeights: Readonly<Record<string, number>>;
}

/**
 * Build the step: model and objective joined, gradients of what trains, clipping, the optimiser's update, and
 * the running averages of BatchNormalization.
 *
 * @throws OperatorError when a gradient has to pass an operator that has none.
 * @throws ModelError when nothing trains.
 */
export function buildStep<Source extends string>(options: StepOptions<Source>): Step {
  const { objective, optimizer, trainable } = options;
  if (trainable.length === 0) throw new EngraftError("ModelError", "no weight of the model trains");
  // With the batch known, so are the sizes that the model computes from it: bounds of slices, targets of reshapes.
  const source = options.model.initializers.has(stepNumber)
    ? promote(options.model, [stepNumber])
    : options.model;
  const exposed = exposing(source, objective);
  const whole = unrollRecurrent(
    exposed,
    trainable.map((t) => t.value),
  );
  const bound = foldConstants(bindDims(whole, { batch: options.batch }));
  const model = promote(bound, [...trainable.map((t) => t.value), ...statistics(options)]);
  const forward = joined(model, bound, objective, options);
  const normalised = options.batchNorm === "train" ? withBatchStatistics(forward.graph) : undefined;
  const graph = normalised?.graph ?? foldFrozenNormalization(forward.graph);
  const g = new Builder(graph, "step");
  const wrt = trainable.map((t) => t.value);
  const { loss, constants, projection } = forward;
  if (projection && options.sam !== undefined)
    throw new EngraftError("OptionError", "projected gradients cannot go with sharpness-aware steps", {
      help: "leave sam out, or weight the losses in another way",
    });
  const before = options.sam === undefined ? undefined : graph.clone();
  let gradients: ReadonlyMap<Value, Value> = projection
    ? gradientsOfTerms(graph, g, { ...forward, projection }, wrt)
    : differentiate(graph, loss, wrt, {
        constants,
        ...(options.chooseForm && { chooseForm: options.chooseForm }),
      });
  const rates = graph.input("rates", {
    dtype: "float32",
    shape: [Math.max(...trainable.map((t) => t.group)) + 1],
  });
  const momentum = graph.input("momentum", { dtype: "float32", shape: [] });
  const step = graph.inputs.includes("step") ? "step" : graph.input("step", { dtype: "float32", shape: [] });
  const groupRates = new Map<number, Value>();
  const rateOf = (group: number): Value => {
    if (!groupRates.has(group))
      groupRates.set(
        group,
        g.gather(rates, g.constant({ dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(group)) })),
      );
    return groupRates.get(group)!;
  };
  const groups = new Map(trainable.map(({ value, group }) => [value, group]));
  const gate = (value: Value): Value => g.abs(g.sign(rateOf(groups.get(value)!)));
  if (before !== undefined && options.sam !== undefined) {
    const radius = options.sam;
    const uphill = { forward: before, loss, constants, gradients, radius };
    gradients = gradientsUphill(g, { ...uphill, ...(options.gated === true && { gate }) });
  }
  const sums = options.accumulates === true ? accumulation(g, forward.mass) : undefined;
  if (sums) gradients = new Map([...gradients].map(([v, gradient]) => [v, sums.gradient(v, gradient)]));
  const select = (now: Value, old: Value): Value => (sums ? sums.select(now, old) : now);
  const clip = clipping(g, options.clipNorm, () =>
    wrt.map((value) => {
      const square = g.reduceSumSquare(gradients.get(value)!);
      return options.gated ? g.mul(square, gate(value)) : square;
    }),
  );
  /** What an average takes of the new weights in this step: 1 - d, more in the first steps. */
  let share: Value | undefined;
  const shareOf = (decay: number): Value => {
    const early = g.div(g.add(step, g.number(1)), g.add(step, g.number(10)));
    share ??= g.sub(g.number(1), g.min(g.number(decay), early));
    return share;
  };
  const state: Kept[] = [];
  // One array of zeros for all memories: those of Adam are twice as large as the model.
  const sizes = trainable.map((t) => options.model.initializers.get(t.value)!.data.length);
  const nothing = new Float32Array(optimizer.slots.length > 0 ? Math.max(...sizes) : 0);
  for (const { value, group, decay } of trainable) {
    const gradient = gradients.get(value);
    invariant(gradient !== undefined, `differentiate() gave no gradient for "${value}"`);
    const initial = options.model.initializers.get(value)!;
    const slots = Object.fromEntries(
      optimizer.slots.map((slot) => [
        slot,
        graph.input(slotName(value, slot), { dtype: "float32", shape: initial.dims }),
      ]),
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
    if (options.ema !== undefined) {
      const name = averageName(value);
      const average = graph.input(name, { dtype: "float32", shape: initial.dims });
      const moved = g.mul(g.sub(updated, average), shareOf(options.ema));
      state.push({ input: name, output: select(g.add(average, moved), average), initial });
    }
    for (const slot of optimizer.slots) {
      const data = nothing.subarray(0, initial.data.length);
      const zero: Tensor = { dtype: "float32", dims: initial.dims, data };
      const output = select(done.slots[slot]!, slots[slot]!);
      state.push({ input: slots[slot]!, output, initial: zero });
    }
  }
  state.push(...(sums?.kept ?? []));
  for (const [name, shape] of Object.entries(objective.given ?? {}))
    state.push({ input: name, output: g.identity(name), initial: zeros("float32", shape) });
  for (const [running, updated] of normalised?.updates ?? []) {
    state.push({ input: running, output: updated, initial: options.model.initializers.get(running)! });
  }
  const named = (name: string, value: Value): Value => {
    graph.push({ kind: "op", op: "Identity", name, inputs: [value], outputs: [name], attributes: {} }, [
      graph.typeOf(value),
    ]);
    return name;
  };
  const scalars = [
    named("loss", forward.loss),
    named("correct", forward.correct),
    named("count", forward.count),
  ];
  for (const [name, value] of Object.entries(forward.terms)) scalars.push(named(`term/${name}`, value));
  if (clip.norm !== undefined) scalars.push(named("gradient_norm", clip.norm));
  graph.outputs.length = 0;
  graph.outputs.push(...state.map((s) => s.output), ...scalars);
  // An optimiser may leave some of these unread (SGD needs no step number, no momentum without slots).
  const read = new Set(graph.nodes.flatMap((n) => n.inputs));
  const unread = ["rates", "momentum", "step"].filter((v) => !read.has(v));
  const kept = graph.inputs.filter((v) => !unread.includes(v));
  graph.inputs.splice(0, graph.inputs.length, ...kept);
  const fed = [...forward.feeds, "rates", "momentum", "step", appliesName];
  const perStep = fed.filter((v) => kept.includes(v));
  return { graph, state, perStep, scalars, termWeights: forward.termWeights };
}

/** Running averages that this step moves. */
function statistics<S extends string>({ model, batchNorm }: StepOptions<S>): Value[] {
  if (batchNorm === "frozen") return [];
  const names = model.nodes.flatMap((n) =>
    n.kind === "op" && n.op === "BatchNormalization" ? [n.inputs[3]!, n.inputs[4]!] : [],
  );
  return [...new Set(names)].filter((v) => model.initializers.has(v));
}
