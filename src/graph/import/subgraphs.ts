import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { AttributeProtoSchema, type GraphProto, type NodeProto } from "../../onnx/index.js";

/** Returns the graphs in a node's attributes: branches and bodies. */
export function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((a) => (a.g ? [a.g, ...a.graphs] : a.graphs));
}

/** Returns the outer values that the subgraphs of a node read, each once. */
export function capturesOf(node: NodeProto): string[] {
  const captures = new Set<string>();
  for (const graph of subgraphsOf(node)) for (const v of readFromOutside(graph)) captures.add(v);
  return [...captures];
}

function readFromOutside(graph: GraphProto): Set<string> {
  const inside = new Set<string>();
  for (const { name } of [...graph.input, ...graph.initializer]) inside.add(name);
  for (const node of graph.node) for (const v of node.output) inside.add(v);
  const outside = new Set<string>();
  const read = (v: string) => {
    if (v !== "" && !inside.has(v)) outside.add(v);
  };
  for (const node of graph.node) {
    node.input.forEach(read);
    capturesOf(node).forEach(read);
  }
  for (const { name } of graph.output) read(name);
  return outside;
}

/** Renames values everywhere in a graph, subgraphs included. */
function renameValues(graph: GraphProto, rename: (v: string) => string): void {
  for (const info of [...graph.input, ...graph.output, ...graph.valueInfo]) info.name = rename(info.name);
  for (const tensor of graph.initializer) tensor.name = rename(tensor.name);
  for (const node of graph.node) renameInNode(node, rename);
}

/** Renames values in one node and its subgraphs. */
export function renameInNode(node: NodeProto, rename: (v: string) => string): void {
  const of = (v: string) => (v === "" ? v : rename(v));
  node.input = node.input.map(of);
  node.output = node.output.map(of);
  for (const graph of subgraphsOf(node)) renameValues(graph, rename);
}

/** Returns the attributes of an opaque node, with new names for the outer values that its subgraphs read. */
export function renameCaptures(
  attributes: readonly Uint8Array[],
  names: ReadonlyMap<string, string>,
): readonly Uint8Array[] {
  if (names.size === 0) return attributes;
  return attributes.map((bytes) => {
    const attribute = fromBinary(AttributeProtoSchema, bytes);
    const graphs = attribute.g ? [attribute.g, ...attribute.graphs] : attribute.graphs;
    if (graphs.length === 0) return bytes;
    for (const graph of graphs) renameValues(graph, (v) => names.get(v) ?? v);
    return toBinary(AttributeProtoSchema, attribute);
  });
}
