/** The intermediate representation: operators, graphs, surgery on graphs, and conversion from and to ONNX. */
export { Builder, type WindowOptions } from "./builder.js";
export { type FromOnnxOptions, fromOnnx, type Imported } from "./from-onnx.js";
export { Graph, readsOf } from "./graph.js";
export { unrollRecurrent } from "./import/unroll.js";
export { inferGraph, inferNode } from "./infer/index.js";
export { stateOutput, stepsInput } from "./loop-names.js";
export {
  type AnyOpNode,
  type CustomNode,
  type Node,
  none,
  type OpaqueNode,
  type OpNode,
  type Value,
} from "./node.js";
export type { OpAttributes, OpName } from "./ops.js";
export { type Evaluate, foldConstants, removeDeadCode } from "./passes/index.js";
export { printGraph, printNode } from "./print.js";
export {
  bindDims,
  type Cut,
  extract,
  findCut,
  inline,
  type Parameter,
  type ParameterKind,
  parametersOf,
  promote,
} from "./surgery/index.js";
export { adaptChannels, adaptInputChannels } from "./surgery/input-channels.js";
export { graphToProto, type ToOnnxOptions, toOnnx } from "./to-onnx.js";
export { type LoopSpec, loopModel } from "./to-onnx-loop.js";
export { stepModel } from "./to-onnx-step.js";
export { verifyGraph } from "./verify.js";
