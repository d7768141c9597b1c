import { EngraftError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { removeDeadCode } from "../graph/passes/dead-code.js";
import { foldConstants } from "../graph/passes/index.js";
import { bindDims } from "../graph/surgery/index.js";
import { openSession } from "../runtime/open.js";
import type { Runtime } from "../runtime/runtime.js";
import { withBatchStatistics } from "./batch-norm.js";

/**
 * Recomputes the running averages of BatchNormalization from data, in one pass with fixed weights: the mean over
 * batches of each batch's mean and unbiased variance, as in PyTorch's `update_bn`.
 *
 * Used for averaged weights, whose activations match no running average, and to adapt a base to another kind of images
 * without labels (AdaBN).
 *
 * @param model its first input takes the tensors of `batches`, all of one size
 * @returns the new averages by name
 * @throws DataError without a batch
 * @see Li et al., "Revisiting Batch Normalization For Practical Domain Adaptation", 2016;
 * torch.optim.swa_utils.update_bn
 */
export async function batchStatistics(
  runtime: Runtime,
  model: Graph,
  batch: number,
  batches: AsyncIterable<Tensor>,
): Promise<Map<Value, Tensor>> {
  const { graph, statistics } = withBatchStatistics(foldConstants(bindDims(model, { batch })));
  graph.outputs.splice(0, graph.outputs.length, ...new Set(statistics.values()));
  // The operator writes into buffers that an optimised graph would share.
  const session = await openSession(runtime, removeDeadCode(graph), {
    label: "the model's statistics",
    optimization: "disabled",
  });
  const sums = new Map<Value, Float64Array>();
  let count = 0;
  try {
    for await (const x of batches) {
      const out = await session.run({ [session.inputs[0]!.name]: x });
      count++;
      for (const [running, now] of statistics) {
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
