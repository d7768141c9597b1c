import { formatType } from "../core/shape.js";
import { type Tensor, toNumbers } from "../core/tensor.js";
import type { Graph } from "./graph.js";
import { type Node, none, type Value } from "./node.js";

/** Largest constant that is printed with its values, in elements. */
const shown = 8;

/**
 * Prints a graph for people: one line for each input, weight, node and output.
 *
 * @example
 * graph "head"
 *   input  %x: float32[N, 512]
 *   weight %fc: float32[10, 512]
 *   %logits: float32[N, 10] = Gemm(%x, %fc, _) {alpha: 1, beta: 1, transA: false, transB: true}
 *   output %logits
 */
export function printGraph(graph: Graph): string {
  const lines = [`graph "${graph.name}"`];
  for (const input of graph.inputs) lines.push(`  input  ${typed(graph, input)}`);
  for (const [name, tensor] of graph.initializers)
    lines.push(`  weight ${typed(graph, name)}${values(tensor)}`);
  for (const node of graph.nodes) lines.push(`  ${printNode(graph, node)}`);
  for (const output of graph.outputs) lines.push(`  output %${output}`);
  return lines.join("\n");
}

/** Prints a node: `%y: float32[N, 64] = Relu(%x)`. */
export function printNode(graph: Graph, node: Node): string {
  const outputs = node.outputs.map((v) => (v === none ? "_" : typed(graph, v))).join(", ");
  const inputs = node.inputs.map((v) => (v === none ? "_" : `%${v}`)).join(", ");
  const op = node.kind === "op" || node.domain === "" ? node.op : `${node.domain}.${node.op}`;
  return `${outputs} = ${op}(${inputs})${attributes(node)}`;
}

function typed(graph: Graph, v: Value): string {
  const type = graph.types.get(v);
  return `%${v}: ${type ? formatType(type) : "?"}`;
}

function values(tensor: Tensor): string {
  if (tensor.data.length > shown) return "";
  const list = tensor.dtype === "string" ? tensor.data : toNumbers(tensor);
  return ` = [${list.join(", ")}]`;
}

function attributes(node: Node): string {
  if (node.kind === "opaque") {
    const reads = node.captures.length > 0 ? [`reads ${node.captures.map((v) => `%${v}`).join(", ")}`] : [];
    return reads.length > 0 ? ` {${reads.join(", ")}}` : "";
  }
  const entries = Object.entries(node.attributes).filter(([, value]) => value !== undefined);
  return entries.length === 0
    ? ""
    : ` {${entries.map(([key, value]) => `${key}: ${attribute(value)}`).join(", ")}}`;
}

function attribute(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(", ")}]`;
  if (typeof value === "object" && value !== null && "dims" in value) {
    const tensor = value as Tensor;
    return `${formatType({ dtype: tensor.dtype, shape: tensor.dims })}${values(tensor)}`;
  }
  return String(value);
}
