import { EngraftError } from "../../core/errors.js";
import { formatShape, type Shape } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import { readsOf } from "../../graph/graph.js";
import { type Node, none, type Value } from "../../graph/node.js";
import type { OpAttributes, OpName } from "../../graph/ops.js";
import { activation } from "./activation.js";
import { bitwise } from "./bitwise.js";
import { toRef } from "./convert.js";
import { convolution } from "./convolution.js";
import { elementwise } from "./elementwise.js";
import { gathering } from "./gather.js";
import { linalg } from "./linalg.js";
import { movement } from "./movement.js";
import { normalization } from "./normalization.js";
import { pooling } from "./pooling.js";
import { reduction } from "./reduction.js";
import type { Reference, ReferenceTable, RefTensor } from "./reference.js";
import { resampling } from "./resampling.js";
import { selection } from "./selection.js";
import { trigonometry } from "./trigonometry.js";

export { fromRef, toRef } from "./convert.js";
export type { RefTensor } from "./reference.js";

/** The definition of every operator. */
export const referenceTable: ReferenceTable<OpAttributes> = {
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

export type Feeds = Readonly<Record<Value, Tensor | RefTensor>>;

/**
 * Runs a graph in float64 and returns the requested values (default: the graph's outputs).
 *
 * Every float is a float64, whatever its type: the result is the mathematics of the graph, against which gradients and
 * runtimes are checked. Slow. Feeds may also name initializers and computed values, which are then not computed.
 *
 * @throws OperatorError for a node that Engraft does not understand
 * @throws ShapeError for a feed that does not fit its input
 */
export function interpret(
  graph: Graph,
  feeds: Feeds,
  outputs: readonly Value[] = graph.outputs,
): Map<Value, RefTensor> {
  return interpreter(graph, outputs)(feeds);
}

/** Prepares {@link interpret}: weights are converted once, for thousands of evaluations of one graph. */
export function interpreter(
  graph: Graph,
  outputs: readonly Value[] = graph.outputs,
): (feeds: Feeds) => Map<Value, RefTensor> {
  const constants = new Map<Value, RefTensor>();
  return (feeds) => {
    const values = new Map<Value, RefTensor>();
    for (const [name, fed] of Object.entries(feeds)) values.set(name, checkedFeed(graph, name, fed));
    const { nodes, reads } = needed(graph, outputs, values);
    for (const name of reads) {
      const weight = graph.initializers.get(name);
      if (!weight || values.has(name)) continue;
      let ref = constants.get(name);
      if (!ref) {
        ref = toRef(weight);
        constants.set(name, ref);
      }
      values.set(name, ref);
    }
    for (const node of nodes) run(graph, node, values);
    return new Map(outputs.map((name) => [name, lookup(graph, values, name)]));
  };
}

/** Returns the nodes that the outputs need, in order, and all values that are read. */
function needed(
  graph: Graph,
  outputs: readonly Value[],
  fed: ReadonlyMap<Value, RefTensor>,
): { nodes: readonly Node[]; reads: ReadonlySet<Value> } {
  const reads = new Set<Value>(outputs);
  const nodes: Node[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (!node.outputs.some((o) => reads.has(o) && !fed.has(o))) continue;
    nodes.push(node);
    for (const input of readsOf(node)) reads.add(input);
  }
  return { nodes: nodes.reverse(), reads };
}

function run(graph: Graph, node: Node, values: Map<Value, RefTensor>): void {
  if (node.kind !== "op") {
    throw new EngraftError("OperatorError", `the reference interpreter does not know operator ${node.op}`, {
      at: `node "${node.name}"`,
      help: "interpret a part of the graph without it: ask for other outputs, or feed what it computes",
    });
  }
  // TypeScript sees the table's entry as the union of all operators.
  const reference = referenceTable[node.op] as Reference<OpName>;
  const results = reference({
    attributes: node.attributes,
    inputs: node.inputs.map((v) => (v === none ? undefined : lookup(graph, values, v))),
    outputs: node.outputs.length,
  });
  node.outputs.forEach((output, i) => {
    const result = results[i];
    if (output !== none && result && !values.has(output)) values.set(output, result);
  });
}

function lookup(graph: Graph, values: ReadonlyMap<Value, RefTensor>, name: Value): RefTensor {
  const value = values.get(name);
  if (value) return value;
  throw new EngraftError("ModelError", `value "${name}" has no value`, {
    at: `graph "${graph.name}"`,
    help: graph.inputs.includes(name)
      ? "feed it: it is an input of the graph"
      : "no node before it computes it",
  });
}

function checkedFeed(graph: Graph, name: Value, fed: Tensor | RefTensor): RefTensor {
  const ref = fed.data instanceof Float64Array ? (fed as RefTensor) : toRef(fed as Tensor);
  const shape: Shape | undefined = graph.types.get(name)?.shape;
  const fits =
    !shape ||
    (shape.length === ref.dims.length && shape.every((d, i) => typeof d !== "number" || d === ref.dims[i]));
  if (!fits) {
    throw new EngraftError(
      "ShapeError",
      `"${name}" was fed ${formatShape(ref.dims)}, the graph says ${formatShape(shape)}`,
      { help: "feed a tensor of that shape" },
    );
  }
  return ref;
}
