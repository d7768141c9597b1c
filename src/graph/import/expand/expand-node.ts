import { EngraftError } from "../../../core/errors.js";
import type { NodeProto } from "../../../onnx/index.js";
import { Builder } from "../../builder.js";
import { Graph } from "../../graph.js";
import { none, type Value } from "../../node.js";
import { Attributes } from "../attributes.js";
import { attention } from "./attention.js";
import { recurrent } from "./cells.js";
import { embedLayerNormalization } from "./embed-layer-normalization.js";
import type { Expand } from "./expansion.js";
import { fusedProducts } from "./fused-products.js";
import { gelus } from "./gelu.js";
import { multiHeadAttention } from "./multi-head-attention.js";
import { normalizations, unnamed } from "./normalizations.js";

/** Operators that become several standard ones when a file is read, so that they can train. */
const table: Readonly<Record<string, Readonly<Record<string, Expand>>>> = {
  "": { ...recurrent, ...unnamed },
  "com.microsoft": {
    ...gelus,
    ...fusedProducts,
    ...normalizations,
    EmbedLayerNormalization: embedLayerNormalization,
    Attention: attention,
    MultiHeadAttention: multiHeadAttention,
  },
};

/** What the nodes of an expansion are, before they get names that are free in the file's graph. */
export interface Expanded {
  /** The nodes, reading the inputs under their names. */
  readonly graph: Graph;
  /** What each output of the node is called in `graph`. */
  readonly outputs: readonly (Value | undefined)[];
}

/**
 * The standard nodes that a node means; why it stays as it came; undefined when it is none of those that are expanded.
 * @param outer the graph that it stands in: types and constants of its inputs
 */
export function expandNode(
  node: NodeProto,
  inputs: readonly Value[],
  outer: Graph,
  { reads, budget }: { readonly reads: (v: Value) => boolean; readonly budget: number },
): Expanded | string | undefined {
  const domain = node.domain === "ai.onnx" ? "" : node.domain;
  const own = Object.hasOwn(table, domain) ? table[domain]! : {};
  const expand = Object.hasOwn(own, node.opType) ? own[node.opType] : undefined;
  if (!expand) return undefined;
  const graph = new Graph(node.opType);
  for (const v of new Set(inputs)) {
    if (v === none) continue;
    const [type, constant] = [outer.types.get(v), outer.initializers.get(v)];
    if (constant) graph.initializer(v, constant);
    else if (type) graph.input(v, type);
    else return `nothing is known of its input "${v}"`;
  }
  const input = (i: number): Value | undefined => inputs[i] || undefined;
  const a = new Attributes(node);
  try {
    const outputs = expand({
      node,
      a,
      g: new Builder(graph, node.name || node.output.find((v) => v !== none)),
      reading: {
        node,
        a,
        typeOf: (i) => graph.types.get(input(i) ?? none),
        constantOf: (i) => graph.initializers.get(input(i) ?? none),
      },
      input,
      reads: (i) => reads(node.output[i] ?? none),
      budget,
    });
    const lacks = node.output.findIndex((v, i) => reads(v) && !outputs[i]);
    return lacks < 0 ? { graph, outputs } : `its output ${lacks} cannot be computed`;
  } catch (error) {
    // What onnxruntime may run all the same stays as it came.
    if (error instanceof EngraftError && error.kind !== "InternalError") return error.message;
    throw error;
  }
}
