import { EngraftError } from "../core/errors.js";
import { formatType, isStatic, sizeOf, type TensorType } from "../core/shape.js";
import { Graph } from "../graph/graph.js";
import { inferGraph } from "../graph/infer/index.js";
import { isWholeRecurrence } from "../graph/infer/recurrent.js";
import type { Node, Value } from "../graph/node.js";
import { foldConstants } from "../graph/passes/fold-constants.js";

/** Multiply–accumulates of one item. */
export interface Macs {
  /** Of one image or sequence; undefined if the size of some product is not known. */
  readonly total: number | undefined;
  /** Input sizes of the count: `x float32[1, 3, 224, 224]`. */
  readonly input: readonly string[];
  /** Operators that are not counted, because their sizes are unknown or they are opaque. */
  readonly uncounted: readonly string[];
  /** By the value that a node computes. */
  readonly perValue: ReadonlyMap<Value, number>;
}

/**
 * Assumed sizes where a file leaves them open: the usual image side, and a sequence length as in BERT's published
 * counts.
 */
const [usualSide, usualLength] = [224, 128];

/**
 * Counts multiply–accumulates of convolutions and matrix products for a batch of one. Elementwise work is not counted,
 * as in published tables.
 *
 *     Conv           N · C_out · (output pixels) · (C_in / groups) · (kernel)
 *     ConvTranspose  N · C_in · (input pixels) · (C_out / groups) · (kernel)
 *     MatMul, Gemm   (rows of the result, stacked ones included) · (columns) · (inner size)
 *     LSTM, GRU, RNN (steps) · N · (directions) · (gates · hidden) · (inputs + hidden)
 */
export function countMacs(graph: Graph): Macs {
  const one = forOneItem(graph);
  const input = graph.inputs.map((v) => `${v} ${formatType(one.typeOf(v))}`);
  const perValue = new Map<Value, number>();
  const uncounted = new Set<string>();
  let total = 0;
  for (const node of one.nodes) {
    const macs = macsOf(one, node);
    if (macs === undefined) uncounted.add(node.op);
    else total += macs;
    for (const v of node.outputs.slice(0, 1)) perValue.set(v, macs ?? 0);
  }
  return { total: uncounted.size > 0 ? undefined : total, input, uncounted: [...uncounted], perValue };
}

/** Returns the graph with a batch of 1 and usual sizes where the file leaves them open. */
function forOneItem(graph: Graph): Graph {
  const one = new Graph(graph.name);
  for (const v of graph.inputs) {
    const { dtype, shape } = graph.typeOf(v);
    const picture = shape?.length === 4;
    one.input(v, {
      dtype,
      shape: shape?.map((d, i) =>
        typeof d === "number"
          ? i === 0
            ? Math.min(1, d)
            : d
          : i === 0
            ? 1
            : picture
              ? usualSide
              : usualLength,
      ),
    } satisfies TensorType);
  }
  for (const [value, data] of graph.initializers) one.initializer(value, data);
  for (const [domain, version] of graph.opsets) one.opsets.set(domain, version);
  for (const node of graph.nodes) one.push(node, node.kind === "op" ? [] : graph.typesOf(node));
  one.outputs.push(...graph.outputs);
  try {
    inferGraph(one);
    // Sizes that the file computes at run time are numbers now.
    return foldConstants(one);
  } catch (error) {
    // A file whose batch cannot be 1 is counted unchanged.
    if (error instanceof EngraftError) return graph;
    throw error;
  }
}

/** Returns undefined if it cannot be counted; 0 if it is no product. */
function macsOf(graph: Graph, node: Node): number | undefined {
  if (isWholeRecurrence(node)) return recurrentMacs(graph, node);
  if (node.kind !== "op") return 0;
  const size = (v: string | undefined): number | undefined => {
    const shape = v === undefined ? undefined : graph.types.get(v)?.shape;
    return isStatic(shape) ? sizeOf(shape) : undefined;
  };
  const dims = (v: string | undefined): readonly number[] | undefined => {
    const shape = v === undefined ? undefined : graph.types.get(v)?.shape;
    return isStatic(shape) ? shape : undefined;
  };
  const [x, w] = node.inputs;
  const y = node.outputs[0];
  switch (node.op) {
    case "Conv":
    case "ConvTranspose": {
      // The weight is [C_out, C_in / groups, kernel], or [C_in, C_out / groups, kernel].
      const [kernel, moved] = [dims(w), size(node.op === "Conv" ? y : x)];
      return kernel && moved !== undefined ? moved * sizeOf(kernel.slice(1)) : undefined;
    }
    case "MatMul":
    case "FusedMatMul":
    case "Gemm": {
      const [a, made] = [dims(x), size(y)];
      const turned = node.op !== "MatMul" && node.attributes.transA;
      const inner = turned ? a?.at(-2) : a?.at(-1);
      return inner !== undefined && made !== undefined ? made * inner : undefined;
    }
    default:
      return 0;
  }
}

/** S · B · |w| + S · B · |r|: each weight once per step and row. */
function recurrentMacs(graph: Graph, { inputs }: Node): number | undefined {
  const [x, w, r] = inputs.map((v) => graph.types.get(v)?.shape);
  if (!isStatic(x) || !isStatic(w) || !isStatic(r)) return undefined;
  return sizeOf(x.slice(0, 2)) * (sizeOf(w) + sizeOf(r));
}
