import type { Graph } from "../graph.js";
import type { AnyOpNode, Node, OpNode, Value } from "../node.js";
import { alignScalars } from "./align-scalars.js";
import { removeDeadCode } from "./dead-code.js";
import { fuseBias } from "./fuse-bias.js";
import { simplify } from "./simplify.js";

/**
 * Rewrites a graph for speed in onnxruntime:
 * - it is simplified;
 * - Transpose (of the last two axes) + MatMul becomes `com.microsoft.FusedMatMul`, which reads the matrix in
 * another order instead of copying it;
 * - biases become part of their products;
 * - scalars get the rank for which broadcasting is fast.
 *
 * For training graphs only: exported models keep to the standard operators.
 *
 * @example const bytes = toOnnx(fuseForOrt(step.graph));
 */
export function fuseForOrt(graph: Graph): Graph {
  const source = fuseBias(simplify(graph));
  const producers = source.producers();
  const fused = source.withoutNodes();
  for (const node of source.nodes) {
    const turned = turnGemm(producers, fuseMatMul(source, producers, node));
    fused.push(turned, source.typesOf(node));
  }
  fused.outputs.push(...source.outputs);
  return alignScalars(removeDeadCode(fused));
}

/** MatMul(aᵀ, b), MatMul(a, bᵀ) -> FusedMatMul. The runtime's kernel is for float32. */
function fuseMatMul(graph: Graph, producers: ReadonlyMap<Value, Node>, node: Node): Node {
  if (node.kind !== "op" || (node.op !== "MatMul" && node.op !== "FusedMatMul")) return node;
  if (graph.types.get(node.outputs[0]!)?.dtype !== "float32") return node;
  const [a, b] = node.inputs.map((v) => ({ value: v, turned: transposed(producers.get(v)) })) as [Side, Side];
  // A vector has no last two axes, and FusedMatMul does not take one.
  if (node.inputs.some((v) => (graph.types.get(v)?.shape?.length ?? 0) < 2)) return node;
  if (a.turned === undefined && b.turned === undefined) return node;
  const before = node.op === "FusedMatMul" ? node.attributes : { alpha: 1, transA: false, transB: false };
  const fused: OpNode<"FusedMatMul"> = {
    kind: "op",
    op: "FusedMatMul",
    name: node.name,
    inputs: [a.turned ?? a.value, b.turned ?? b.value],
    outputs: node.outputs,
    attributes: {
      alpha: before.alpha,
      transA: before.transA !== (a.turned !== undefined),
      transB: before.transB !== (b.turned !== undefined),
    },
  };
  return fused as AnyOpNode;
}

/** Gemm(a, wᵀ) -> Gemm with the other `transB`. Nothing is copied, and a frozen w is stored once. */
function turnGemm(producers: ReadonlyMap<Value, Node>, node: Node): Node {
  if (node.kind !== "op" || node.op !== "Gemm") return node;
  const [a, b, ...bias] = node.inputs as [Value, Value];
  const turned = transposed(producers.get(b));
  if (turned === undefined) return node;
  const attributes = { ...node.attributes, transB: !node.attributes.transB };
  return { ...node, inputs: [a, turned, ...bias], attributes } as AnyOpNode;
}
interface Side {
  readonly value: Value;
  readonly turned: Value | undefined;
}

/** Returns the input of a Transpose that swaps only the last two axes. */
function transposed(node: Node | undefined): Value | undefined {
  if (node?.kind !== "op" || node.op !== "Transpose") return undefined;
  const { perm } = node.attributes;
  const rank = perm.length;
  const swaps = perm.every((p, i) => p === (i < rank - 2 ? i : 2 * rank - 3 - i));
  return rank >= 2 && swaps ? node.inputs[0] : undefined;
}
