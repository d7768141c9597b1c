import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { EngraftError } from "../core/errors.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "./generated/onnx_pb.js";

/** Limit of protobuf and of every reader, in bytes. */
const largestFile = 2 ** 31 - 1;
/** Smaller weights (bytes) are written together with their neighbours. */
const heavy = 4096;

/**
 * Returns the bytes of an ONNX file. Weights are copied once, into the result, however deep their graph is nested.
 *
 * A protobuf message may be written in parts. So graphs, nodes with subgraphs and large tensors are written as lists of
 * pieces, and everything else by the library.
 *
 * @throws ModelError if the file would be larger than 2 GB
 */
export function writeModel(model: ModelProto): Uint8Array {
  const pieces: Uint8Array[] = [toBinary(ModelProtoSchema, without(model, "graph"))];
  if (model.graph) pieces.push(...nested(fieldOf(ModelProtoSchema, "graph"), graphPieces(model.graph)));
  const size = lengthOf(pieces);
  if (size > largestFile) {
    throw new EngraftError(
      "ModelError",
      `the model is ${(size / 1e9).toFixed(1)} GB, an ONNX file holds 2 GB`,
      {
        help: "store the weights as float16",
        details: { size },
      },
    );
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function graphPieces(graph: GraphProto): Uint8Array[] {
  const pieces: Uint8Array[] = [toBinary(GraphProtoSchema, without(graph, "node", "initializer"))];
  const node = fieldOf(GraphProtoSchema, "node");
  for (const each of graph.node) {
    const deep = each.attribute.some((a) => a.g !== undefined);
    pieces.push(...nested(node, deep ? nodePieces(each) : [toBinary(NodeProtoSchema, each)]));
  }
  const initializer = fieldOf(GraphProtoSchema, "initializer");
  for (const each of graph.initializer) pieces.push(...nested(initializer, tensorPieces(each)));
  return pieces;
}

function nodePieces(node: NodeProto): Uint8Array[] {
  const pieces: Uint8Array[] = [toBinary(NodeProtoSchema, without(node, "attribute"))];
  const field = fieldOf(NodeProtoSchema, "attribute");
  for (const each of node.attribute) pieces.push(...nested(field, attributePieces(each)));
  return pieces;
}

function attributePieces(attribute: AttributeProto): Uint8Array[] {
  const { g } = attribute;
  if (g === undefined) return [toBinary(AttributeProtoSchema, attribute)];
  const pieces: Uint8Array[] = [toBinary(AttributeProtoSchema, without(attribute, "g"))];
  pieces.push(...nested(fieldOf(AttributeProtoSchema, "g"), graphPieces(g)));
  return pieces;
}

function tensorPieces(tensor: TensorProto): Uint8Array[] {
  if (tensor.rawData.length < heavy) return [toBinary(TensorProtoSchema, tensor)];
  return [
    toBinary(TensorProtoSchema, without(tensor, "rawData")),
    ...nested(fieldOf(TensorProtoSchema, "rawData"), [tensor.rawData]),
  ];
}

/** Returns the message without some fields. Messages keep their defaults in their prototype. */
function without<M extends object>(message: M, ...fields: readonly (keyof M)[]): M {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(message)), message) as M;
  for (const field of fields) {
    if (Array.isArray(copy[field])) copy[field] = [] as M[keyof M];
    else delete copy[field];
  }
  return copy;
}

function fieldOf<D extends DescMessage>(schema: D, name: keyof MessageShape<D> & string): number {
  return schema.field[name]!.number;
}

/** A field of wire type 2: tag, length, content. */
function nested(field: number, content: readonly Uint8Array[]): Uint8Array[] {
  return [Uint8Array.from([...varint(field * 8 + 2), ...varint(lengthOf(content))]), ...content];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  while (value >= 128) {
    bytes.push((value % 128) + 128);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
  return bytes;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}
