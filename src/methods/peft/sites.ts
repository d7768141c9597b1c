import { isFrontEnd } from "../../bases/audio/front-end-tables.js";
import { headPrefix } from "../../bases/heads.js";
import { isFloat } from "../../core/dtype.js";
import type { StaticShape } from "../../core/shape.js";
import { isStatic } from "../../core/shape.js";
import { type Graph, readsOf } from "../../graph/graph.js";
import type { Node, OpNode, Value } from "../../graph/node.js";

/** A weight that can have an adapter, with every node that multiplies by it. */
export interface Site {
  /** Name of the module in PEFT: "encoder.layer.0.attention.self.query". */
  readonly name: string;
  /**
   * The weight: an initializer, or a value computed from initializers alone (a DequantizeLinear). For x · Transpose(W)
   * it is W.
   */
  readonly weight: Value;
  readonly kind: "linear" | "conv";
  /** True if a linear weight is [out, in], as for Gemm with transB, instead of [in, out]. */
  readonly turned: boolean;
  readonly dims: StaticShape;
  /** Input channels (of one group) and output channels. */
  readonly inputs: number;
  readonly outputs: number;
  /** Groups of a convolution, else 1. */
  readonly groups: number;
  /** Its nodes. */
  readonly uses: readonly Use[];
}

/** A product with the weight, and where its bias is added. */
export interface Use {
  /** Positions of the product, and of the node after which the bias is included: an Add, or the product itself. */
  readonly node: number;
  readonly end: number;
  readonly bias: Value | undefined;
}

type Product = OpNode<"MatMul"> | OpNode<"Gemm"> | OpNode<"Conv">;

/** Values that depend on no input of the graph. */
function fixedValues(graph: Graph): Set<Value> {
  const fixed = new Set<Value>(graph.initializers.keys());
  for (const node of graph.nodes) {
    const reads = readsOf(node);
    if (reads.length > 0 && reads.every((v) => fixed.has(v))) for (const v of node.outputs) fixed.add(v);
  }
  return fixed;
}

/**
 * Returns the products and convolutions of a graph whose second factor is a frozen float matrix, in the order of their
 * first use; without the new head, which trains itself.
 *
 * A weight that a `DequantizeLinear` computes counts: the integers stay as they are.
 */
export function sitesOf(graph: Graph): Site[] {
  const fixed = fixedValues(graph);
  const consumers = graph.consumers();
  const producers = graph.producers();
  const position = new Map<Node, number>(graph.nodes.map((node, i) => [node, i]));
  const found = new Map<Value, { node: Product; site: Omit<Site, "name" | "uses">; uses: Use[] }>();
  /** The bias of a product: its own input, or what its only reader adds. */
  const useOf = (node: Product, index: number, outputs: number): Use => {
    const own = node.inputs[2];
    const y = node.outputs[0]!;
    const readers = consumers.get(y) ?? [];
    const [add] = readers;
    const none = { node: index, end: index, bias: undefined };
    if (own !== undefined && own !== "") return { ...none, bias: own };
    if (node.op === "Conv" || add?.op !== "Add" || readers.length !== 1 || graph.outputs.includes(y))
      return none;
    const bias = add.inputs.find((v) => v !== y);
    const shape = graph.types.get(bias ?? "")?.shape;
    if (bias === undefined || !fixed.has(bias) || shape?.length !== 1 || shape[0] !== outputs) return none;
    return { node: index, end: position.get(add)!, bias };
  };
  graph.nodes.forEach((node, index) => {
    const site = siteAt(graph, node, fixed, producers);
    if (site === undefined) return;
    const known = found.get(site.weight);
    const use = useOf(node as Product, index, site.outputs);
    if (known === undefined) found.set(site.weight, { node: node as Product, site, uses: [use] });
    // A weight that is read in two ways is not one matrix for an adapter.
    else if (known.site.kind === site.kind && known.site.turned === site.turned) known.uses.push(use);
  });
  const taken = new Map<string, number>();
  return [...found.values()].map(({ node, site, uses }) => {
    const name = moduleName(site.weight, node);
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return { ...site, name: times === 1 ? name : `${name}#${times}`, uses };
  });
}

/** True if only a site's nodes read a value, transposed or not. */
export function isReadAlone(
  graph: Graph,
  site: Site,
  value: Value,
  readers: ReadonlyMap<Value, readonly Node[]>,
): boolean {
  const places = site.uses.flatMap(({ node, end }) => [graph.nodes[node], graph.nodes[end]]);
  const read = (one: Value): boolean =>
    !graph.outputs.includes(one) &&
    (readers.get(one) ?? []).every(
      (node) => places.includes(node) || (node.op === "Transpose" && read(node.outputs[0]!)),
    );
  return read(value);
}

function siteAt(
  graph: Graph,
  node: Node,
  fixed: ReadonlySet<Value>,
  producers: ReadonlyMap<Value, Node>,
): Omit<Site, "name" | "uses"> | undefined {
  if (node.kind !== "op" || (node.op !== "MatMul" && node.op !== "Gemm" && node.op !== "Conv"))
    return undefined;
  const [x, factor] = node.inputs;
  const view = producers.get(factor ?? "");
  const isTurned = view?.kind === "op" && view.op === "Transpose" && String(view.attributes.perm) === "1,0";
  const weight = isTurned && node.op !== "Conv" ? view.inputs[0] : factor;
  if (x === undefined || weight === undefined || fixed.has(x) || !fixed.has(weight)) return undefined;
  if (weight.startsWith(headPrefix) || isFrontEnd(weight) || graph.initializers.get(weight)?.constant)
    return undefined;
  if (!isFloat(graph.types.get(x)?.dtype ?? "int64")) return undefined;
  const dims = dimsOf(graph, weight);
  if (dims === undefined) return undefined;
  if (node.op === "Conv") {
    const groups = node.attributes.group;
    return { weight, kind: "conv", turned: true, dims, inputs: dims[1]!, outputs: dims[0]!, groups };
  }
  if (dims.length !== 2) return undefined;
  const turned = (node.op === "Gemm" && node.attributes.transB) !== isTurned;
  if (node.op === "Gemm" && (node.attributes.transA || node.attributes.alpha !== 1)) return undefined;
  const [first, second] = dims as [number, number];
  const [inputs, outputs] = turned ? [second, first] : [first, second];
  return { weight, kind: "linear", turned, dims, inputs, outputs, groups: 1 };
}

/** Returns the sizes of a frozen float weight. */
function dimsOf(graph: Graph, weight: Value): StaticShape | undefined {
  const { shape, dtype } = graph.types.get(weight) ?? {};
  return isStatic(shape) && dtype !== undefined && isFloat(dtype) ? shape : undefined;
}

/**
 * Returns the name of a module: its weight's name without ".weight"; if an exporter lost that name, the path of its
 * node without the operator ("/encoder/layer.0/query/MatMul").
 */
function moduleName(weight: Value, node: Node): string {
  const dotted = (path: string): string => path.replace(/^[/.]+/, "").replaceAll("/", ".");
  const named = /^(.+)\.weight(_quantized|_DequantizeLinear_Output|_dequantized)?$/.exec(weight)?.[1];
  if (named !== undefined) return dotted(named);
  const path = /^(.*)\/(MatMul|Gemm|Conv)(_\d+)?$/.exec(node.name)?.[1];
  return path !== undefined && path !== "" ? dotted(path) : dotted(weight);
}
