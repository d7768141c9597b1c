import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import type { Body } from "./body.js";

/** A linear classifier: logits = features · weightᵀ + bias. */
export interface LinearHead {
  /** float32[C, D] */
  readonly weight: Float32Array;
  /** float32[C] */
  readonly bias: Float32Array;
}

/** Prefix of the names of all weights of a head. */
export const headPrefix = "engraft/head/";

/** Names of a linear head's weights in the model. */
export const headValues = {
  weight: `${headPrefix}weight`,
  bias: `${headPrefix}bias`,
  logits: "logits",
} as const;

/** Adds a linear head to a body: output `logits` float32[batch, C]. @param output another name for it */
export function withHead(
  body: Body,
  classes: number,
  head: LinearHead,
  output: Value = headValues.logits,
): Graph {
  const graph = body.graph.clone();
  const g = new Builder(graph);
  const weight = g.weight(headValues.weight, float32([classes, body.width], head.weight));
  const bias = g.weight(headValues.bias, float32([classes], head.bias));
  const logits: Value = graph.has(output) ? graph.fresh(output) : output;
  const batch = graph.typeOf(body.features).shape![0]!;
  graph.push(
    {
      kind: "op",
      op: "Gemm",
      name: "engraft/head",
      inputs: [body.features, weight, bias],
      outputs: [logits],
      attributes: { alpha: 1, beta: 1, transA: false, transB: true },
    },
    [{ dtype: "float32", shape: [batch, classes] }],
  );
  graph.outputs.length = 0;
  graph.outputs.push(logits);
  return graph;
}

/** The body with a linear head of zeros. @param output name of its scores. Default "logits" */
export function withEmptyHead(body: Body, classes: number, output?: Value): Graph {
  const empty = { weight: new Float32Array(classes * body.width), bias: new Float32Array(classes) };
  return withHead(body, classes, empty, output);
}

/** Returns the same graph with other weights. Values that the graph does not have are ignored. */
export function withWeights(graph: Graph, weights: ReadonlyMap<Value, Tensor>): Graph {
  const copy = graph.clone();
  for (const [value, data] of weights) if (copy.initializers.has(value)) copy.initializers.set(value, data);
  return copy;
}
