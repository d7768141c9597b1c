import type { DType } from "../../core/dtype.js";
import type { TensorType } from "../../core/shape.js";
import { dtypeOf, type NodeProto } from "../../onnx/index.js";
import { inferTable } from "../infer/index.js";
import type { Infer } from "../infer/infer.js";
import type { Value } from "../node.js";
import type { OpAttributes, OpName } from "../ops.js";
import { Attributes, whereOf } from "./attributes.js";
import { canonical } from "./canonical.js";

/** Types of a node's inputs; undefined if omitted or unknown. */
type Types = readonly (TensorType | undefined)[];
type Rule = (node: NodeProto, inputs: Types) => Types;

const as = (dtype: DType, type: TensorType | undefined): TensorType | undefined => type && { ...type, dtype };
const number = (dtype: DType): TensorType => ({ dtype, shape: [] });

/** Returns the type of a standard operator for floats of these shapes, as `dtype`. */
function like<Op extends OpName>(op: Op, node: NodeProto, inputs: Types, dtype: DType): Types {
  const floats = inputs.map((type) => as("float32", type));
  if (floats.includes(undefined)) return [];
  const a = new Attributes(node);
  const attributes = canonical[op][2]({ node, a, typeOf: (i) => floats[i], constantOf: () => undefined });
  if (typeof attributes === "string") return [];
  const infer = inferTable[op] as unknown as Infer<Op>;
  const [type] = infer({
    op,
    attributes: attributes as OpAttributes[Op],
    inputs: floats,
    outputs: 1,
    where: whereOf(node),
    constant: () => undefined,
  });
  return [as(dtype, type)];
}

/** The integer type of a quantised output is that of its zero point. */
const typeOfZero = (zero: TensorType | undefined): DType => zero?.dtype ?? "uint8";
const same: Rule = (_, [x]) => [x];

/**
 * Output types of operators that Engraft passes on without understanding them, so that the sizes behind them are
 * known: those of integer models (QDQ and QLinear form), and a Dropout in training mode.
 */
const rules: Readonly<Record<string, Rule>> = {
  DequantizeLinear: (_, [x]) => [as("float32", x)],
  QuantizeLinear(node, [x, , zero]) {
    const stated = new Attributes(node).int("output_dtype");
    return [as(zero ? zero.dtype : ((stated ? dtypeOf(stated) : undefined) ?? "uint8"), x)];
  },
  DynamicQuantizeLinear: (_, [x]) => [as("uint8", x), number("float32"), number("uint8")],
  Dropout: (_, [x]) => [x, as("bool", x)],
  ConvInteger: (node, [x, w]) => like("Conv", node, [x, w], "int32"),
  QLinearConv: (node, [x, , , w, , , , zero]) => like("Conv", node, [x, w], typeOfZero(zero)),
  FusedConv: (node, [x, w]) => like("Conv", node, [x, w], "float32"),
  MatMulInteger: (node, [a, b]) => like("MatMul", node, [a, b], "int32"),
  QLinearMatMul: (node, [a, , , b, , , , zero]) => like("MatMul", node, [a, b], typeOfZero(zero)),
  DynamicQuantizeMatMul: (node, [a, b]) => like("MatMul", node, [a, b], "float32"),
  MatMulIntegerToFloat: (node, [a, b]) => like("MatMul", node, [a, b], "float32"),
  QLinearAdd: (node, [a, , , b]) => like("Add", node, [a, b], a?.dtype ?? "uint8"),
  QLinearMul: (node, [a, , , b]) => like("Mul", node, [a, b], a?.dtype ?? "uint8"),
  QLinearAveragePool: (node, [x]) => like("AveragePool", node, [x], x?.dtype ?? "uint8"),
  QLinearGlobalAveragePool: (node, [x]) => like("GlobalAveragePool", node, [x], x?.dtype ?? "uint8"),
  QLinearSigmoid: same,
  QLinearLeakyRelu: same,
  QLinearSoftmax: same,
};

const domains: ReadonlySet<string> = new Set(["", "ai.onnx", "com.microsoft"]);

/** Returns the types of a node's outputs, as far as they are known. */
export function opaqueTypes(
  node: NodeProto,
  inputs: readonly Value[],
  types: ReadonlyMap<Value, TensorType>,
): Types {
  if (!domains.has(node.domain) || !Object.hasOwn(rules, node.opType)) return [];
  return rules[node.opType]!(
    node,
    inputs.map((v) => types.get(v)),
  );
}
