import { create, fromBinary } from "@bufbuild/protobuf";
import { AttributeProtoSchema, type NodeProto, NodeProtoSchema } from "../../onnx/index.js";
import { type Graph, readsOf } from "../graph.js";
import { inferNode } from "../infer/index.js";
import type { Node, OpaqueNode, Value } from "../node.js";
import { unrolled } from "./expand/expand-node.js";
import { place } from "./expand/place.js";

/**
 * Unrolls every LSTM, GRU and RNN that a gradient passes through. The others stay whole, which a runtime loads and
 * runs faster. A recurrence that cannot be unrolled stays too, with the reason.
 * @param values values that get a gradient, such as trainable weights
 */
export function unrollRecurrent(graph: Graph, values: Iterable<Value>): Graph {
  const moved = new Set(values);
  const wanted = new Set<Node>();
  for (const node of graph.nodes) {
    if (!readsOf(node).some((v) => moved.has(v))) continue;
    for (const v of node.outputs) moved.add(v);
    if (node.kind === "opaque" && node.unrolls) wanted.add(node);
  }
  if (wanted.size === 0) return graph;
  const made = graph.withoutNodes();
  made.outputs.push(...graph.outputs);
  const read = new Set([...graph.outputs, ...graph.nodes.flatMap(readsOf)]);
  const reads = (v: Value): boolean => read.has(v);
  const given = new Set<Value>();
  const fresh = (hint: string): Value => {
    let name = hint;
    for (let i = 1; given.has(name) || graph.has(name); i++) name = `${hint}_${i}`;
    given.add(name);
    return name;
  };
  for (const node of graph.nodes) {
    if (!wanted.has(node)) {
      made.push(node, graph.typesOf(node));
      continue;
    }
    const proto = protoOf(node as OpaqueNode);
    const steps = unrolled(proto, {
      inputs: node.inputs,
      graph: made,
      reads,
      // Counted when the model was read.
      budget: Number.POSITIVE_INFINITY,
    });
    if (typeof steps === "string") {
      const { unrolls: _, ...stays } = node as OpaqueNode;
      made.push({ ...stays, why: steps }, graph.typesOf(node));
      continue;
    }
    place(proto, steps, {
      graph: made,
      reads,
      fresh,
      constant: (hint, value) => made.initializer(fresh(hint), value),
      push: (each) => made.push(each, inferNode(made, each)),
      same: (v, y) =>
        made.push({ kind: "op", op: "Identity", name: y, inputs: [v], outputs: [y], attributes: {} }, [
          made.types.get(v),
        ]),
    });
  }
  return made;
}

function protoOf({ op, domain, name, inputs, outputs, attributes }: OpaqueNode): NodeProto {
  return create(NodeProtoSchema, {
    opType: op,
    domain,
    name,
    input: [...inputs],
    output: [...outputs],
    attribute: attributes.map((bytes) => fromBinary(AttributeProtoSchema, bytes)),
  });
}
