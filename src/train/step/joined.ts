import { EngraftError, invariant } from "../../core/errors.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { inline } from "../../graph/surgery/index.js";
import type { Batch, Objective } from "../objectives/objective.js";
import { feedNames, partInput, partNumber, stepNumber } from "./state-names.js";

/** Returns the model with the objective's exposed values as additional outputs. */
export function exposing(model: Graph, { exposes = [] }: Objective): Graph {
  if (exposes.length === 0) return model;
  const copy = model.clone();
  copy.outputs.push(...exposes);
  return copy;
}

/** Joins the forward pass of all sources, the loss, and the counters. */
export function joined<Source extends string>(
  model: Graph,
  initial: Graph,
  objective: Objective<Source>,
  { batch, batchNorm }: { readonly batch: number; readonly batchNorm: "frozen" | "train" },
) {
  const graph = new Graph("step");
  const [input, ...parameters] = model.inputs;
  invariant(input !== undefined, "the model has no input");
  const fedAs: Readonly<Record<Value, Value>> = { [stepNumber]: "step", [partNumber]: partInput };
  const nameOf = (parameter: Value): Value => fedAs[parameter] ?? parameter;
  for (const parameter of parameters) graph.input(nameOf(parameter), model.typeOf(parameter));
  const feeds: Value[] = [];
  const labels = batch * (objective.positions ?? 1);
  const batches = {} as Record<Source, Batch>;
  for (const source of objective.needs) {
    const names = feedNames(source);
    graph.input(names.x, model.typeOf(input));
    graph.input(names.labels, { dtype: "int64", shape: [labels] });
    graph.input(names.weights, { dtype: "float32", shape: [labels] });
    const rows: Record<string, Value> = {};
    for (const [name, shape] of Object.entries(objective.rows ?? {}))
      rows[name] = graph.input(`${source}.${name}`, { dtype: "float32", shape: [batch, ...shape] });
    feeds.push(names.x, names.labels, names.weights, ...Object.values(rows));
    batches[source] = { ...names, rows };
  }
  const shared = new Map<Value, Value>(parameters.map((p) => [p, nameOf(p)]));
  const applied = (names: ReadonlyMap<Value, Value>) => {
    const all = model.outputs.map((o) => names.get(o)!);
    return { logits: all[0]!, all, at: (value: Value) => all[model.outputs.indexOf(value)]! };
  };
  const apply = (x: Value) => {
    const names = inline(graph, model, new Map([...shared, [input, x]]));
    // Frozen weights are copied once, even if the model is applied several times.
    for (const frozen of model.initializers.keys()) shared.set(frozen, names.get(frozen)!);
    return applied(names);
  };
  const rows = [...feeds];
  for (const [name, shape] of Object.entries(objective.given ?? {}))
    graph.input(name, { dtype: "float32", shape });
  for (const name of objective.numbers ?? []) feeds.push(graph.input(name, { dtype: "float32", shape: [] }));
  for (const [name, shape] of Object.entries(objective.steps ?? {}))
    feeds.push(graph.input(name, { dtype: "float32", shape }));
  const g = new Builder(graph, "loss");
  const before = beforeTraining(graph, initial, g, shared, new Set(parameters));
  const { terms, logits, constants, mass, projection } = objective.terms(g, apply, batches, {
    weight: before.weight,
    given: (name) => name,
    number: (name) => name,
    model: (x) => {
      if (batchNorm !== "frozen")
        throw new EngraftError(
          "OptionError",
          "batch statistics cannot go with a loss that compares with the model as it was: that one needs its BatchNormalization frozen",
          { help: "leave batch norm at frozen or adapt, or use another strategy" },
        );
      return applied(before.apply(x));
    },
  });
  const first = batches[objective.needs[0]!];
  const hits = g.cast(g.equal(g.argMax(logits.logits, 1), first.labels), "float32");
  const count = g.reduceSum(first.weights);
  return {
    graph,
    ...sumOfTerms(g, terms),
    projection,
    constants: constants ?? [],
    feeds,
    rows,
    correct: g.reduceSum(g.mul(hits, first.weights)),
    count,
    mass: mass ?? count,
  };
}

/** loss = Σ weight · term; `parts` are the weighted terms. */
function sumOfTerms(
  g: Builder,
  terms: Readonly<Record<string, { readonly value: Value; readonly weight: number }>>,
) {
  const values: Record<string, Value> = {};
  const termWeights: Record<string, number> = {};
  const parts: Record<string, Value> = {};
  let loss: Value | undefined;
  for (const [name, { value, weight }] of Object.entries(terms)) {
    values[name] = value;
    termWeights[name] = weight;
    const part = weight === 1 ? value : g.mul(value, g.number(weight));
    parts[name] = part;
    loss = loss === undefined ? part : g.add(loss, part);
  }
  invariant(loss !== undefined, "the objective has no terms");
  return { loss, terms: values, termWeights, parts };
}

/** Returns the model and its weights before the first step; a weight is copied when it is requested. */
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
      // A frozen weight is shared with the current model.
      if (!promoted.has(value) && !shared.has(value))
        shared.set(value, graph.initializer(graph.fresh(value), data));
      bindings.set(value, promoted.has(value) ? weight(value) : shared.get(value)!);
    }
    return inline(graph, initial, bindings);
  };
  return { weight, apply };
}
