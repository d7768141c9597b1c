import { fromBinary } from "@bufbuild/protobuf";
import type { DType } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import { type AttributeProto, AttributeProtoSchema, attribute, dataTypes } from "../onnx/index.js";
import type { AnyOpNode, CustomNode } from "./node.js";

/** The number attributes of ops.ts that ONNX stores as floats; all others are integers. */
const floats = new Set([
  "alpha",
  "beta",
  "gamma",
  "epsilon",
  "momentum",
  "bias",
  "cubic_coeff_a",
  "extrapolation_value",
]);

/** Attributes of a known operator. */
export function opAttributeProtos(node: AnyOpNode): AttributeProto[] {
  return Object.entries(node.attributes as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (name === "to" || name === "dtype") return [attribute.int(name, dataTypes[value as DType])];
    // AveragePool has no dilations before opset 19: they are 1.
    if (node.op === "AveragePool" && name === "dilations" && (value as number[]).every((d) => d === 1))
      return [];
    if (typeof value === "number" && floats.has(name)) return [attribute.float(name, value)];
    return [plain(name, value, `${node.op} "${node.name}"`)];
  });
}

/** Key under which a custom node from a file keeps its serialized attributes (so an integral float stays a float). */
export const serialized: unique symbol = Symbol("serialized attributes");

/** Attributes of a user-defined operator: whole numbers become INT, others FLOAT. */
export function customAttributeProtos(node: CustomNode): AttributeProto[] {
  const kept = (node.attributes as { readonly [serialized]?: readonly Uint8Array[] })[serialized];
  if (kept) return kept.map((bytes) => fromBinary(AttributeProtoSchema, bytes));
  return Object.entries(node.attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => plain(name, value, `${node.domain}.${node.op} "${node.name}"`));
}

function plain(name: string, value: unknown, where: string): AttributeProto {
  if (typeof value === "boolean") return attribute.int(name, value ? 1 : 0);
  if (typeof value === "bigint") return attribute.int(name, value);
  if (typeof value === "number")
    return Number.isInteger(value) ? attribute.int(name, value) : attribute.float(name, value);
  if (typeof value === "string") return attribute.string(name, value);
  if (Array.isArray(value)) {
    // An empty list has no visible type; all lists of ops.ts hold integers.
    if (value.length === 0) return attribute.ints(name, []);
    if (value.every((v) => typeof v === "string")) return attribute.strings(name, value);
    if (value.every((v) => typeof v === "bigint" || Number.isInteger(v))) return attribute.ints(name, value);
    if (value.every((v) => typeof v === "number")) return attribute.floats(name, value);
  }
  if (isTensor(value)) return attribute.tensor(name, value);
  throw new EngraftError("OperatorError", `attribute "${name}" has a value that ONNX cannot hold`, {
    at: where,
    help: "use a number, boolean, string, tensor, or a list of numbers or strings",
  });
}

function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === "object" && value !== null && "dtype" in value && "dims" in value && "data" in value
  );
}
