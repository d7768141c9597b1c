import { create } from "@bufbuild/protobuf";
import { EngraftError } from "../core/errors.js";
import type { Dim, TensorType } from "../core/shape.js";
import {
  attribute,
  type GraphProto,
  GraphProtoSchema,
  NodeProtoSchema,
  valueInfo,
  writeModel,
} from "../onnx/index.js";
import type { Graph } from "./graph.js";
import { stateOutput } from "./loop-names.js";
import type { Value } from "./node.js";
import { graphModel, graphToProto, nameOnce, type ToOnnxOptions } from "./to-onnx.js";

/** The roles of a step graph's values in a block of K steps. */
export interface LoopSpec {
  /** State carried from step to step: the graph's input, and the output that replaces it. */
  readonly state: readonly { readonly input: Value; readonly output: Value }[];
  /** Inputs that differ between steps: fed as [K, …] under their own name. */
  readonly perStep: readonly Value[];
  /** Outputs to keep for every step: returned as [K, …] under their own name. */
  readonly scalars: readonly Value[];
  /** Name of the int64[] input that holds K. */
  readonly steps: Value;
  /**
   * Leaves the batch (the first axis of per-step values with several axes) symbolic. With known sizes, onnxruntime
   * plans one piece of memory for values of one size and holds it across the whole step. With a symbolic batch, a
   * value's memory is free after its last reader. Used for steps with `recompute`.
   */
  readonly openBatch?: boolean;
}

/**
 * Returns a model that runs a step graph K times in an ONNX Loop; the state stays inside the runtime.
 *
 *     inputs   steps int64[] · each perStep value [K, …] · each state · every other input of the step
 *     outputs  `<state>.next` · each scalar [K, …]
 *
 * All constants of the step are inside the Loop's body. The runtime would not pack constants of the outer graph,
 * and would run their convolutions at half the speed.
 *
 * @throws ModelError if the spec names a value that is not an input or output of the step
 */
export function loopModel(step: Graph, spec: LoopSpec, options: ToOnnxOptions = {}): Uint8Array {
  checkSpec(step, spec);
  const body = graphToProto(step, options);
  const loop = loopGraph(step, spec, body);
  return writeModel(graphModel(step, loop, options));
}

function loopGraph(step: Graph, spec: LoopSpec, body: GraphProto): GraphProto {
  const { state, perStep, scalars, steps, openBatch = false } = spec;
  const names = new Names(step);
  // Names of a subgraph must differ from those outside: a value that keeps its name outside is renamed inside.
  const inside = new Map<Value, Value>();
  for (const v of [...state.map((s) => s.input), ...perStep, ...scalars]) {
    if (!inside.has(v)) inside.set(v, names.fresh(`${v}.k`));
  }
  // The same holds for values that the model itself calls "steps" or like a state's next value.
  for (const v of [steps, ...state.map((s) => stateOutput(s.input))]) {
    if (step.has(v) && !inside.has(v)) inside.set(v, names.fresh(`${v}.k`));
  }
  if (openBatch) body.valueInfo = [];
  rename(body, inside);
  const inner = (v: Value): Value => inside.get(v) ?? v;

  const iteration = names.fresh("iteration");
  const go = names.fresh("go");
  const goOn = names.fresh("go.on");
  const gathers = perStep.map((v) =>
    create(NodeProtoSchema, {
      opType: "Gather",
      name: `${v}.k`,
      input: [v, iteration],
      output: [inner(v)],
      attribute: [attribute.int("axis", 0)],
    }),
  );
  body.node.unshift(identity(go, goOn), ...gathers);
  body.input = [
    valueInfo(iteration, { dtype: "int64", shape: [] }),
    valueInfo(go, { dtype: "bool", shape: [] }),
    ...state.map((s) => valueInfo(inner(s.input), step.types.get(s.input))),
  ];
  // Outputs of a body must be computed in it, and each only once.
  const computed = new Set(body.node.flatMap((n) => n.output));
  const output = (v: Value) => {
    const name = inner(v);
    if (computed.delete(name)) return valueInfo(name, step.types.get(v));
    const copy = names.fresh(`${name}.copy`);
    body.node.push(identity(name, copy));
    return valueInfo(copy, step.types.get(v));
  };
  body.output = [
    valueInfo(goOn, { dtype: "bool", shape: [] }),
    ...state.map((s) => output(s.output)),
    ...scalars.map(output),
  ];
  nameOnce(body.node);
  body.name = `${step.name}.body`;

  const outer = create(GraphProtoSchema, { name: step.name });
  const fed = new Set([...state.map((s) => s.input), ...perStep]);
  const stacked = (v: Value) => valueInfo(v, stack(step.types.get(v)));
  const next = (v: Value, type: TensorType | undefined) => valueInfo(stateOutput(v), type);
  outer.input = [
    valueInfo(steps, { dtype: "int64", shape: [] }),
    ...perStep.map((v) => valueInfo(v, stack(openBatch ? open(step.types.get(v)) : step.types.get(v)))),
    ...state.map((s) => valueInfo(s.input, step.types.get(s.input))),
    ...step.inputs.filter((v) => !fed.has(v)).map((v) => valueInfo(v, step.types.get(v))),
  ];
  outer.output = [...state.map((s) => next(s.input, step.types.get(s.input))), ...scalars.map(stacked)];
  outer.node.push(
    create(NodeProtoSchema, {
      opType: "Loop",
      name: "steps",
      input: [steps, "", ...state.map((s) => s.input)],
      output: outer.output.map((o) => o.name),
      attribute: [attribute.graph("body", body)],
    }),
  );
  return outer;
}

const blockDim: Dim = "K";

function stack(type: TensorType | undefined): TensorType | undefined {
  return type && { dtype: type.dtype, shape: type.shape && [blockDim, ...type.shape] };
}

/** Leaves the first axis of a type with several axes symbolic: see {@link LoopSpec.openBatch}. */
export function open(type: TensorType | undefined): TensorType | undefined {
  if (!type?.shape || type.shape.length < 2) return type;
  return { dtype: type.dtype, shape: [null, ...type.shape.slice(1)] };
}

function identity(from: Value, to: Value) {
  return create(NodeProtoSchema, { opType: "Identity", name: to, input: [from], output: [to] });
}

/** Fresh names for a graph that are not reserved in it. */
class Names {
  private readonly made = new Set<string>();
  constructor(private readonly graph: Graph) {}
  fresh(hint: string): string {
    let name = hint;
    for (let i = 1; this.made.has(name) || this.graph.has(name); i++) name = `${hint}_${i}`;
    this.made.add(name);
    return name;
  }
}

/**
 * Renames values everywhere in a graph, subgraphs included (ONNX requires their names to differ from those
 * outside).
 */
function rename(graph: GraphProto, names: ReadonlyMap<Value, Value>): void {
  const of = (v: Value): Value => names.get(v) ?? v;
  for (const info of [...graph.input, ...graph.output, ...graph.valueInfo]) info.name = of(info.name);
  for (const tensor of graph.initializer) tensor.name = of(tensor.name);
  for (const node of graph.node) {
    node.input = node.input.map(of);
    node.output = node.output.map(of);
    for (const a of node.attribute) {
      if (a.g) rename(a.g, names);
      for (const g of a.graphs) rename(g, names);
    }
  }
}

function checkSpec(step: Graph, { state, perStep, scalars, steps }: LoopSpec): void {
  const refuse = (message: string) => {
    throw new EngraftError("ModelError", `loopModel: ${message}`, { at: `graph "${step.name}"` });
  };
  const inputs = new Set(step.inputs);
  const seen = new Set<Value>([steps]);
  for (const v of [...state.map((s) => s.input), ...perStep]) {
    if (!inputs.has(v)) refuse(`"${v}" is not an input of the step`);
    if (seen.has(v)) refuse(`the name "${v}" is used for two inputs`);
    seen.add(v);
  }
  for (const v of [...state.map((s) => s.output), ...scalars]) {
    if (!step.has(v)) refuse(`"${v}" is not a value of the step`);
  }
  for (const v of scalars) {
    if (seen.has(v)) refuse(`the name "${v}" is used for an input and a scalar`);
    seen.add(v);
  }
}
