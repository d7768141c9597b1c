import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../graph.js";
import type { Node, Value } from "../node.js";

/**
 * Returns the graph with its outputs, under the names of the file.
 * @param alias values that equal another value, by name
 * @param pinned values that must keep their name
 * @throws ModelError for an output that nothing computes, or that is named twice
 */
export function nameOutputs(
  graph: Graph,
  names: readonly Value[],
  alias: ReadonlyMap<Value, Value>,
  pinned: ReadonlySet<Value>,
): Graph {
  const renamed = new Map<Value, Value>();
  const named = new Set<Value>();
  const given = new Set([...graph.inputs, ...graph.initializers.keys(), ...pinned, ...names]);
  for (const name of names) {
    const source = alias.get(name);
    if (source !== undefined) {
      // A node that only renames is dropped: the value that it read takes the name.
      if (!given.has(source) && !renamed.has(source)) renamed.set(source, name);
      else {
        const [inputs, outputs] = [[source], [name]];
        graph.nodes.push({ kind: "op", op: "Identity", name, inputs, outputs, attributes: {} });
        const type = graph.types.get(source);
        if (type) graph.types.set(name, type);
      }
    } else if (!graph.has(name)) {
      throw new EngraftError("ModelError", `output "${name}" is computed by no node of the graph`, {
        help: "the file is damaged, or made by a faulty exporter: export it again",
      });
    }
    if (named.has(name)) throw new EngraftError("ModelError", `output "${name}" is named twice`);
    named.add(name);
    graph.outputs.push(name);
  }
  return renamed.size === 0 ? graph : renameNodes(graph, renamed);
}

/** Returns the graph with other names for computed values. Values that subgraphs capture must not be renamed. */
function renameNodes(graph: Graph, names: ReadonlyMap<Value, Value>): Graph {
  const of = (v: Value): Value => names.get(v) ?? v;
  const copy = graph.withoutNodes();
  for (const node of graph.nodes)
    copy.push(
      { ...node, inputs: node.inputs.map(of), outputs: node.outputs.map(of) } as Node,
      graph.typesOf(node),
    );
  copy.outputs.push(...graph.outputs);
  return copy;
}
