import { create } from "@bufbuild/protobuf";
import type { Tensor } from "../core/tensor.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  AttributeProto_AttributeType as Type,
} from "./generated/onnx_pb.js";
import { tensorProto } from "./tensor-data.js";

/** Attribute messages, one function for each type. */
export const attribute = {
  float: (name: string, f: number): AttributeProto =>
    create(AttributeProtoSchema, { name, type: Type.FLOAT, f }),
  int: (name: string, i: number | bigint): AttributeProto =>
    create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(i) }),
  string: (name: string, s: string): AttributeProto =>
    create(AttributeProtoSchema, { name, type: Type.STRING, s: new TextEncoder().encode(s) }),
  tensor: (name: string, t: Tensor): AttributeProto =>
    create(AttributeProtoSchema, { name, type: Type.TENSOR, t: tensorProto("", t) }),
  graph: (name: string, g: GraphProto): AttributeProto =>
    create(AttributeProtoSchema, { name, type: Type.GRAPH, g }),
  floats: (name: string, floats: readonly number[]): AttributeProto =>
    create(AttributeProtoSchema, { name, type: Type.FLOATS, floats: [...floats] }),
  ints: (name: string, ints: readonly (number | bigint)[]): AttributeProto =>
    create(AttributeProtoSchema, { name, type: Type.INTS, ints: ints.map(BigInt) }),
  strings: (name: string, strings: readonly string[]): AttributeProto => {
    const encoder = new TextEncoder();
    return create(AttributeProtoSchema, {
      name,
      type: Type.STRINGS,
      strings: strings.map((s) => encoder.encode(s)),
    });
  },
};
