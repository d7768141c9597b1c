import { create } from "@bufbuild/protobuf";
import { arrayOf, bytesPerElement, type DataOf, type DType, type TensorData } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import { formatShape } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { type ExternalData, externalPlace } from "./external-data.js";
import {
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
} from "./generated/onnx_pb.js";

/** ONNX's number for each element type. */
export const dataTypes = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  int8: TensorProto_DataType.INT8,
  int16: TensorProto_DataType.INT16,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  uint8: TensorProto_DataType.UINT8,
  uint16: TensorProto_DataType.UINT16,
  uint32: TensorProto_DataType.UINT32,
  uint64: TensorProto_DataType.UINT64,
  bool: TensorProto_DataType.BOOL,
  string: TensorProto_DataType.STRING,
} as const satisfies Record<DType, number>;

const names = new Map<number, DType>(Object.entries(dataTypes).map(([name, n]) => [n, name as DType]));

/**
 * Returns the element type with this number; undefined for types that Engraft does not know (complex, 8-bit float,
 * 4-bit).
 */
export function dtypeOf(dataType: number): DType | undefined {
  return names.get(dataType);
}

/**
 * Returns the tensor in a message. Large aligned data is a view of the file. Small data is copied, so that it does not
 * keep the file in memory.
 *
 * Every length is compared with the dimensions before anything is allocated.
 *
 * @throws ModelError if type, dimensions and data do not fit, or external data cannot be read
 */
export function readTensor(proto: TensorProto, externalData?: ExternalData): Tensor {
  const dtype = dtypeOf(proto.dataType);
  if (dtype === undefined) {
    const name = TensorProto_DataType[proto.dataType] ?? proto.dataType;
    throw broken(
      proto,
      `element type ${name} is not one that Engraft reads`,
      "convert the weights to float32",
    );
  }
  const dims = readDims(proto);
  const size = countOf(proto, dims);
  const data =
    proto.dataLocation === TensorProto_DataLocation.EXTERNAL
      ? fromBytes(proto, dtype, dims, size, readExternal(proto, dtype, size, externalData))
      : proto.rawData.length > 0
        ? fromBytes(proto, dtype, dims, size, proto.rawData)
        : fromFields(proto, dtype, dims, size);
  const tensor: Tensor = { dtype, dims, data: data as DataOf[DType] };
  return proto.docString === constantMark ? { ...tensor, constant: true } : tensor;
}

/** The doc_string that marks a constant of the model's program in files written by Engraft. */
const constantMark = "constant";

/** Returns a message for a tensor; the data is not copied. */
export function tensorProto(name: string, { dtype, dims, data, constant }: Tensor): TensorProto {
  const proto = create(TensorProtoSchema, { name, dataType: dataTypes[dtype], dims: dims.map(BigInt) });
  if (constant) proto.docString = constantMark;
  if (dtype === "string") {
    const encoder = new TextEncoder();
    proto.stringData = (data as readonly string[]).map((s) => encoder.encode(s));
  } else {
    const numbers = data as Exclude<TensorData, readonly string[]>;
    proto.rawData = new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength);
  }
  return proto;
}

function broken(proto: TensorProto, why: string, help = "the file is damaged: download or export it again") {
  return new EngraftError("ModelError", why, { at: `tensor "${proto.name}"`, help });
}

function readDims(proto: TensorProto): number[] {
  // No runtime supports more than 64 axes; a longer list is no shape.
  if (proto.dims.length > 64) throw broken(proto, `a tensor of ${proto.dims.length} axes`);
  return proto.dims.map((d) => {
    if (d < 0n || d > BigInt(Number.MAX_SAFE_INTEGER)) throw broken(proto, `a dimension of ${d}`);
    return Number(d);
  });
}

function countOf(proto: TensorProto, dims: readonly number[]): number {
  let size = 1;
  for (const d of dims) size *= d;
  // 2^40 elements exceed any machine, and their bytes are still exact numbers.
  if (!dims.includes(0) && size > 2 ** 40)
    throw broken(proto, `dimensions ${formatShape(dims)} are too large`);
  return dims.includes(0) ? 0 : size;
}

function readExternal(
  proto: TensorProto,
  dtype: DType,
  size: number,
  externalData: ExternalData | undefined,
): Uint8Array {
  const { location, offset, length } = externalPlace(proto);
  if (dtype === "string") throw broken(proto, "strings cannot be external data");
  const bytes = size * bytesPerElement[dtype];
  if (length !== undefined && length !== bytes)
    throw broken(proto, `its dimensions need ${bytes} bytes, the file says ${length} in "${location}"`);
  if (!externalData) {
    throw broken(
      proto,
      `the weights are in another file, "${location}"`,
      "open the model by its path, so that the files beside it can be read",
    );
  }
  return bytes === 0 ? new Uint8Array() : externalData(location, offset, bytes);
}

/** Smallest tensor that stays a view of its file, in bytes. */
const smallest = 2 ** 10;

function fromBytes(
  proto: TensorProto,
  dtype: DType,
  dims: readonly number[],
  size: number,
  raw: Uint8Array,
): TensorData {
  if (dtype === "string") throw broken(proto, "strings cannot be raw data");
  const width = bytesPerElement[dtype];
  if (raw.length !== size * width) {
    throw broken(proto, `${dtype}${formatShape(dims)} needs ${size * width} bytes, ${raw.length} are there`);
  }
  // A view must start at a multiple of its element size; most tensors in a file do not. (slice() of a Buffer does not
  // copy.)
  const bytes = raw.byteOffset % width === 0 && raw.length >= smallest ? raw : new Uint8Array(raw);
  return new (arrayOf(dtype))(bytes.buffer as ArrayBuffer, bytes.byteOffset, size);
}

/** Reads the typed fields: one list for each family of types; small types are in int32_data. */
function fromFields(proto: TensorProto, dtype: DType, dims: readonly number[], size: number): TensorData {
  const values = fieldOf(proto, dtype);
  if (values.length !== size) {
    throw broken(proto, `${dtype}${formatShape(dims)} needs ${size} elements, ${values.length} are there`);
  }
  if (dtype === "string") {
    const decoder = new TextDecoder();
    return proto.stringData.map((s) => decoder.decode(s));
  }
  // float16 and bfloat16 are stored as their bits, as in Engraft's arrays.
  const array = new (arrayOf(dtype))(size);
  for (let i = 0; i < size; i++) {
    const v = values[i]!;
    array[i] = (dtype === "uint32" ? Number(v) : dtype === "bool" ? (v ? 1 : 0) : v) as never;
  }
  return array;
}

function fieldOf(proto: TensorProto, dtype: DType): ArrayLike<number | bigint | Uint8Array> {
  switch (dtype) {
    case "float32":
      return proto.floatData;
    case "float64":
      return proto.doubleData;
    case "int64":
      return proto.int64Data;
    case "uint32":
    case "uint64":
      return proto.uint64Data;
    case "string":
      return proto.stringData;
    default:
      return proto.int32Data;
  }
}
