import { EngraftError } from "../../core/errors.js";
import type { Dim, TensorType } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../graph.js";
import { type AnyOpNode, type Node, none, type Value } from "../node.js";
import type { OpAttributes, OpName } from "../ops.js";
import { activation } from "./activation.js";
import { bitwise } from "./bitwise.js";
import { checkResult } from "./checks.js";
import { convolution } from "./convolution.js";
import { elementwise } from "./elementwise.js";
import { gathering } from "./gather.js";
import type { Infer, InferContext, InferTable } from "./infer.js";
import { linalg } from "./linalg.js";
import { movement } from "./movement.js";
import { normalization } from "./normalization.js";
import { pooling } from "./pooling.js";
import { isWholeRecurrence, recurrentTypes } from "./recurrent.js";
import { reduction } from "./reduction.js";
import { resampling } from "./resampling.js";
import { selection } from "./selection.js";
import { shapeValue } from "./shape-value.js";
import { trigonometry } from "./trigonometry.js";

/** The shape rule of each operator. */
export const inferTable: InferTable<OpAttributes> = {
  ...elementwise,
  ...trigonometry,
  ...bitwise,
  ...activation,
  ...linalg,
  ...convolution,
  ...pooling,
  ...normalization,
  ...reduction,
  ...movement,
  ...gathering,
  ...resampling,
  ...selection,
};

/** Known contents of integer lists that hold sizes, by value: [batch, 256] for Concat(Gather(Shape(x)), 256). */
export type ShapeValues = Map<Value, readonly Dim[]>;

/**
 * Returns the types of a node's outputs, from the types of its inputs. For an opaque node, returns the types that
 * the graph already has.
 *
 * @throws ShapeError if the inputs do not fit: `MatMul: inner dimensions differ: a is float32[N, 512], …`
 */
export function inferNode(graph: Graph, node: Node, values?: ShapeValues): (TensorType | undefined)[] {
  if (node.kind !== "op") {
    const known = isWholeRecurrence(node) && node.unrolls ? recurrentTypes(graph, node) : undefined;
    return node.outputs.map((output, i) => known?.[i] ?? graph.types.get(output));
  }
  // If an input is unknown, the type of the output may be unknown too.
  const inputs = node.inputs.map((v) => (v === none ? undefined : graph.types.get(v)));
  if (node.inputs.some((v, i) => v !== none && inputs[i] === undefined))
    return node.outputs.map(() => undefined);
  try {
    // The table has the same key as the node. TypeScript sees the entry as the union of all.
    const infer = inferTable[node.op] as Infer<OpName>;
    const context: InferContext<OpName> = {
      op: node.op,
      attributes: node.attributes,
      inputs,
      constant: (i) => constantOf(graph, node, i),
      dims: (i) => values?.get(node.inputs[i] ?? none),
      outputs: node.outputs.length,
      where: whereOf(node),
    };
    const types = infer(context).slice(0, node.outputs.length);
    for (const type of types) checkResult(context, type);
    return types;
  } catch (error) {
    if (!(error instanceof EngraftError) || error.at !== undefined) throw error;
    throw new EngraftError(error.kind, error.message, {
      at: `${whereOf(node)}, which reads ${node.inputs.map((v) => `"${v}"`).join(", ")}`,
      help: error.help,
      details: { ...error.details, node: node.name, op: node.op, inputs },
      cause: error,
    });
  }
}

function constantOf(graph: Graph, node: AnyOpNode, i: number): Tensor | undefined {
  return graph.initializers.get(node.inputs[i] ?? none);
}
function whereOf(node: AnyOpNode): string {
  return `${node.op} "${node.name || node.outputs[0] || ""}"`;
}

/**
 * Infers the types of all computed values again, in order, into `graph.types`: after inputs have changed, or after
 * a model was read. The types of opaque nodes stay.
 * @throws ShapeError
 */
export function inferGraph(graph: Graph): void {
  const values: ShapeValues = new Map();
  for (const node of graph.nodes) {
    const types = inferNode(graph, node, values);
    node.outputs.forEach((output, i) => {
      if (output === none) return;
      const type = types[i];
      if (type) graph.types.set(output, type);
      else if (node.kind === "op") graph.types.delete(output);
    });
    if (node.kind !== "op") continue;
    const known = shapeValue(graph, node, values);
    if (known && node.outputs[0]) values.set(node.outputs[0], known);
  }
}
