import { isStatic } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import { type Graph, readsOf } from "../../graph/graph.js";
import type { AnyOpNode, Node, OpNode, Value } from "../../graph/node.js";

/** A convolution: its weight and window. */
export interface ConvFact {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
  readonly from: number;
  readonly to: number;
}

/** Facts about a model's structure, without its names. */
export interface ModelFacts {
  readonly convs: readonly ConvFact[];
  /** Number of occurrences of these operators. */
  readonly count: (...ops: readonly string[]) => number;
  /** Number of sums of two computed values of one shape: shortcuts. */
  readonly shortcuts: number;
  /** Concats of computed values along channels: number of parts of each. */
  readonly joins: readonly number[];
  /** Number of x · sigmoid(x), in any form. */
  readonly silu: number;
  /** Number of x · sigmoid-like(pooled x): squeeze and excitation. */
  readonly gates: number;
  /** Number of products of two computed matrices whose result goes into a Softmax. */
  readonly attentions: number;
  /** Number of LayerNormalizations, as an operator or written out. */
  readonly layerNorms: number;
  /** Number of normalisations by the root mean square only. */
  readonly rmsNorms: number;
  /** Number of Reshape, Transpose, Reshape that swap groups of channels. */
  readonly shuffles: number;
  /** Number of embedding tables that integer inputs index. */
  readonly embeddings: number;
  /** True if a mask hides later tokens: Trilu, a constant triangle, or places that are compared with places. */
  readonly causal: boolean;
  readonly input: "pictures" | "tokens" | "waves" | "other";
  /** Shapes of the outputs. */
  readonly outputs: readonly (readonly unknown[] | undefined)[];
}

export function factsOf(graph: Graph): ModelFacts {
  const producers = graph.producers();
  const op = (v: Value | undefined): AnyOpNode | undefined => {
    const node = v === undefined ? undefined : producers.get(v);
    return node?.kind === "op" ? node : undefined;
  };
  const counts = new Map<string, number>();
  for (const node of graph.nodes) counts.set(node.op, (counts.get(node.op) ?? 0) + 1);
  const count = (...ops: readonly string[]): number =>
    ops.reduce((n, name) => n + (counts.get(name) ?? 0), 0);
  const all = graph.nodes.filter((n): n is AnyOpNode => n.kind === "op");
  const computed = (node: Node): Value[] =>
    node.inputs.filter((v) => producers.has(v) || graph.inputs.includes(v));
  const rank = (v: Value): number | undefined => graph.types.get(v)?.shape?.length;

  const convs = all
    .flatMap((n) => (n.op === "Conv" ? [convFact(graph, n as OpNode<"Conv">)] : []))
    .flatMap((c) => c ?? []);
  const muls = all.filter((n) => n.op === "Mul");
  const sigmoids = new Set(["Sigmoid", "HardSigmoid"]);
  const isGate = (v: Value): boolean => {
    const node = op(v);
    if (!node || !sigmoids.has(node.op)) return false;
    // A convolution or product of a pooled value
    let at: AnyOpNode | undefined = node;
    for (let i = 0; at && i < 10; i++) {
      if (at.op === "GlobalAveragePool" || at.op === "ReduceMean") return true;
      at = op(computed(at)[0]);
    }
    return false;
  };
  const siluOf = (n: AnyOpNode): boolean =>
    n.inputs.some((v, i) => op(v)?.op === "Sigmoid" && op(v)!.inputs[0] === n.inputs[1 - i]);
  const means = all.filter((n) => n.op === "ReduceMean");
  /** sqrt(mean(z²) + ε) after z = x - mean(x), or without it */
  const roots = means.filter((n) => {
    const square = op(n.inputs[0]);
    return square?.op === "Pow" || (square?.op === "Mul" && square.inputs[0] === square.inputs[1]);
  });
  const centred = roots.filter((n) => op(op(n.inputs[0])!.inputs[0])?.op === "Sub").length;
  return {
    convs,
    count,
    shortcuts: all.filter((n) => {
      if (n.op !== "Add") return false;
      const [a, b] = n.inputs.map((v) => (producers.has(v) ? graph.types.get(v)?.shape : undefined));
      return (
        a !== undefined &&
        b !== undefined &&
        a.length >= 3 &&
        a.join() === b.join() &&
        n.inputs[0] !== n.inputs[1]
      );
    }).length,
    joins: all.flatMap((n) =>
      n.op === "Concat" && rank(n.outputs[0]!) === 4 && n.attributes.axis === 1 ? [computed(n).length] : [],
    ),
    silu: muls.filter(siluOf).length,
    gates: muls.filter((n) => !siluOf(n) && n.inputs.some(isGate)).length,
    attentions: all.filter((n) => n.op === "Softmax" && comesFromProduct(n, op)).length,
    layerNorms: count("LayerNormalization") + centred,
    rmsNorms: roots.length - centred,
    shuffles: all.filter((n) => n.op === "Transpose" && n.attributes.perm.join() === "0,2,1,3,4").length,
    embeddings: all.filter(
      (n) => n.op === "Gather" && graph.initializers.get(n.inputs[0]!)?.dims.length === 2,
    ).length,
    causal:
      count("Trilu") > 0 ||
      [...graph.initializers.values()].some(isTriangle) ||
      all.some((n) => comparisons.has(n.op) && n.inputs.every((v) => isPlaces(v, op))),
    input: kindOf(graph),
    outputs: graph.outputs.map((v) => graph.types.get(v)?.shape),
  };
}

function convFact(graph: Graph, { inputs, attributes }: OpNode<"Conv">): ConvFact | undefined {
  const shape = graph.types.get(inputs[1]!)?.shape;
  if (!isStatic(shape) || shape.length < 3) return undefined;
  const { group, strides, dilations } = attributes;
  return { kernel: shape.slice(2), strides, dilations, group, from: shape[1]! * group, to: shape[0]! };
}

const comparisons = new Set(["Greater", "GreaterOrEqual", "Less", "LessOrEqual"]);
const moving = new Set(["Cast", "Reshape", "Unsqueeze", "Transpose", "Expand", "Add", "Identity"]);

/** True for a Range of places, or one that was moved. */
function isPlaces(value: Value, op: (v: Value) => AnyOpNode | undefined): boolean {
  let node = op(value);
  while (node && moving.has(node.op)) node = op(node.inputs[0]!);
  return node?.op === "Range";
}

/** True for a Softmax after a product of two computed values, a few nodes back. */
function comesFromProduct(softmax: AnyOpNode, op: (v: Value) => AnyOpNode | undefined): boolean {
  let level: AnyOpNode[] = [softmax];
  for (let i = 0; i < 8 && level.length > 0; i++) {
    const before = level.flatMap((n) => readsOf(n).flatMap((v) => op(v) ?? []));
    if (before.some((n) => n.op === "MatMul" && n.inputs.every((v) => op(v) !== undefined))) return true;
    level = before.slice(0, 16);
  }
  return false;
}

/** True for a square matrix with one value on and below its diagonal and another above. */
function isTriangle({ dtype, dims, data }: Tensor): boolean {
  const [rows = 0, columns] = dims.slice(-2);
  // GPT-2's is 1024 × 1024.
  if (rows < 3 || rows !== columns || dtype === "string" || data.length !== rows * rows || rows > 4096)
    return false;
  const [below, above] = [data[0], data[1]];
  if (below === above) return false;
  for (let i = 0; i < data.length; i++)
    if (data[i] !== (i % rows <= Math.floor(i / rows) ? below : above)) return false;
  return true;
}

function kindOf(graph: Graph): ModelFacts["input"] {
  const types = graph.inputs.map((v) => graph.typeOf(v));
  if (types.some((t) => (t.dtype === "int64" || t.dtype === "int32") && t.shape?.length === 2))
    return "tokens";
  if (types.some((t) => t.shape?.length === 4)) return "pictures";
  const conv1d = graph.nodes.some(
    (n) => n.op === "Conv" && graph.types.get(n.inputs[1] ?? "")?.shape?.length === 3,
  );
  return conv1d ? "waves" : "other";
}
