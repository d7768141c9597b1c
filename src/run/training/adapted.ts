import { withPixels } from "../../bases/pixels.js";
import { EngraftError } from "../../core/errors.js";
import type { Tensor } from "../../core/tensor.js";
import { inputBatches } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { batchStatistics } from "../../train/batch-statistics.js";
import { featureBatch } from "../../train/features.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import type { Context } from "../context.js";
import { itemsOf } from "./planned.js";

/**
 * With `batchNorm: "adapt"`, recomputes the base's BatchNormalization statistics from the training images (without
 * labels). Otherwise returns the base unchanged.
 * @throws OptionError if it has no BatchNormalization
 */
export async function adapted(context: Context): Promise<Context> {
  const { opened, inputs, options, dataset, machine } = context;
  if (options.batchNorm !== "adapt") return context;
  const { body, base } = opened;
  const { preprocessing } = base;
  if (!hasBatchNorm(body.graph))
    throw new EngraftError(
      "OptionError",
      'batch norm "adapt": the base has no BatchNormalization (many exporters fold it into convolutions)',
      { help: "leave it out" },
    );
  const items = itemsOf(context, "train");
  const batch = Math.min(featureBatch, items.length);
  async function* pictures(): AsyncGenerator<Tensor> {
    for await (const { x, indices } of inputBatches(items, inputs, { batch, signal: options.signal }))
      if (indices.length === batch) yield x;
  }
  const statistics = await batchStatistics(
    machine.runtime,
    withPixels(body.graph, preprocessing),
    batch,
    pictures(),
  );
  const replaced = (graph: Graph): Graph => {
    const copy = graph.clone();
    for (const [value, tensor] of statistics)
      if (copy.initializers.has(value)) copy.initializers.set(value, tensor);
    return copy;
  };
  return {
    ...context,
    opened: {
      base: { ...base, imported: { ...base.imported, graph: replaced(base.imported.graph) } },
      body: { ...body, graph: replaced(body.graph) },
      // Other statistics give other features.
      statistics: dataset.fingerprint,
    },
  };
}
