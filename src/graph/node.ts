import type { OpAttributes, OpName } from "./ops.js";

/** A value is known by its name, which is unique in its graph and the same as in the ONNX file. */
export type Value = string;

/** An omitted optional input or output. */
export const none: Value = "";

export interface OpNode<Op extends OpName = OpName> {
  readonly kind: "op";
  readonly op: Op;
  /** For messages; not unique, may be empty. */
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: OpAttributes[Op];
}

/** A node that Engraft does not understand. It runs as it came; no gradient can pass through it. */
export interface OpaqueNode {
  readonly kind: "opaque";
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Values of the outer graph that subgraphs of this node read. */
  readonly captures: readonly Value[];
  /** Serialized AttributeProtos, unchanged. */
  readonly attributes: readonly Uint8Array[];
  /** Why the node stays opaque although its operator is known in other forms. */
  readonly why?: string;
  /**
   * Set for a recurrence that `unrollRecurrent()` can unroll for a gradient. "sized": only once its length is
   * known, e.g. by `bindDims()`; until then `why` gives the reason.
   */
  readonly unrolls?: true | "sized";
}

/** A node of a user-defined operator: see {@link CustomOperator} in define-operator.ts. */
export interface CustomNode {
  readonly kind: "custom";
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Distributed over the operators, so that `node.op` narrows `node.attributes`. */
export type AnyOpNode = { [Op in OpName]: OpNode<Op> }[OpName];
export type Node = AnyOpNode | OpaqueNode | CustomNode;
