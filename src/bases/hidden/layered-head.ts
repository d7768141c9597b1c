import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Body } from "../body.js";
import { headValues, withEmptyHead } from "../heads.js";
import { hiddenValues } from "./hidden-names.js";

/** Weights of a head with a hidden layer. */
export const layeredValues: ReadonlySet<Value> = new Set([
  ...Object.values(hiddenValues),
  ...[headValues.weight, headValues.bias],
]);

/**
 * Adds a head of zeros with a hidden layer to a body: output `logits` float32[batch, C].
 *
 * h = max(0, x W₁ᵀ + b₁)    logits = h W₂ᵀ + b₂
 *
 * @param units N, the width of h
 * @param output name of its scores. Default "logits"
 */
export function withLayeredHead(body: Body, units: number, outputs: number, output?: Value): Graph {
  const graph = body.graph.clone();
  const g = new Builder(graph);
  const zeros = new Float32Array(units * body.width);
  const weight = g.weight(hiddenValues.weight, float32([units, body.width], zeros));
  const bias = g.weight(hiddenValues.bias, float32([units], new Float32Array(units)));
  const features = g.relu(g.gemm(body.features, weight, bias, { transB: true }));
  return withEmptyHead({ ...body, graph, features, width: units }, outputs, output);
}
