import { arePictures } from "../../data/index.js";
import { bindDims, extract } from "../../graph/surgery/index.js";
import { memoryOf } from "../../options/options.js";
import { featureBatch } from "../../train/features.js";
import { leastBytes } from "../../train/step/step-memory.js";
import type { Context } from "../context.js";
import { requireMemory } from "../training/memory.js";
import { itemsOf } from "../training/planned.js";

/** @throws OptionError if features, head or base cannot fit into memory */
export async function requireItFits(context: Context): Promise<void> {
  const { machine, options, dataset, opened, inputs } = context;
  const memoryBytes = memoryOf(options, machine.platform.memoryBytes());
  requireMemory(
    {
      items: dataset.items.length,
      examples: itemsOf(context, "train").length,
      width: opened.body.width,
      classes: context.training.head.outputs,
    },
    memoryBytes,
  );
  const batched = bindDims(opened.body.graph, {
    batch: featureBatch,
    ...(!arePictures(inputs) && { length: inputs.longest }),
  });
  if (leastBytes(batched) <= memoryBytes) return;
  const { baseRefusal } = await import("../../train/step/room-offers.js");
  throw baseRefusal(batched, featureBatch, memoryBytes, (cut) => extract(batched, [cut]));
}
