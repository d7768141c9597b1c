import { EngraftError } from "../core/errors.js";
import { formatType, isStatic } from "../core/shape.js";
import { type Graph, readsOf } from "../graph/graph.js";
import { type Node, none, type Value } from "../graph/node.js";

/**
 * Adds to an error which node's gradient needs the size, and where the size is lost: an input of open size, or the
 * first node whose output's size depends on the data.
 * @returns other errors unchanged
 */
export function explainUnknownSize(error: unknown, graph: Graph, node: Node): unknown {
  if (!(error instanceof EngraftError) || error.kind !== "ShapeError") return error;
  const lost = whereLost(graph);
  if (lost === undefined) return error;
  return new EngraftError("ShapeError", error.message, {
    at: `the gradient of ${node.op} "${node.name || node.outputs[0]}"; ${lost.where}`,
    help: lost.help,
    details: { ...error.details, node: node.name, op: node.op, lost: lost.value },
    cause: error,
  });
}

function whereLost(graph: Graph): { value: Value; where: string; help: string } | undefined {
  const known = (v: Value): boolean => isStatic(graph.types.get(v)?.shape);
  const input = graph.inputs.find((v) => !known(v));
  if (input !== undefined)
    return {
      value: input,
      where: `the input "${input}" is ${formatType(graph.typeOf(input))}`,
      help: "give the input a size: imageSize, inputShapes of fromOnnx(), or bindDims(); or export the model with it fixed",
    };
  for (const node of graph.nodes) {
    const value = node.outputs.find((v) => v !== none && !known(v));
    if (value === undefined || !readsOf(node).every(known)) continue;
    const type = graph.types.get(value);
    return {
      value,
      where: `${node.op} "${node.name || value}" gives "${value}", ${type ? formatType(type) : "of unknown type"}: its size depends on the data`,
      help: `train only what does not depend on "${value}", cut the model before it, or export it with fixed sizes`,
    };
  }
  return undefined;
}
