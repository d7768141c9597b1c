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
import { groupQueryAttention } from "./group-query-attention.js";
import { multiHeadAttention } from "./multi-head-attention.js";
import { normalizations } from "./normalizations.js";
import { rotaryEmbedding } from "./rotary-embedding.js";
import { Writer } from "./writer.js";

/** Operators whose expansion depends on the types of their inputs. */
export const expansions: Readonly<Record<string, Readonly<Record<string, Expand>>>> = {
  "": recurrent,
  "com.microsoft": {
    ...gelus,
    ...fusedProducts,
    ...normalizations,
    EmbedLayerNormalization: embedLayerNormalization,
    Attention: attention,
    MultiHeadAttention: multiHeadAttention,
    GroupQueryAttention: groupQueryAttention,
    RotaryEmbedding: rotaryEmbedding,
  },
};

/** The nodes of an expansion, before they get names that are free in the file's graph. */
export interface Expanded {
  /** The nodes; they read the inputs under their own names. */
  readonly graph: Graph;
  /** The value in `graph` for each output of the node. */
  readonly outputs: readonly (Value | undefined)[];
  /** True for a recurrence that the runtime can also run whole. */
  readonly whole?: boolean;
}

/** Context of a node that is expanded. */
export interface Surroundings {
  readonly opset: number;
  readonly context: UpgradeContext;
  /** Names of the node's inputs in `graph`. */
  readonly inputs: readonly Value[];
  /** Holds the types and constants of the inputs. */
  readonly graph: Graph;
  readonly reads: (v: Value) => boolean;
  /** Number of nodes that may still be added to the file. */
  readonly budget: number;
}

/** The replacement of a node: equivalent messages, a graph, or the node itself with the reason why it stays. */
export type Expansions =
  | { readonly nodes: readonly NodeProto[] }
  | Expanded
  | { readonly stays: string; readonly whole?: boolean };

/**
 * Returns the standard nodes that a node stands for, so that it can train; undefined if it is not expanded.
 * @throws ModelError for an invalid node
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
  // A recurrence of unknown length can still be unrolled when its length is known.
  const { shape } = at.graph.types.get(at.inputs[0] ?? none) ?? {};
  return { stays: made, whole: whole && shape?.length === 3 && typeof shape[0] !== "number" };
}

function isRecurrent({ domain, opType }: NodeProto): boolean {
  return (domain === "" || domain === "ai.onnx") && Object.hasOwn(recurrent, opType);
}

/** Returns the steps of an LSTM, GRU or RNN, or the reason why it cannot be unrolled. */
export function unrolled(node: NodeProto, at: Omit<Surroundings, "opset" | "context">): Expanded | string {
  return built(node, recurrent[node.opType as keyof typeof recurrent], at);
}

/** Builds the graph of an expansion, or returns the reason why there is none. */
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
    const missing = node.output.findIndex((v, i) => reads(v) && !outputs[i]);
    return missing < 0 ? { graph, outputs } : `its output ${missing} cannot be computed`;
  } catch (error) {
    // onnxruntime may still run the node, so it stays as it came.
    if (error instanceof EngraftError && error.kind !== "InternalError") return error.message;
    throw error;
  }
}
