import type { OpAttributes, OpName } from "./ops.js";

/** A value is its name: unique in its graph, the same as in the ONNX file it came from. */
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

/**
 * A node that Engraft does not understand and only passes on: it may stand in a part that runs as it came, and
 * nowhere that a gradient has to pass.
 */
export interface OpaqueNode {
  readonly kind: "opaque";
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Values of the outer graph that subgraphs of this node read. */
  readonly captures: readonly Value[];
  /** Serialized AttributeProtos, as they came. */
  readonly attributes: readonly Uint8Array[];
  /** Why an operator that is known in other forms stays as it came. */
  readonly why?: string;
  /**
   * Whole only as long as no gradient has to pass it: `unrollRecurrent()` puts its steps in its place. "sized": once its length is
   * known, which `bindDims()` can say; until then `why` says that it is not.
   */
  readonly unrolls?: true | "sized";
}

/** A node of an operator that the user defined: see {@link CustomOperator} in define-operator.ts. */
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
