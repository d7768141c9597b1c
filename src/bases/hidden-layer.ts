import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { inline } from "../graph/surgery/index.js";
import type { Body } from "./body.js";
import { headPrefix, headValues, withEmptyHead } from "./heads.js";

/** Names of the weights of a hidden layer in the model: float32[N, D] and float32[N]. */
const hiddenValues = { weight: `${headPrefix}hidden.weight`, bias: `${headPrefix}hidden.bias` } as const;

/** Weights of a head with a hidden layer. */
export const layeredHead: ReadonlySet<Value> = new Set([
  ...[hiddenValues.weight, hiddenValues.bias],
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
  const weight = g.weight(
    hiddenValues.weight,
    float32([units, body.width], new Float32Array(units * body.width)),
  );
  const bias = g.weight(hiddenValues.bias, float32([units], new Float32Array(units)));
  const features = g.relu(g.gemm(body.features, weight, bias, { transB: true }));
  return withEmptyHead({ ...body, graph, features, width: units }, outputs, output);
}

/** Returns a part of a base in which the hidden layer of an earlier head has names of the base: it is no part of a new head. */
export function withoutHeadNames(part: Graph): Graph {
  const layers = Object.values(hiddenValues).filter((value) => part.initializers.has(value));
  if (layers.length === 0) return part;
  const graph = new Graph(part.name);
  const inputs = part.inputs.map((value) => [value, graph.input(value, part.typeOf(value))] as const);
  const weights = layers.map((value) => {
    const name = graph.fresh(value.slice(headPrefix.length));
    return [value, graph.initializer(name, part.initializers.get(value)!)] as const;
  });
  const names = inline(graph, part, new Map([...inputs, ...weights]));
  graph.outputs.push(...part.outputs.map((value) => names.get(value)!));
  for (const [domain, version] of part.opsets) graph.opsets.set(domain, version);
  return graph;
}
