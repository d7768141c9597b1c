import { float32, int64, scalar, type Tensor, tensor } from "../../core/tensor.js";
import { AttributeType, type NodeProto } from "../../onnx/index.js";
import { Attributes, nodeError } from "./attributes.js";

/** Constant, in each of its forms. */
export function constantValue(node: NodeProto): Tensor {
  const a = new Attributes(node);
  const value = a.tensor("value");
  if (value) return value;
  const float = a.float("value_float");
  if (float !== undefined) return scalar(float);
  const int = a.bigint("value_int");
  if (int !== undefined) return int64([], [int]);
  const floats = a.floats("value_floats");
  if (floats) return float32([floats.length], floats);
  const ints = a.bigints("value_ints");
  if (ints) return int64([ints.length], ints);
  const text = a.string("value_string");
  if (text !== undefined) return tensor("string", [], [text]);
  const texts = a.strings("value_strings");
  if (texts) return tensor("string", [texts.length], texts);
  throw nodeError(node, "its value is missing, or of a kind that is not supported");
}

/** The attributes of a user's operator as plain values. */
export function customAttributes(node: NodeProto): Record<string, unknown> {
  const a = new Attributes(node);
  return Object.fromEntries(
    node.attribute.map(({ name, type }) => {
      switch (type) {
        case AttributeType.FLOAT:
          return [name, a.float(name)];
        case AttributeType.INT:
          return [name, a.int(name)];
        case AttributeType.STRING:
          return [name, a.string(name)];
        case AttributeType.TENSOR:
          return [name, a.tensor(name)];
        case AttributeType.FLOATS:
          return [name, a.floats(name)];
        case AttributeType.INTS:
          return [name, a.ints(name)];
        case AttributeType.STRINGS:
          return [name, a.strings(name)];
        default:
          throw nodeError(node, `attribute "${name}" is of a type that user-defined operators cannot have`);
      }
    }),
  );
}
