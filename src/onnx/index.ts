/** The ONNX file format: messages and the tensors in them. */
export { attribute } from "./attributes.js";
export { type ExternalData, type ExternalPlace, externalPlace } from "./external-data.js";
export {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type FunctionProto,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./generated/onnx_pb.js";
export { readModel } from "./read.js";
export { dataTypes, dtypeOf, readTensor, tensorProto } from "./tensor-data.js";
export { readType, valueInfo } from "./value-info.js";
export { writeModel } from "./write.js";
