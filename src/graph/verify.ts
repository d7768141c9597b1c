import { EngraftError } from "../core/errors.js";
import { formatType, sizeOf, type TensorType } from "../core/shape.js";
import { type Graph, readsOf } from "./graph.js";
import { differ } from "./infer/checks.js";
import { inferNode } from "./infer/index.js";
import { type Node, none, type Value } from "./node.js";

/**
 * Checks that every value exists before it is read, is computed once, and has the type that its node gives it.
 *
 * @param kind "ModelError" for a graph that was read, "InternalError" (default) for a graph that a pass of Engraft
 * made
 * @throws ModelError or InternalError for the first violation
 * @throws ShapeError if a node's inputs do not fit each other
 */
export function verifyGraph(graph: Graph, kind: "ModelError" | "InternalError" = "InternalError"): void {
  const wrong = (message: string, at: string, help?: string): never => {
    throw new EngraftError(kind, `graph "${graph.name}": ${message}`, {
      at,
      help:
        help ??
        (kind === "InternalError" ? "please report this with the command you ran" : "export the model again"),
    });
  };

  const known = new Set<Value>(graph.inputs);
  for (const [name, weight] of graph.initializers) {
    known.add(name);
    if (weight.data.length !== sizeOf(weight.dims))
      wrong(
        `weight "${name}" is ${formatType({ dtype: weight.dtype, shape: weight.dims })} and has ${weight.data.length} elements`,
        `weight "${name}"`,
      );
    compare(graph, name, { dtype: weight.dtype, shape: weight.dims }, `weight "${name}"`, wrong);
  }
  for (const input of graph.inputs)
    if (!graph.types.has(input)) wrong(`the type of input "${input}" is not known`, `input "${input}"`);

  const producers = graph.producers();
  for (const node of graph.nodes) {
    const at = describe(node);
    for (const read of readsOf(node)) {
      if (known.has(read)) continue;
      if (producers.has(read))
        wrong(`value "${read}" is read before it is computed`, at, "order the nodes; a cycle has no order");
      else wrong(`value "${read}" is read, and nothing computes it`, at);
    }
    for (const output of node.outputs) {
      if (output === none) continue;
      if (known.has(output)) wrong(`value "${output}" is computed twice`, at);
      known.add(output);
    }
    if (node.kind !== "op") continue;
    inferNode(graph, node).forEach((type, i) => {
      const output = node.outputs[i];
      if (type && output) compare(graph, output, type, at, wrong);
    });
  }

  for (const output of graph.outputs) {
    if (!known.has(output)) wrong(`output "${output}" is computed by nothing`, `output "${output}"`);
  }
}

function compare(
  graph: Graph,
  name: Value,
  derived: TensorType,
  at: string,
  wrong: (message: string, at: string) => never,
): void {
  const stated = graph.types.get(name);
  if (!stated) return;
  const { shape: a } = stated;
  const { shape: b } = derived;
  const agree =
    stated.dtype === derived.dtype &&
    (!a || !b || (a.length === b.length && !a.some((d, i) => differ(d, b[i]))));
  if (!agree)
    wrong(`value "${name}" is stated to be ${formatType(stated)} and computed as ${formatType(derived)}`, at);
}

function describe(node: Node): string {
  return `${node.op} "${node.name || node.outputs[0] || ""}"`;
}
