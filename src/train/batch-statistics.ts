import { EngraftError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { foldConstants } from "../graph/passes/index.js";
import { bindDims } from "../graph/surgery/index.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Runtime } from "../runtime/runtime.js";
import { withBatchStatistics } from "./batch-norm.js";

/** Does a model normalise by running averages that could be others? */
export function hasBatchNorm(graph: Graph): boolean {
  return graph.nodes.some((n) => n.kind === "op" && n.op === "BatchNormalization");
}

/**
 * The running averages of BatchNormalization anew, from data, in one pass with the weights as they are: the plain mean
 * over the batches of each batch's mean and unbiased variance, as PyTorch's `update_bn` has it.
 *
 * What averaged weights need (their activations are nobody's running average), and what adapts a base to the look of
 * other pictures without labels (AdaBN).
 *
 * @param model its first input is `batches`' tensors, all of one size
 * @returns the new averages by name. @throws DataError without a batch
 * @see Li et al., "Revisiting Batch Normalization For Practical Domain Adaptation", 2016; torch.optim.swa_utils.update_bn
 */
export async function batchStatistics(
  runtime: Runtime,
  model: Graph,
  batch: number,
  batches: AsyncIterable<Tensor>,
): Promise<Map<Value, Tensor>> {
  const { graph, updates } = withBatchStatistics(withoutMemory(foldConstants(bindDims(model, { batch }))));
  graph.outputs.splice(0, graph.outputs.length, ...new Set(updates.values()));
  const session = await runtime.session(toOnnx(graph), { label: "the model's statistics" });
  const sums = new Map<Value, Float64Array>();
  let count = 0;
  try {
    for await (const x of batches) {
      const out = await session.run({ [session.inputs[0]!.name]: x });
      count++;
      for (const [running, now] of updates) {
        const data = out[now]!.data as Float32Array;
        const sum = sums.get(running) ?? new Float64Array(data.length);
        for (let i = 0; i < data.length; i++) sum[i]! += data[i]!;
        sums.set(running, sum);
      }
    }
  } finally {
    await session.dispose();
  }
  if (count === 0)
    throw new EngraftError("DataError", "there is no whole batch to take statistics from", {
      help: "use a smaller batch (batch size), or keep the base's statistics (batch norm frozen)",
    });
  return new Map(
    [...sums].map(([value, sum]): [Value, Tensor] => [
      value,
      { dtype: "float32", dims: [sum.length], data: Float32Array.from(sum, (s) => s / count) },
    ]),
  );
}

/** Every BatchNormalization with momentum 0: its "running average" after a batch is that batch's own. */
function withoutMemory(graph: Graph): Graph {
  const out = graph.withoutNodes();
  for (const node of graph.nodes) {
    const plain =
      node.kind === "op" && node.op === "BatchNormalization"
        ? { ...node, attributes: { ...node.attributes, momentum: 0 } }
        : node;
    out.push(plain, graph.typesOf(node));
  }
  out.outputs.push(...graph.outputs);
  return out;
}
