import { Graph } from "../graph/graph.js";
import { inferGraph } from "../graph/infer/index.js";
import { type AnyOpNode, none, type OpNode, type Value } from "../graph/node.js";
import type { OpAttributes, OpName } from "../graph/ops.js";
import { activation } from "./cases/activation.js";
import { bitwise } from "./cases/bitwise.js";
import { convolution } from "./cases/convolution.js";
import { elementwise } from "./cases/elementwise.js";
import { gathering } from "./cases/gather.js";
import { linalg } from "./cases/linalg.js";
import type { CaseTable, OperatorCase } from "./cases/make.js";
import { movement } from "./cases/movement.js";
import { normalization } from "./cases/normalization.js";
import { pooling } from "./cases/pooling.js";
import { reduction } from "./cases/reduction.js";
import { resampling } from "./cases/resampling.js";
import { selection } from "./cases/selection.js";
import { trigonometry } from "./cases/trigonometry.js";

export type { OperatorCase } from "./cases/make.js";

/** Small calls of every operator, used to test shape rules, the reference, gradients and runtimes. */
const written: CaseTable<OpAttributes> = {
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

/** The cases by operator, each with its operator. */
export const operatorCases = Object.fromEntries(
  Object.entries(written).map(([op, cases]) => [op, cases.map((c) => ({ ...c, op }))]),
) as unknown as { readonly [Op in OpName]: readonly OperatorCase<Op>[] };

/** All cases in one list, for `test.each`. */
export const allOperatorCases: readonly OperatorCase[] = Object.values(operatorCases).flat();

/** Inputs that configure the operator: they are constants of the graph, so that shapes are known in advance. */
const settings: { readonly [Op in OpName]?: readonly number[] } = {
  ReduceSum: [1],
  ReduceMean: [1],
  ReduceMax: [1],
  ReduceMin: [1],
  ReduceProd: [1],
  ReduceSumSquare: [1],
  ReduceL2: [1],
  ReduceL1: [1],
  ReduceLogSum: [1],
  ReduceLogSumExp: [1],
  CumSum: [1],
  Reshape: [1],
  Squeeze: [1],
  Unsqueeze: [1],
  Split: [1],
  Slice: [1, 2, 3, 4],
  Pad: [1, 3],
  Expand: [1],
  Tile: [1],
  ConstantOfShape: [0],
  Range: [0, 1, 2],
  OneHot: [1],
  Resize: [1, 2, 3],
  TopK: [1],
  Trilu: [1],
  NonZero: [0],
};

/** Returns the name of input i of a case in its graph. */
export function caseInput(i: number): Value {
  return `x${i}`;
}

/**
 * Returns a graph of one node. Inputs x0, x1, … (configuring inputs, like the target of a Reshape, are initializers of
 * that name), outputs y0, y1, …, all typed.
 */
export function caseGraph<Op extends OpName>(c: OperatorCase<Op>): Graph {
  const graph = new Graph(`${c.op}: ${c.name}`);
  c.inputs.forEach((tensor, i) => {
    if (!tensor) return;
    if (settings[c.op]?.includes(i)) graph.initializer(caseInput(i), tensor);
    else graph.input(caseInput(i), { dtype: tensor.dtype, shape: tensor.dims });
  });
  const outputs = Array.from({ length: c.outputs ?? 1 }, (_, i) => `y${i}`);
  const node: OpNode<Op> = {
    kind: "op",
    op: c.op,
    name: c.op,
    inputs: c.inputs.map((tensor, i) => (tensor ? caseInput(i) : none)),
    outputs,
    attributes: c.attributes,
  };
  graph.push(node as unknown as AnyOpNode);
  graph.outputs.push(...outputs);
  inferGraph(graph);
  return graph;
}

/** Returns the feeds: the case's tensors that are inputs of its graph. */
export function caseFeeds(c: OperatorCase): Record<Value, NonNullable<OperatorCase["inputs"][number]>> {
  const feeds: Record<Value, NonNullable<OperatorCase["inputs"][number]>> = {};
  c.inputs.forEach((tensor, i) => {
    if (tensor && !settings[c.op]?.includes(i)) feeds[caseInput(i)] = tensor;
  });
  return feeds;
}
