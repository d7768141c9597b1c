import { EngraftError } from "../../../core/errors.js";
import type { NodeProto } from "../../../onnx/index.js";
import { Builder } from "../../builder.js";
import { Graph } from "../../graph.js";
import { none, type Value } from "../../node.js";
import { Attributes } from "../attributes.js";
import type { UpgradeContext } from "../upgrade.js";
import { attention } from "./attention.js";
import { recurrent } from "./cells.js";
import { definitions } from "./definitions.js";
import { embedLayerNormalization } from "./embed-layer-normalization.js";
import type { Expand } from "./expansion.js";
import { fusedProducts } from "./fused-products.js";
import { gelus } from "./gelu.js";
import { multiHeadAttention } from "./multi-head-attention.js";
import { normalizations } from "./normalizations.js";
import { Writer } from "./writer.js";

/** Operators whose expansion depends on the types of what they read. */
export const expansions: Readonly<Record<string, Readonly<Record<string, Expand>>>> = {
  "": recurrent,
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
  /** A recurrence that the runtime may as well run whole. */
  readonly whole?: boolean;
}

/** Where a node stands. */
export interface Surroundings {
  readonly opset: number;
  readonly context: UpgradeContext;
  /** The node's inputs under their names in `graph`. */
  readonly inputs: readonly Value[];
  /** Knows types and constants of the inputs. */
  readonly graph: Graph;
  readonly reads: (v: Value) => boolean;
  /** How many nodes the file may still grow by. */
  readonly budget: number;
}

/** What a node of a file becomes: messages that mean the same, a graph of its own, or itself, with the reason. */
export type Expansions =
  | { readonly nodes: readonly NodeProto[] }
  | Expanded
  | { readonly stays: string; readonly whole?: boolean };

/**
 * The standard nodes that a node means, so that it can train; undefined when it is none of those that are expanded.
 * @throws ModelError for a node that means nothing
 */
export function expandNode(node: NodeProto, at: Surroundings): Expansions | undefined {
  const domain = node.domain === "ai.onnx" ? "" : node.domain;
  const key = domain === "" ? node.opType : `${domain}.${node.opType}`;
  if (Object.hasOwn(definitions, key)) {
    const writer = new Writer(node, at.opset, at.context, at.reads);
    const stays = definitions[key]!.write(writer);
    return stays === undefined ? { nodes: writer.nodes } : { stays };
  }
  const own = Object.hasOwn(expansions, domain) ? expansions[domain]! : {};
  const expand = Object.hasOwn(own, node.opType) ? own[node.opType] : undefined;
  const made = expand && built(node, expand, at);
  const whole = isRecurrent(node) && !new Attributes(node).flag("layout");
  if (typeof made !== "string") return made && { ...made, whole };
  // A recurrence whose length alone is not known can be its steps once it is.
  const { shape } = at.graph.types.get(at.inputs[0] ?? none) ?? {};
  return { stays: made, whole: whole && shape?.length === 3 && typeof shape[0] !== "number" };
}

function isRecurrent({ domain, opType }: NodeProto): boolean {
  return (domain === "" || domain === "ai.onnx") && Object.hasOwn(recurrent, opType);
}

/** The steps of an LSTM, GRU or RNN, or why there are none. */
export function unrolled(node: NodeProto, at: Omit<Surroundings, "opset" | "context">): Expanded | string {
  return built(node, recurrent[node.opType as keyof typeof recurrent], at);
}

/** The graph of an expansion, or why there is none. */
function built(
  node: NodeProto,
  expand: Expand,
  { inputs, graph: outer, reads, budget }: Omit<Surroundings, "opset" | "context">,
): Expanded | string {
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
