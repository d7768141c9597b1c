import { create, fromBinary } from "@bufbuild/protobuf";
import { sizeOf } from "../../../core/shape.js";
import { AttributeProtoSchema, NodeProtoSchema } from "../../../onnx/index.js";
import type { Graph } from "../../graph.js";
import { none, type OpaqueNode } from "../../node.js";
import { Attributes } from "../attributes.js";
import {
  type AnyBatch,
  across,
  type BatchAxis,
  broadcast,
  fixedRows,
  fromFront,
  isPlain,
  moved,
  unknownShape,
} from "./batch-axis.js";

/** What a rule sees of a node that Engraft runs but does not understand. */
interface OpaqueBatch extends AnyBatch {
  readonly attributes: Attributes;
  /** True if input i is a constant of one number, or omitted. */
  single(i: number): boolean;
}
/** Returns where each output holds the batch, or why the operator is not proved to treat each sample alone. */
type OpaqueRule = (c: OpaqueBatch) => readonly BatchAxis[] | string;

const one = (b: BatchAxis | string): readonly BatchAxis[] | string => (typeof b === "string" ? b : [b]);

/** True if an input after the first one depends on the batch. */
const others = (c: AnyBatch, except: readonly number[] = [0]): boolean =>
  c.node.inputs.some((_, i) => !except.includes(i) && c.batch(i));

/** Elementwise in the first input; vectors such as scales belong to the axis that an attribute names. */
const perAxis: OpaqueRule = (c) => {
  const b = c.batch(0);
  if (!b || others(c)) return "reads settings that depend on the batch";
  if (c.node.inputs.every((_, i) => i === 0 || c.single(i))) return [b];
  const rank = c.shape(0)?.length;
  if (rank === undefined) return unknownShape;
  // Blocks have one scale for several indices along the axis, and scales of the rank of x.
  if (c.attributes.int("block_size")) return fixedRows(c.shape(1));
  return fromFront(c.attributes.int("axis") ?? 1, rank) === b.axis ? fixedRows(c.shape(1)) : [b];
};

/** Elementwise, with broadcasting. @param inputs the values; the rest are settings */
const elementwise =
  (...inputs: readonly number[]): OpaqueRule =>
  (c) =>
    others(c, inputs) ? "reads settings that depend on the batch" : one(broadcast(c, inputs));

/** Treats each sample of [N, …] alone; all other inputs are weights. */
const perSample: OpaqueRule = (c) => {
  const b = c.batch(0);
  if (!b || others(c)) return "reads weights that depend on the batch";
  return b.axis === 0 ? [b] : across;
};

/** x [batch, …, K] @ weights [K, N] at inputs `x` and `w`. */
const product =
  (x: number, w: number): OpaqueRule =>
  (c) => {
    const b = c.batch(x);
    const [shape, weights] = [c.shape(x), c.shape(w)];
    if (!b || others(c, [x])) return "multiplies two values that depend on the batch";
    if (!shape || !weights) return unknownShape;
    return weights.length !== 2 || b.axis === shape.length - 1 ? across : [b];
  };

/** Inputs: scale and zero point of y, then value, scale and zero point of each part. */
const quantisedConcat: OpaqueRule = (c) => {
  const parts = c.node.inputs.flatMap((_, i) => (i >= 2 && (i - 2) % 3 === 0 ? [i] : []));
  const found = parts.map((i) => c.batch(i));
  const rank = c.shape(parts[0]!)?.length;
  if (others(c, parts) || rank === undefined) return unknownShape;
  const [first] = found;
  if (!first || !found.every((b) => b && b.axis === first.axis && isPlain(b)))
    return "joins values of other rows";
  return fromFront(c.attributes.int("axis") ?? 0, rank) === first.axis ? across : [first];
};

/** x [S, N, I]; y [S, D, N, H], last states [D, N, H]; the initial states hold the batch in axis 1. */
const recurrence: OpaqueRule = (c) => {
  const x = c.batch(0);
  if (c.attributes.int("layout")) return "has the batch first";
  if (x?.axis !== 1) return across;
  for (let i = 1; i < c.node.inputs.length; i++) {
    const isState = i === 5 || i === 6;
    if (isState && c.node.inputs[i] && c.batch(i)?.axis !== 1) return fixedRows(c.shape(i));
    if (i === 4 && c.node.inputs[i] && c.batch(i)?.axis !== 0) return fixedRows(c.shape(i));
    if (!isState && i !== 4 && c.batch(i)) return "reads weights that depend on the batch";
  }
  return [moved(x, 2), x, x];
};

/**
 * Operators that Engraft passes on, with what they do to the batch. An operator that is not listed is not proved.
 * DynamicQuantizeLinear is not: its scale is the range of the whole batch.
 */
const opaqueRules: Readonly<Record<string, OpaqueRule>> = {
  QuantizeLinear: perAxis,
  DequantizeLinear: perAxis,
  Celu: perAxis,
  ThresholdedRelu: perAxis,
  Shrink: perAxis,
  Gelu: perAxis,
  Mish: perAxis,
  QuickGelu: perAxis,
  FastGelu: elementwise(0, 1),
  BiasGelu: elementwise(0, 1),
  QLinearSigmoid: perAxis,
  QLinearLeakyRelu: perAxis,
  QLinearAdd: elementwise(0, 3),
  QLinearMul: elementwise(0, 3),
  QLinearConv: perSample,
  ConvInteger: perSample,
  FusedConv: perSample,
  QLinearAveragePool: perSample,
  QLinearGlobalAveragePool: perSample,
  LpPool: perSample,
  GlobalLpPool: perSample,
  DepthToSpace: perSample,
  SpaceToDepth: perSample,
  InstanceNormalization: perSample,
  GroupNormalization: perSample,
  QLinearMatMul: product(0, 3),
  MatMulInteger: product(0, 1),
  QLinearConcat: quantisedConcat,
  LSTM: recurrence,
  GRU: recurrence,
  RNN: recurrence,
};

/** Returns where the outputs of an opaque node hold the batch, or why that is not known. */
export function opaqueBatch(graph: Graph, node: OpaqueNode, c: AnyBatch): readonly BatchAxis[] | string {
  const rule = Object.hasOwn(opaqueRules, node.op) ? opaqueRules[node.op] : undefined;
  if (!rule || node.captures.some((v) => !graph.initializers.has(v)))
    return "is not known to treat each row alone";
  const attribute = node.attributes.map((bytes) => fromBinary(AttributeProtoSchema, bytes));
  const attributes = new Attributes(create(NodeProtoSchema, { opType: node.op, attribute }));
  const single = (i: number): boolean => {
    const v = node.inputs[i] ?? none;
    return v === none || sizeOf(graph.initializers.get(v)?.dims ?? [0]) === 1;
  };
  const found = rule({ ...c, attributes, single });
  if (typeof found === "string") return found;
  const extra = node.outputs.findIndex((v, i) => v !== none && i >= found.length);
  return extra < 0
    ? found
    : `has an output "${node.outputs[extra]}" that is not known to treat each row alone`;
}
