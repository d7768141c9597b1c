import {
  DataLocation,
  externalPlace,
  type GraphProto,
  type NodeProto,
  readModel,
  type TensorProto,
} from "../../onnx/index.js";
import { subgraphsOf } from "./subgraphs.js";

/**
 * Returns the paths of the files next to a model that hold its weights, each once.
 * @throws ModelError when the bytes are not an ONNX file, or a path leaves the model's folder
 */
export function weightFiles(bytes: Uint8Array): readonly string[] {
  const { graph, functions } = readModel(bytes);
  const ofNode = (node: NodeProto): readonly TensorProto[] => [
    ...node.attribute.flatMap(({ t, tensors }) => [...(t ? [t] : []), ...tensors]),
    ...subgraphsOf(node).flatMap(ofGraph),
  ];
  const ofGraph = ({ initializer, node }: GraphProto): readonly TensorProto[] => [
    ...initializer,
    ...node.flatMap(ofNode),
  ];
  const tensors = [
    ...(graph ? ofGraph(graph) : []),
    ...functions.flatMap(({ node }) => node.flatMap(ofNode)),
  ];
  const external = tensors.filter(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL);
  return [...new Set(external.map((tensor) => externalPlace(tensor).location))];
}
