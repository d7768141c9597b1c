import { EngraftError } from "../../core/errors.js";
import type { TensorType } from "../../core/shape.js";
import type { GraphProto, NodeProto } from "../../onnx/index.js";
import type { Graph } from "../graph.js";
import { type AnyOpNode, none } from "../node.js";
import type { OpName } from "../ops.js";

/** Most axes that any runtime supports. */
const mostAxes = 64;
/** Inputs that are lists with one entry per axis. */
const listInputs: { readonly [Op in OpName]?: readonly number[] } = {
  CumSum: [1],
  Expand: [1],
  Pad: [1, 3],
  ReduceL1: [1],
  ReduceL2: [1],
  ReduceLogSum: [1],
  ReduceLogSumExp: [1],
  ReduceMax: [1],
  ReduceMean: [1],
  ReduceMin: [1],
  ReduceProd: [1],
  ReduceSum: [1],
  ReduceSumSquare: [1],
  Reshape: [1],
  Resize: [1, 2, 3],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Squeeze: [1],
  Tile: [1],
  Unsqueeze: [1],
};

function tooManyAxes(node: AnyOpNode): EngraftError {
  return new EngraftError(
    "ModelError",
    `${node.op} "${node.name}": its sizes or axes are more than ${mostAxes}`,
    {
      at: `value "${node.outputs[0] ?? ""}"`,
      help: "the file is damaged, or made by a faulty exporter: export it again",
    },
  );
}

/** Limits the number of axes, sizes and bounds, because every pass loops over them. @throws ModelError */
export function refuseLongLists(graph: Graph, node: AnyOpNode): void {
  for (const i of listInputs[node.op] ?? []) {
    const list = graph.initializers.get(node.inputs[i] ?? none);
    // Split has one size per output; Pad has two pads per axis.
    const most = node.op === "Split" ? node.outputs.length : 2 * mostAxes;
    if (list && list.data.length > most) throw tooManyAxes(node);
  }
}

/** @throws ModelError for a value with more axes than any runtime supports */
export function refuseManyAxes(node: AnyOpNode, types: readonly (TensorType | undefined)[]): void {
  if (types.some((type) => (type?.shape?.length ?? 0) > mostAxes)) throw tooManyAxes(node);
}

/** Most inputs or outputs of a node or a graph. Every pass copies these lists; no network comes near. */
const mostValues = 16_384;

/** @throws ModelError for a node or a graph with more inputs or outputs than any network has */
export function refuseLongSignatures({ input, output }: GraphProto, nodes: readonly NodeProto[]): void {
  const lists = [
    { where: "the graph", inputs: input.length, outputs: output.length },
    ...nodes.map((node) => ({
      where: `${node.opType} "${node.name || (node.output[0] ?? "")}"`,
      inputs: node.input.length,
      outputs: node.output.length,
    })),
  ];
  for (const { where, inputs, outputs } of lists) {
    if (inputs <= mostValues && outputs <= mostValues) continue;
    const what = inputs > mostValues ? `${inputs} inputs` : `${outputs} outputs`;
    throw new EngraftError("ModelError", `${where} has ${what}, at most ${mostValues} are read`, {
      help: "the file is damaged, or made by a faulty exporter: export it again",
      details: { inputs, outputs, most: mostValues },
    });
  }
}
