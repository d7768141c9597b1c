import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";
import type { OpAttributes, OpName } from "../graph/ops.js";
import type { ChooseForm } from "./rules/conv-forms.js";

/** Input of a gradient rule for one node. All shapes are static. */
export interface NodeContext<Op extends string, Attributes> {
  /** Appends nodes; knows types, shapes (`g.dims(v)`) and constants (`g.constantOf(v)`). */
  readonly g: Builder;
  readonly op: Op;
  readonly attributes: Attributes;
  /** The node's inputs ("" where omitted). */
  readonly inputs: readonly Value[];
  /** The node's outputs ("" where omitted). */
  readonly outputs: readonly Value[];
  /** outputs[0]. */
  readonly output: Value;
  /** Gradient of the loss for outputs[0], of the same shape (zeros if only another output is used). */
  readonly dy: Value;
  /** Gradients of all outputs; undefined if nothing depends on the output. */
  readonly dys: readonly (Value | undefined)[];
  /** Which inputs need a gradient; rules skip the others. */
  readonly needs: readonly boolean[];
  /** Chooses the form of a convolution's gradients, if it was measured. */
  readonly chooseForm: ChooseForm | undefined;
  /** Adds an output to the forward node (MaxPool's indices) and returns its name. */
  extraOutput(index: number): Value;
  /** Refuses this use of the operator. @throws OperatorError */
  refuse(because: string): never;
}
/** {@link NodeContext} of an operator of the closed list. */
export type VjpContext<Op extends OpName> = NodeContext<Op, OpAttributes[Op]>;

/**
 * Gradients of the inputs, in order; undefined for none. A gradient may have the *broadcast* shape of the output, or a
 * shape that broadcasts to the input's. differentiate() sums or expands it for all rules.
 */
export type Gradients = readonly (Value | undefined)[];
/** A gradient rule: appends the nodes that compute the inputs' gradients (a vector-Jacobian product). */
export type Vjp<Op extends OpName> = (context: VjpContext<Op>) => Gradients;

/** Why the operator has no gradient, or must not be differentiated. */
export type NoRule =
  | { readonly kind: "zero"; readonly because: string }
  | { readonly kind: "refuse"; readonly because: string };

/** Each operator has exactly one decision, written down even if there is no gradient. */
export type Decision<Op extends OpName> = { readonly kind: "rule"; readonly vjp: Vjp<Op> } | NoRule;

/** A decision for a node of any operator, user-defined ones included. */
export type AnyDecision =
  | { readonly kind: "rule"; readonly vjp: (context: NodeContext<never, never>) => Gradients }
  | NoRule;

/** A decision for every operator of a family. */
export type Rules<Ops> = { readonly [Op in keyof Ops & OpName]: Decision<Op> };

/** The operator has this gradient rule. */
export function rule<Op extends OpName>(vjp: Vjp<Op>): Decision<Op> {
  return { kind: "rule", vjp };
}
/** The gradient is zero wherever it exists, for this reason. */
export function zero(because: string): NoRule {
  return { kind: "zero", because };
}
/** No gradient may pass, for this reason. */
export function refuse(because: string): NoRule {
  return { kind: "refuse", because };
}
