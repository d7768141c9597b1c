import { create } from "@bufbuild/protobuf";
import type { Dim, TensorType } from "../core/shape.js";
import {
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./generated/onnx_pb.js";
import { dataTypes, dtypeOf } from "./tensor-data.js";

/** Returns a message with the name and type of a value; without a type if it is not known. */
export function valueInfo(name: string, type: TensorType | undefined): ValueInfoProto {
  const info = create(ValueInfoProtoSchema, { name });
  if (type === undefined) return info;
  const shape = type.shape && { $typeName: "onnx.TensorShapeProto" as const, dim: type.shape.map(dimension) };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: dataTypes[type.dtype], shape } } },
  });
}

function dimension(dim: Dim): TensorShapeProto_Dimension {
  if (dim === null) return create(TensorShapeProto_DimensionSchema);
  return create(TensorShapeProto_DimensionSchema, {
    value:
      typeof dim === "number" ? { case: "dimValue", value: BigInt(dim) } : { case: "dimParam", value: dim },
  });
}

/** Returns the type in a message; undefined for anything but a tensor of a known element type. */
export function readType(info: ValueInfoProto): TensorType | undefined {
  const type = info.type?.value;
  if (type?.case !== "tensorType") return undefined;
  const dtype = dtypeOf(type.value.elemType);
  if (dtype === undefined) return undefined;
  return { dtype, shape: type.value.shape?.dim.map(readDim) };
}

/** Some exporters write an unknown size as a negative number. */
function readDim({ value }: TensorShapeProto_Dimension): Dim {
  if (value.case === "dimParam") return value.value === "" ? null : value.value;
  if (value.case !== "dimValue" || value.value < 0n) return null;
  return value.value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value.value);
}
