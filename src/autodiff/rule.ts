import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";
import type { OpAttributes, OpName } from "../graph/ops.js";

/** What a gradient rule sees. All shapes are static here. */
export interface VjpContext<Op extends OpName> {
  /** Appends nodes; knows types, shapes (`g.dims(v)`) and constants (`g.constantOf(v)`). */
  readonly g: Builder;
  readonly op: Op;
  readonly attributes: OpAttributes[Op];
  /** The node's inputs ("" where omitted). */
  readonly inputs: readonly Value[];
  /** The node's outputs ("" where omitted). */
  readonly outputs: readonly Value[];
  /** outputs[0]. */
  readonly output: Value;
  /** Gradient of the loss for outputs[0]: same shape as the output. */
  readonly dy: Value;
  /** Gradients of all outputs; undefined where nothing depends on the output. */
  readonly dys: readonly (Value | undefined)[];
  /** Which inputs need a gradient: skip the work for the others. */
  readonly needs: readonly boolean[];
  /** Add an output that the forward node did not have (MaxPool's indices): returns its name. */
  extraOutput(index: number): Value;
}

/**
 * Gradients of the inputs, in order; undefined for none. A gradient may have the *broadcast* shape of the
 * output: differentiate() sums it back to the input's shape, once, for all rules.
 */
export type Vjp<Op extends OpName> = (context: VjpContext<Op>) => readonly (Value | undefined)[];

/** Each operator has exactly one of these: the decision is written down even when the answer is no. */
export type Decision<Op extends OpName> =
  | { readonly kind: "rule"; readonly vjp: Vjp<Op> }
  | { readonly kind: "zero"; readonly because: string }
  | { readonly kind: "refuse"; readonly because: string };

export type Rules<Ops> = { readonly [Op in keyof Ops & OpName]: Decision<Op> };

export function rule<Op extends OpName>(vjp: Vjp<Op>): Decision<Op> {
  return { kind: "rule", vjp };
}
export function zero<Op extends OpName>(because: string): Decision<Op> {
  return { kind: "zero", because };
}
export function refuse<Op extends OpName>(because: string): Decision<Op> {
  return { kind: "refuse", because };
}
