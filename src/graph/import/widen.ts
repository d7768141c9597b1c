import type { DType } from "../../core/dtype.js";
import { decodeFloat16, type Tensor, tensor } from "../../core/tensor.js";
import {
  DataType,
  type ExternalData,
  type GraphProto,
  type NodeProto,
  readTensor,
  type TensorProto,
  tensorProto,
  type ValueInfoProto,
} from "../../onnx/index.js";
import { subgraphsOf } from "./subgraphs.js";

const narrow = new Map<number, DType>([
  [DataType.FLOAT16, "float16"],
  [DataType.BFLOAT16, "bfloat16"],
]);
/** Attributes that name an element type. */
const typeAttributes = new Set(["to", "dtype", "output_dtype"]);

/** Changes float16 and bfloat16 to float32 in a type. */
export function widenInfo(info: ValueInfoProto): void {
  const type = info.type?.value;
  if (type?.case === "tensorType" && narrow.has(type.value.elemType)) type.value.elemType = DataType.FLOAT;
}

/** Widens the tensors, casts and subgraphs in a node's attributes. Returns true if a Cast changed. */
export function widenNode(node: NodeProto, externalData?: ExternalData): boolean {
  let changed = false;
  for (const a of node.attribute) {
    if (a.t) a.t = widenProto(a.t, externalData);
    if (a.tensors.length > 0) a.tensors = a.tensors.map((t) => widenProto(t, externalData));
    if (typeAttributes.has(a.name) && narrow.has(Number(a.i))) {
      a.i = BigInt(DataType.FLOAT);
      changed = true;
    }
  }
  for (const graph of subgraphsOf(node)) widenGraph(graph, externalData);
  return changed;
}

function widenGraph(graph: GraphProto, externalData?: ExternalData): void {
  for (const info of [...graph.input, ...graph.output, ...graph.valueInfo]) widenInfo(info);
  graph.initializer = graph.initializer.map((t) => widenProto(t, externalData));
  for (const node of graph.node) widenNode(node, externalData);
}

/** Also loads external data of a subgraph, because the file is written elsewhere. */
function widenProto(proto: TensorProto, externalData?: ExternalData): TensorProto {
  const outside = proto.externalData.length > 0;
  if (!narrow.has(proto.dataType) && !outside) return proto;
  const tensor = readTensor(proto, externalData);
  return tensorProto(proto.name, narrow.has(proto.dataType) ? widenTensor(tensor) : tensor);
}

/**
 * Converts a tensor of 16-bit floats to float32.
 *
 * For a normal binary16 the bits move: sign to bit 31, exponent and fraction up by 13, exponent bias 15 to 127.
 * bfloat16 is the upper half of a float32.
 */
export function widenTensor({ dtype, dims, data }: Tensor): Tensor<"float32"> {
  const from = data as Uint16Array;
  const values = new Float32Array(from.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < from.length; i++) {
    const h = from[i]!;
    const exponent = h & 0x7c00;
    if (dtype === "bfloat16") bits[i] = h << 16;
    else if (exponent === 0 || exponent === 0x7c00) values[i] = decodeFloat16(h);
    else bits[i] = ((h & 0x8000) << 16) | (((h & 0x7fff) << 13) + ((127 - 15) << 23));
  }
  return tensor("float32", dims, values);
}
