import { bytesPerElement } from "../../core/dtype.js";
import type { Graph } from "../../graph/graph.js";
import type { Node, Value } from "../../graph/node.js";

/** Operators whose output is the memory of their input with another shape. */
const views: ReadonlySet<string> = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"]);

/**
 * Returns the least memory of a run in bytes: permanent values, and the peak of temporary ones.
 *
 * Σ weights and inputs + Σ outputs + max over nodes i of Σ |v|, v made by a node up to i and read by one after i.
 *
 * A result replaces an input without further readers, and a kernel's scratch space counts 0. Real runtimes take more,
 * up to twice as much. Values of unknown size count 0.
 * @param over outputs that are written over inputs
 */
export function leastBytes(graph: Graph, over: readonly Value[] = []): number {
  const size = (v: Value): number => {
    const type = graph.types.get(v);
    if (!type?.shape || type.dtype === "string") return 0;
    let n = bytesPerElement[type.dtype];
    for (const d of type.shape) n *= typeof d === "number" ? d : 0;
    return n;
  };
  const sum = (values: Iterable<Value>): number => [...values].reduce((n, v) => n + size(v), 0);
  const base = new Map<Value, Value>();
  const owner = (v: Value): Value => base.get(v) ?? v;
  const made = new Set<Value>();
  const lastRead = new Map<Value, number>();
  for (const [i, node] of graph.nodes.entries()) {
    for (const v of node.inputs) lastRead.set(owner(v), i);
    if (isView(node)) base.set(node.outputs[0]!, owner(node.inputs[0]!));
    else for (const v of node.outputs) made.add(v);
  }
  const kept = new Set(graph.outputs.map(owner));
  const ends = new Map<number, Value[]>();
  for (const [v, i] of lastRead) if (made.has(v) && !kept.has(v)) ends.set(i, [...(ends.get(i) ?? []), v]);
  let alive = 0;
  let most = 0;
  for (const [i, node] of graph.nodes.entries()) {
    if (!isView(node)) alive += sum(node.outputs.filter((v) => lastRead.has(v) && !kept.has(v)));
    alive -= sum(ends.get(i) ?? []);
    most = Math.max(most, alive);
  }
  const inPlace = new Set(over.map(owner));
  const outputs = [...kept].filter((v) => !inPlace.has(v));
  return sum(graph.initializers.keys()) + sum(graph.inputs) + sum(outputs) + most;
}

const isView = (node: Node): boolean => node.kind === "op" && views.has(node.op);

/** 1,500,000,000 -> "1.5 GB" */
export function inWords(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
