import { isFloat } from "../../core/dtype.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../graph.js";

/**
 * Marks the tensors of Constant nodes, so that they are never trained. PyTorch writes parameters and buffers as
 * initializers, and numbers of its program as Constant nodes. Paddle2ONNX writes parameters as Constant nodes too:
 * if Constant nodes hold more floats than initializers do, nothing is marked.
 */
export function markConstants({ initializers }: Graph, constants: ReadonlySet<Tensor>): void {
  let [inNodes, inInitializers] = [0, 0];
  for (const tensor of new Set(initializers.values())) {
    if (!isFloat(tensor.dtype)) continue;
    if (constants.has(tensor)) inNodes += tensor.data.length;
    else inInitializers += tensor.data.length;
  }
  if (inNodes > inInitializers) return;
  for (const [name, tensor] of initializers)
    if (constants.has(tensor) && isFloat(tensor.dtype)) initializers.set(name, { ...tensor, constant: true });
}
