import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import type { ImagePreprocessing } from "../data/dataset.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { extract, inline } from "../graph/surgery/index.js";
import { toOnnx } from "../graph/to-onnx.js";
import { headValues, type LinearHead } from "./heads.js";
import type { StoredAs } from "./weight-storage.js";

/** One of several heads on a body, as the model folder names it. */
export interface NamedHead {
  readonly name: string;
  readonly classes: readonly string[];
  /** Its output in the ONNX file. */
  readonly output: string;
}

/**
 * Names the outputs of several heads: `logits` for the first, so that any image-classification program can open the
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

/**
 * Returns the ONNX file of several heads: `pixel_values` float32[batch, 3, H, W] -> one output per task. See
 * `exportClassifier`.
 */
export function exportTasks(
  model: Graph,
  heads: readonly NamedHead[],
  { height, width }: ImagePreprocessing,
  stored: StoredAs = new Map(),
): Uint8Array {
  const graph = new Graph(model.name);
  const input = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, height, width] });
  const names = inline(graph, model, new Map([[model.inputs[0]!, input]]));
  for (const [t, { output }] of heads.entries()) {
    const made = names.get(model.outputs[t]!)!;
    graph.push(
      { kind: "op", op: "Identity", name: output, inputs: [made], outputs: [output], attributes: {} },
      [graph.typeOf(made)],
    );
    graph.outputs.push(output);
  }
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return toOnnx(graph, { storeAs: new Map([...stored].map(([name, type]) => [names.get(name)!, type])) });
}
