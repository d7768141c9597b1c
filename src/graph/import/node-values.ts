import { stridesOf } from "../../core/shape.js";
import { float32, int64, scalar, type Tensor, tensor, toNumbers, zeros } from "../../core/tensor.js";
import { AttributeType, type NodeProto } from "../../onnx/index.js";
import { Attributes, nodeError, type SparseTensor } from "./attributes.js";

/** Returns the value of a Constant, in each of its forms. */
export function constantValue(node: NodeProto): Tensor {
  const a = new Attributes(node);
  const value = a.tensor("value");
  if (value) return value;
  const sparse = a.sparse("sparse_value");
  if (sparse) return dense(node, sparse);
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

/** Most elements of a constant. Larger tensors are initializers. */
const most = 2 ** 24;

/**
 * Returns a dense tensor from sparse values. Indices are positions in the flat tensor, or one row of coordinates
 * each.
 */
function dense(node: NodeProto, { values, indices, dims }: SparseTensor): Tensor {
  const size = dims.reduce((n, d) => n * d, 1);
  if (dims.some((d) => !(d >= 0)) || !(size <= most))
    throw nodeError(node, `its value is of shape [${dims.slice(0, 8)}], at most ${most} elements are read`);
  const count = values.data.length;
  const flat = indices.dims.length === 1;
  const at = toNumbers(indices);
  if (values.dtype === "string" || at.length !== (flat ? count : count * dims.length))
    throw nodeError(node, `its ${count} values have indices of shape [${indices.dims}]`);
  const strides = stridesOf(dims);
  const filled = zeros(values.dtype, dims);
  const data = filled.data as { [i: number]: number | bigint };
  for (let k = 0; k < count; k++) {
    const p = flat ? at[k]! : strides.reduce((sum, s, axis) => sum + s * at[k * dims.length + axis]!, 0);
    if (!(p >= 0 && p < size)) throw nodeError(node, `one of its values is at ${p}, it has ${size} elements`);
    data[p] = values.data[k] as number;
  }
  return filled;
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
