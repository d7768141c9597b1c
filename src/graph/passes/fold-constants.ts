import { type Dim, isStatic, sizeOf, type TensorType } from "../../core/shape.js";
import { castTensor, float32, int64, type Tensor } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import { inferNode, type ShapeValues } from "../infer/index.js";
import { shapeValue } from "../infer/shape-value.js";
import { type AnyOpNode, type Node, none } from "../node.js";

/** Runs one node on known inputs; `none` inputs are undefined. The reference interpreter has this type. */
export type Evaluate = (node: AnyOpNode, inputs: readonly (Tensor | undefined)[]) => readonly Tensor[];

/** Largest folded result, in elements. Folding must not make a file larger. */
const largest = 2 ** 16;

/**
 * Replaces values that are known in advance by constants.
 *
 * Sizes are followed through the operators with which exporters compute them: `Reshape(x, Concat(Gather(Shape(x),
 * 0), [-1]))` becomes `Reshape(x, [0, -1])` even if the batch is symbolic. With `evaluate`, operators on constants
 * are computed too.
 */
export function foldConstants(graph: Graph, evaluate?: Evaluate): Graph {
  const copy = graph.withoutNodes();
  copy.outputs.push(...graph.outputs);
  const sizes: ShapeValues = new Map();
  for (const node of graph.nodes) {
    const made = node.kind === "op" ? withKnownTarget(copy, graph, node, sizes) : node;
    const inferred = inferNode(copy, made, sizes);
    const types = made.outputs.map((v, i) => inferred[i] ?? graph.types.get(v));
    const values = made.kind === "op" ? valuesOf(copy, made, types, sizes, evaluate) : undefined;
    if (values) {
      made.outputs.forEach((v, i) => {
        if (v !== none) copy.initializer(v, values[i]!);
      });
    } else {
      copy.push(made, types);
      const known = made.kind === "op" ? shapeValue(copy, made, sizes) : undefined;
      if (known && made.outputs[0]) sizes.set(made.outputs[0], known);
    }
  }
  return copy;
}

/** Returns the node's outputs as constants, if known. */
function valuesOf(
  graph: Graph,
  node: AnyOpNode,
  types: readonly (TensorType | undefined)[],
  sizes: ShapeValues,
  evaluate: Evaluate | undefined,
): readonly Tensor[] | undefined {
  const type = types[0];
  const known = shapeValue(graph, node, sizes);
  // Floats are not folded: a reshaped small weight is still a weight.
  if (known && isStatic(known) && type && (type.dtype === "int64" || type.dtype === "int32")) {
    // The Unsqueeze of a list is known too; it has more than one axis.
    const dims = isStatic(type.shape) ? type.shape : [known.length];
    if (sizeOf(dims) === known.length && node.outputs.length === 1)
      return [castTensor(int64(dims, known), type.dtype)];
  }
  if (!evaluate) return undefined;
  const inputs = node.inputs.map((v) => graph.initializers.get(v));
  if (inputs.length === 0 || node.inputs.some((v, i) => v !== none && inputs[i] === undefined))
    return undefined;
  // Sizes are compared before anything is computed: a small file can ask for terabytes.
  if (
    !types.every((t, i) => node.outputs[i] === none || (t && isStatic(t.shape) && sizeOf(t.shape) <= largest))
  )
    return undefined;
  if (inputs.some((t) => t && t.data.length > largest)) return undefined;
  return evaluate(node, inputs);
}

/** Replaces a computed target of a Reshape, or computed scales of a Resize, by a constant. */
function withKnownTarget(copy: Graph, graph: Graph, node: AnyOpNode, sizes: ShapeValues): Node {
  const named = (hint: string): string => {
    let name = copy.fresh(hint);
    while (graph.has(name)) name = copy.fresh(`${name}_`);
    return name;
  };
  if (node.op === "Resize") {
    const scales = node.inputs[2] ?? none;
    const known = sizes.get(scales);
    if (!known || !isStatic(known) || copy.types.get(scales)?.dtype !== "float32") return node;
    const constant = copy.initializer(named(`${node.outputs[0]}.scales`), float32([known.length], known));
    return { ...node, inputs: node.inputs.with(2, constant) };
  }
  if (node.op !== "Reshape" || node.attributes.allowzero) return node;
  const [x = none, target = none] = node.inputs;
  const wanted = sizes.get(target);
  if (!wanted || copy.initializers.has(target)) return node;
  const list = reshapeTarget(wanted, copy.types.get(x)?.shape);
  if (!list) return node;
  const constant = copy.initializer(named(`${node.outputs[0]}.target`), int64([list.length], list));
  return { ...node, inputs: [x, constant] };
}

/**
 * Writes sizes as a Reshape target. A name at the same place in the input is 0 ("copy"); one other unknown is -1
 * ("the rest").
 */
function reshapeTarget(wanted: readonly Dim[], from: readonly Dim[] | undefined): number[] | undefined {
  const list: number[] = [];
  for (const [i, d] of wanted.entries()) {
    if (typeof d === "number") list.push(d);
    else if (d !== null && from?.[i] === d) list.push(0);
    else list.push(-1);
  }
  return list.filter((d) => d === -1).length <= 1 ? list : undefined;
}
