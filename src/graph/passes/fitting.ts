import type { Builder } from "../builder.js";
import type { Node, OpNode, Value } from "../node.js";
import type { OpName } from "../ops.js";

/** Input of a rewrite: a builder of the new graph, and the producers of the old one's values. */
export interface Fitting<Op extends OpName> {
  readonly g: Builder;
  readonly node: OpNode<Op>;
  readonly producers: ReadonlyMap<Value, Node>;
}
