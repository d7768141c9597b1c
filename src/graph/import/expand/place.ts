import type { Tensor } from "../../../core/tensor.js";
import type { NodeProto } from "../../../onnx/index.js";
import type { Graph } from "../../graph.js";
import { type AnyOpNode, none, type Value } from "../../node.js";
import type { Expanded } from "./expand-node.js";

/** The graph that receives an expansion. */
export interface Place {
  readonly graph: Graph;
  readonly reads: (v: Value) => boolean;
  readonly fresh: (hint: string) => Value;
  readonly constant: (hint: string, value: Tensor) => Value;
  readonly push: (node: AnyOpNode) => void;
  /** Records that y is another value. */
  readonly same: (value: Value, y: Value) => void;
}

/** Adds the nodes of an expansion under free names. Results take the names of the node's outputs. */
export function place(node: NodeProto, { graph, outputs }: Expanded, into: Place): void {
  const names = new Map<Value, Value>([[none, none]]);
  for (const v of [...graph.inputs, ...graph.initializers.keys()]) if (into.graph.has(v)) names.set(v, v);
  const computed = new Set(graph.nodes.flatMap((n) => n.outputs));
  const wanted = node.output.flatMap((y, i): [Value, Value][] =>
    outputs[i] && into.reads(y) ? [[outputs[i], y]] : [],
  );
  for (const [v, y] of wanted) if (computed.has(v) && !names.has(v)) names.set(v, y);
  const nameOf = (v: Value): Value => {
    const taken = names.get(v);
    if (taken !== undefined) return taken;
    const value = graph.initializers.get(v);
    const name = value ? into.constant(v, value) : into.fresh(v);
    names.set(v, name);
    return name;
  };
  for (const each of graph.nodes) {
    if (each.kind !== "op") continue;
    const moved = { ...each, name: node.name };
    into.push({ ...moved, inputs: each.inputs.map(nameOf), outputs: each.outputs.map(nameOf) } as AnyOpNode);
  }
  // Outputs that equal an input or another output.
  for (const [v, y] of wanted) if (names.get(v) !== y) into.same(nameOf(v), y);
}
