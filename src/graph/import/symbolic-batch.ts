import { messageOf } from "../../core/errors.js";
import { type Dim, formatShape, type Shape, type TensorType } from "../../core/shape.js";
import { int64, toNumbers } from "../../core/tensor.js";
import { Graph } from "../graph.js";
import { inferNode, type ShapeValues } from "../infer/index.js";
import { shapeValue } from "../infer/shape-value.js";
import { type AnyOpNode, type Node, none, type Value } from "../node.js";

const batchName = "batch";
/** A batch size that no other size of a model equals: a prime. */
const probe = 7919;

/** Opaque operators that treat each row of their first input separately. */
const rowwise = new Set(
  `QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearConv QLinearMatMul ConvInteger MatMulInteger
  QLinearAdd QLinearMul QLinearSigmoid QLinearLeakyRelu QLinearConcat QLinearAveragePool QLinearGlobalAveragePool
  Resize LayerNormalization InstanceNormalization GroupNormalization Gelu Mish Celu ThresholdedRelu Shrink
  DepthToSpace SpaceToDepth LpPool GlobalLpPool FusedConv QuickGelu FastGelu BiasGelu SkipLayerNormalization`.split(
    /\s+/,
  ),
);

/**
 * Returns the graph with a symbolic batch if the file fixes it: [1, 3, 224, 224] becomes [batch, 3, 224, 224].
 * `Reshape(x, [1, -1])` becomes `Reshape(x, [0, -1])`.
 *
 * Conditions: with another batch size all shapes still fit, the outputs have that many rows and are otherwise
 * unchanged, and no operator mixes rows.
 *
 * @returns the new graph, the reason why the batch stays fixed, or undefined if no batch is fixed
 */
export function symbolicBatch(graph: Graph): Graph | string | undefined {
  const data = new Set(graph.inputs.filter((v) => (graph.typeOf(v).shape?.length ?? 0) >= 2));
  const sizes = new Set([...data].map((v) => graph.typeOf(v).shape![0]!));
  const [size] = sizes;
  if (size === null && data.size === 1 && sizes.size === 1) return rebatch(graph, data, null, batchName);
  if (data.size === 0 || [...sizes].some((d) => typeof d !== "number")) return undefined;
  if (sizes.size > 1) return `its inputs have different first sizes, ${formatShape([...sizes])}`;
  try {
    const tried = rebatch(graph, data, size as number, probe);
    for (const v of graph.outputs) {
      const [before, after] = [graph.types.get(v)?.shape, tried.types.get(v)?.shape];
      const wanted = before && [probe, ...before.slice(1)];
      if (before?.[0] !== size || !after || formatShape(after) !== formatShape(wanted))
        return `output "${v}", ${formatShape(before)}, would become ${formatShape(after)}`.replaceAll(
          String(probe),
          batchName,
        );
    }
    return rebatch(graph, data, size as number, batchName);
  } catch (error) {
    return messageOf(error).replaceAll(String(probe), batchName);
  }
}

/**
 * Returns the graph with `b` as first size of its data inputs and types inferred again. @throws if an operator
 * mixes rows
 */
function rebatch(graph: Graph, data: ReadonlySet<Value>, size: number | null, b: Dim): Graph {
  const copy = new Graph(graph.name);
  for (const [domain, version] of graph.opsets) copy.opsets.set(domain, version);
  for (const v of graph.inputs) {
    const { dtype, shape } = graph.typeOf(v);
    copy.input(v, { dtype, shape: data.has(v) ? [b, ...shape!.slice(1)] : shape });
  }
  for (const [name, value] of graph.initializers) copy.initializer(name, value);
  const sizes: ShapeValues = new Map();
  for (const node of graph.nodes) {
    const made = node.kind === "op" && size !== null ? withFreeTarget(graph, copy, node, size, b) : node;
    if (made.kind === "op") {
      if (size !== null) refuseMixing(copy, made, b);
      const types = inferNode(copy, made, sizes);
      copy.push(made, types);
      const known = shapeValue(copy, made, sizes);
      if (known && made.outputs[0]) sizes.set(made.outputs[0], known);
    } else {
      const rows = [...made.inputs, ...(made.kind === "opaque" ? made.captures : [])].some((v) =>
        follows(copy, v, b),
      );
      if (rows && !rowwise.has(made.op) && size !== null)
        throw new Error(`${made.op} "${made.name}" is not known to treat each row alone`);
      copy.push(
        made,
        made.outputs.map((v) => rebatched(graph.types.get(v), rows ? size : undefined, b)),
      );
    }
  }
  copy.outputs.push(...graph.outputs);
  for (const v of copy.outputs) {
    const type = copy.types.get(v) ?? rebatched(graph.types.get(v), size, b);
    if (type) copy.types.set(v, type);
  }
  return copy;
}

function rebatched(
  type: TensorType | undefined,
  size: number | null | undefined,
  b: Dim,
): TensorType | undefined {
  if (!type?.shape || type.shape.length === 0 || type.shape[0] !== size) return type;
  return { dtype: type.dtype, shape: [b, ...type.shape.slice(1)] };
}

/** True for a value whose rows are those of the batch, or of unknown shape. */
function follows(graph: Graph, v: Value, b: Dim): boolean {
  if (v === none || graph.initializers.has(v)) return false;
  const shape: Shape | undefined = graph.types.get(v)?.shape;
  if (!shape) return true;
  return shape.some(
    (d) => d === b || (typeof d === "number" && typeof b === "number" && d > 0 && d % b === 0),
  );
}

/** Replaces a Reshape target that begins with the fixed batch. */
function withFreeTarget(graph: Graph, copy: Graph, node: AnyOpNode, size: number, b: Dim): Node {
  if (node.op !== "Reshape" || node.attributes.allowzero) return node;
  const [x = none, target = none] = node.inputs;
  const constant = graph.initializers.get(target);
  if (constant?.dtype !== "int64") return node;
  const list = toNumbers(constant);
  if (list[0] !== size || !follows(copy, x, b)) return node;
  const shape = copy.types.get(x)?.shape;
  // 0 copies the input's first size. If that is not the batch, -1 infers it.
  if (shape?.[0] === b) list[0] = 0;
  else if (!list.includes(-1)) list[0] = -1;
  else throw new Error(`Reshape "${node.name}" to [${list}] fixes the batch`);
  let name = copy.fresh(`${node.outputs[0]}.target`);
  while (graph.has(name)) name = copy.fresh(`${name}_`);
  return { ...node, inputs: [x, copy.initializer(name, int64([list.length], list))] };
}

/** Refuses operators that sum over, cut, join or move axis 0 of a value that follows the batch. */
function refuseMixing(graph: Graph, node: AnyOpNode, b: Dim): void {
  const [x = none] = node.inputs;
  const shape = graph.types.get(x)?.shape;
  const rows = (v: Value) => {
    const s = graph.types.get(v)?.shape;
    return s !== undefined && s.length > 0 && follows(graph, v, b) && s[0] !== 1;
  };
  if (!shape || !node.inputs.some(rows)) return;
  const mixes =
    node.op === "BatchNormalization"
      ? node.attributes.training_mode
      : rows(x) && mixesRows(graph, node, shape.length);
  if (mixes) throw new Error(`${node.op} "${node.name || node.outputs[0]}" works across the batch`);
}

/** True if an operator mixes the rows of its first input. @param rank of that input */
function mixesRows(graph: Graph, node: AnyOpNode, rank: number): boolean {
  const isFirst = (axis: number) => axis === 0 || axis === -rank;
  const axes = (i: number): number[] | undefined => {
    const constant = graph.initializers.get(node.inputs[i] ?? none);
    return constant && toNumbers(constant);
  };
  switch (node.op) {
    case "Softmax":
    case "LogSoftmax":
    case "Hardmax":
    case "LayerNormalization":
    case "Concat":
    case "Split":
    case "ArgMax":
    case "ArgMin":
    case "Gather":
    case "GatherElements":
    case "ScatterElements":
    case "TopK":
      return isFirst(node.attributes.axis);
    case "ReduceSum":
    case "ReduceMean":
    case "ReduceMax":
    case "ReduceMin":
    case "ReduceProd":
    case "ReduceSumSquare":
    case "ReduceL2":
    case "ReduceL1":
    case "ReduceLogSum":
    case "ReduceLogSumExp": {
      const list = node.inputs[1] ? axes(1) : [];
      const all = list?.length === 0 && !node.attributes.noop_with_empty_axes;
      return all || !list || list.some(isFirst);
    }
    case "CumSum":
      return (axes(1) ?? [0]).some(isFirst);
    case "Slice":
      return axes(3)?.some(isFirst) ?? true;
    case "Unsqueeze":
      return (axes(1) ?? [0]).some((axis) => axis === 0 || axis === -rank - 1);
    case "Transpose":
      return node.attributes.perm[0] !== 0;
    case "Resize": {
      // A Resize that keeps the first size keeps the rows, unless a crop flips them.
      const named = node.attributes.axes?.findIndex(isFirst) ?? 0;
      const isCrop = node.attributes.coordinate_transformation_mode === "tf_crop_and_resize";
      return named >= 0 && (axes(2)?.[named] !== 1 || isCrop);
    }
    case "GatherND":
      return node.attributes.batch_dims === 0;
    case "ReverseSequence":
      return node.attributes.batch_axis !== 0;
    case "Trilu":
      return rank === 2;
    case "ScatterND":
    case "EyeLike":
    case "NonZero":
      return true;
    default:
      return false;
  }
}
