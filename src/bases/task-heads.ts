import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { extract, inline } from "../graph/surgery/index.js";
import { headValues, type LinearHead } from "./heads.js";

/** One of several heads on a body, as the model folder names it. */
export interface NamedHead {
  readonly name: string;
  readonly classes: readonly string[];
  /** Its output in the ONNX file. */
  readonly output: string;
}

/** A model folder, with its heads if it has several. */
export interface Headed {
  readonly dir: string;
  readonly tasks?: readonly NamedHead[] | undefined;
}

/** Returns the head of a task, or the first; undefined if the model has only one. @throws OptionError for a task that the model does not have */
export function headOfTask({ tasks = [], dir }: Headed, task: string | undefined): NamedHead | undefined {
  const names = tasks.map(({ name }) => name);
  if (task === undefined || names.includes(task)) return tasks[task === undefined ? 0 : names.indexOf(task)];
  throw new EngraftError("OptionError", `the model has no task ${JSON.stringify(task)}`, {
    at: dir,
    help: names.length > 0 ? `its tasks are ${names.join(", ")}` : "it has one head: leave --task out",
    details: { task, tasks: names },
  });
}

/**
 * Names the outputs of several heads: `logits` for the first, so that any classification program can open the
 * folder, and `logits_NAME` for the others.
 */
export function namedHeads(tasks: readonly Pick<NamedHead, "name" | "classes">[]): NamedHead[] {
  const taken = new Set<string>();
  return tasks.map(({ name, classes }, t) => {
    const plain = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "") || String(t + 1);
    let output = t === 0 ? headValues.logits : `${headValues.logits}_${plain}`;
    for (let n = 2; taken.has(output); n++) output = `${headValues.logits}_${plain}_${n}`;
    taken.add(output);
    return { name, classes, output };
  });
}

/** Joins several linear heads into one: the logits of the first, then those of the second, … */
export function joinedHeads(heads: readonly LinearHead[]): LinearHead {
  const weight = new Float32Array(heads.reduce((n, h) => n + h.weight.length, 0));
  const bias = new Float32Array(heads.reduce((n, h) => n + h.bias.length, 0));
  let [w, b] = [0, 0];
  for (const head of heads) {
    weight.set(head.weight, w);
    bias.set(head.bias, b);
    w += head.weight.length;
    b += head.bias.length;
  }
  return { weight, bias };
}

/** Splits a {@link joinedHeads} of a model into a head and an output for each task. */
export function splitHeads(model: Graph, heads: readonly NamedHead[]): Graph {
  const [scores] = model.outputs;
  const node = model.nodes.find((n) => n.outputs.includes(scores!));
  const features = node?.inputs[0];
  const weight = model.initializers.get(headValues.weight);
  const bias = model.initializers.get(headValues.bias);
  if (features === undefined || weight === undefined || bias === undefined)
    throw new EngraftError("InternalError", "the model has no head of ours");
  const graph = new Graph(model.name);
  const names = inline(
    graph,
    extract(model, [features]),
    new Map([[model.inputs[0]!, graph.input(model.inputs[0]!, model.typeOf(model.inputs[0]!))]]),
  );
  const g = new Builder(graph);
  const width = weight.dims[1]!;
  let first = 0;
  for (const { classes, output } of heads) {
    const count = classes.length;
    const rows = (weight.data as Float32Array).slice(first * width, (first + count) * width);
    const w = graph.initializer(`engraft/head/${output}/weight`, float32([count, width], rows));
    const b = graph.initializer(
      `engraft/head/${output}/bias`,
      float32([count], (bias.data as Float32Array).slice(first, first + count)),
    );
    graph.outputs.push(g.gemm(names.get(features)!, w, b, { transB: true }));
    first += count;
  }
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return graph;
}
