import { differentiate } from "../autodiff/index.js";
import { EngraftError, invariant } from "../core/errors.js";
import { type Tensor, zeros } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { foldConstants } from "../graph/passes/index.js";
import { bindDims, inline, promote } from "../graph/surgery/index.js";
import { applyChange, type Transform } from "../optim/index.js";
import { foldFrozenNormalization, withBatchStatistics } from "./batch-norm.js";
import type { Batch, Objective } from "./objective.js";
import { gradientsOfTerms } from "./projected-gradients.js";
import { averageName, feedNames, slotName } from "./state-names.js";

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
}

/** One training step as a plain graph: forward, loss, backward, update. */
export interface Step {
  readonly graph: Graph;
  /** What the session keeps from step to step: graph input, graph output, value before the first step. */
  readonly state: readonly { readonly input: Value; readonly output: Value; readonly initial: Tensor }[];
  /** Inputs that differ from step to step: data, labels, weights, `rates`, `momentum`, `step`. */
  readonly perStep: readonly Value[];
  /** Scalar outputs, one number a step: `loss`, `correct`, `count`, a `term/…` each, `gradient_norm` if clipped. */
  readonly scalars: readonly Value[];
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
  const bound = foldConstants(bindDims(exposing(options.model, objective), { batch: options.batch }));
  const model = promote(bound, [...trainable.map((t) => t.value), ...statistics(options)]);
  const forward = joined(model, bound, objective, options);
  const normalised = options.batchNorm === "train" ? withBatchStatistics(forward.graph) : undefined;
  const graph = normalised?.graph ?? foldFrozenNormalization(forward.graph);
  const g = new Builder(graph, "step");
  const wanted = trainable.map((t) => t.value);
  const gradients = forward.projection
    ? gradientsOfTerms(graph, g, { ...forward, projection: forward.projection }, wanted)
    : differentiate(graph, forward.loss, wanted, { constants: forward.constants });
  const rates = graph.input("rates", {
    dtype: "float32",
    shape: [Math.max(...trainable.map((t) => t.group)) + 1],
  });
  const momentum = graph.input("momentum", { dtype: "float32", shape: [] });
  const step = graph.input("step", { dtype: "float32", shape: [] });
  const groupRates = new Map<number, Value>();
  const rateOf = (group: number): Value => {
    if (!groupRates.has(group))
      groupRates.set(
        group,
        g.gather(rates, g.constant({ dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(group)) })),
      );
    return groupRates.get(group)!;
  };
  const clip = clipping(g, options.clipNorm, () =>
    trainable.map(({ value, group }) => {
      const square = g.reduceSumSquare(gradients.get(value)!);
      return options.gated ? g.mul(square, g.abs(g.sign(rateOf(group)))) : square;
    }),
  );
  /** What an average takes of the new weights in this step: 1 - d, more in the first steps. */
  let share: Value | undefined;
  const shareOf = (decay: number): Value => {
    const early = g.div(g.add(step, g.number(1)), g.add(step, g.number(10)));
    share ??= g.sub(g.number(1), g.min(g.number(decay), early));
    return share;
  };
  const state: { input: Value; output: Value; initial: Tensor }[] = [];
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
    const updated = applyChange(g, value, done);
    state.push({ input: value, output: updated, initial });
    if (options.ema !== undefined) {
      const name = averageName(value);
      const average = graph.input(name, { dtype: "float32", shape: initial.dims });
      const moved = g.mul(g.sub(updated, average), shareOf(options.ema));
      state.push({ input: name, output: g.add(average, moved), initial });
    }
    for (const slot of optimizer.slots) {
      const data = nothing.subarray(0, initial.data.length);
      const zero: Tensor = { dtype: "float32", dims: initial.dims, data };
      state.push({ input: slots[slot]!, output: done.slots[slot]!, initial: zero });
    }
  }
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
  const perStep = [...forward.feeds, "rates", "momentum", "step"].filter((v) => kept.includes(v));
  return { graph, state, perStep, scalars };
}

/** Running averages that this step moves. */
function statistics<S extends string>({ model, batchNorm }: StepOptions<S>): Value[] {
  if (batchNorm === "frozen") return [];
  const names = model.nodes.flatMap((n) =>
    n.kind === "op" && n.op === "BatchNormalization" ? [n.inputs[3]!, n.inputs[4]!] : [],
  );
  return [...new Set(names)].filter((v) => model.initializers.has(v));
}

/** The model with the values that an objective looks at as further outputs. */
function exposing(model: Graph, { exposes = [] }: Objective): Graph {
  if (exposes.length === 0) return model;
  const copy = model.clone();
  copy.outputs.push(...exposes);
  return copy;
}

/** The forward pass of all sources, the loss, and what is counted. */
function joined<Source extends string>(
  model: Graph,
  initial: Graph,
  objective: Objective<Source>,
  { batch, batchNorm }: StepOptions<Source>,
) {
  const graph = new Graph("step");
  const [input, ...parameters] = model.inputs;
  invariant(input !== undefined, "the model has no input");
  for (const parameter of parameters) graph.input(parameter, model.typeOf(parameter));
  const feeds: Value[] = [];
  const batches = {} as Record<Source, Batch>;
  for (const source of objective.needs) {
    const names = feedNames(source);
    graph.input(names.x, model.typeOf(input));
    graph.input(names.labels, { dtype: "int64", shape: [batch] });
    graph.input(names.weights, { dtype: "float32", shape: [batch] });
    const rows: Record<string, Value> = {};
    for (const [name, shape] of Object.entries(objective.rows ?? {}))
      rows[name] = graph.input(`${source}.${name}`, { dtype: "float32", shape: [batch, ...shape] });
    feeds.push(names.x, names.labels, names.weights, ...Object.values(rows));
    batches[source] = { ...names, rows };
  }
  const shared = new Map<Value, Value>(parameters.map((p) => [p, p]));
  const applied = (names: ReadonlyMap<Value, Value>) => {
    const all = model.outputs.map((o) => names.get(o)!);
    return { logits: all[0]!, all, at: (value: Value) => all[model.outputs.indexOf(value)]! };
  };
  const apply = (x: Value) => {
    const names = inline(graph, model, new Map([...shared, [input, x]]));
    // Frozen weights are copied once, however often the model is applied.
    for (const frozen of model.initializers.keys()) shared.set(frozen, names.get(frozen)!);
    return applied(names);
  };
  for (const [name, shape] of Object.entries(objective.given ?? {}))
    graph.input(name, { dtype: "float32", shape });
  for (const [name, shape] of Object.entries(objective.steps ?? {}))
    feeds.push(graph.input(name, { dtype: "float32", shape }));
  const g = new Builder(graph, "loss");
  const before = beforeTraining(graph, initial, g, shared, new Set(parameters));
  const { terms, logits, constants, projection } = objective.terms(g, apply, batches, {
    weight: before.weight,
    given: (name) => name,
    model: (x) => {
      invariant(batchNorm === "frozen", "the model as it was before needs frozen BatchNormalization");
      return applied(before.apply(x));
    },
  });
  const values: Record<string, Value> = {};
  const parts: Record<string, Value> = {};
  let loss: Value | undefined;
  for (const [name, term] of Object.entries<{ value: Value; weight: number }>(terms)) {
    values[name] = term.value;
    const part = term.weight === 1 ? term.value : g.mul(term.value, g.number(term.weight));
    parts[name] = part;
    loss = loss === undefined ? part : g.add(loss, part);
  }
  invariant(loss !== undefined, "the objective has no terms");
  const first = batches[objective.needs[0]!];
  const hits = g.cast(g.equal(g.argMax(logits.logits, 1), first.labels), "float32");
  return {
    graph,
    loss,
    terms: values,
    parts,
    ...(projection && { projection }),
    constants: constants ?? [],
    feeds,
    correct: g.reduceSum(g.mul(hits, first.weights)),
    count: g.reduceSum(first.weights),
  };
}

/** The model and its weights as they were before the first step; a weight is copied when it is asked for. */
function beforeTraining(
  graph: Graph,
  initial: Graph,
  g: Builder,
  shared: Map<Value, Value>,
  promoted: ReadonlySet<Value>,
) {
  const copies = new Map<Value, Value>();
  const weight = (value: Value): Value => {
    if (!copies.has(value)) copies.set(value, g.weight(`${value}#before`, initial.initializers.get(value)!));
    return copies.get(value)!;
  };
  const apply = (x: Value): Map<Value, Value> => {
    const bindings = new Map([[initial.inputs[0]!, x]]);
    for (const [value, data] of initial.initializers) {
      // What does not train is there already, or is now, for both.
      if (!promoted.has(value) && !shared.has(value))
        shared.set(value, graph.initializer(graph.fresh(value), data));
      bindings.set(value, promoted.has(value) ? weight(value) : shared.get(value)!);
    }
    return inline(graph, initial, bindings);
  };
  return { weight, apply };
}

/**
 * Clipping by the global norm: g ← g · min(1, c / (‖g‖ + 1e-6)), the norm over all gradients together.
 * @see Pascanu et al. 2013; torch.nn.utils.clip_grad_norm_ (the 1e-6 is its)
 */
function clipping(g: Builder, limit: number | undefined, squaresOf: () => readonly Value[]) {
  if (limit === undefined) return { apply: (v: Value): Value => v, norm: undefined };
  const norm = g.sqrt(squaresOf().reduce((a, b) => g.add(a, b)));
  const factor = g.min(g.number(1), g.div(g.number(limit), g.add(norm, g.number(1e-6))));
  return { apply: (v: Value): Value => g.mul(v, factor), norm };
}
