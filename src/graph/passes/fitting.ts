import type { Builder } from "../builder.js";
import type { Node, OpNode, Value } from "../node.js";
import type { OpName } from "../ops.js";

/** What a rewrite sees: a builder of the new graph, and what computes the values of the old one. */
export interface Fitting<Op extends OpName> {
  readonly g: Builder;
  readonly node: OpNode<Op>;
  readonly producers: ReadonlyMap<Value, Node>;
}
