import type { Graph } from "../graph.js";
import { none, type Value } from "../node.js";
import { isFolded } from "./weight-names.js";

/**
 * Returns the scales and shifts of batch normalisations with frozen statistics, as PyTorch's exporter folds those
 * of a detector (FrozenBatchNorm2d): Conv, Mul by [1, C, 1, 1], Add of [1, C, 1, 1]. In PyTorch they are buffers. A
 * group normalisation has [C, 1, 1] and no convolution before it; a trainable BatchNormalization is merged into its
 * convolution.
 */
export function frozenNorms(graph: Graph): Set<Value> {
  const frozen = new Set<Value>();
  const producers = graph.producers();
  const perChannel = (v: Value): boolean => {
    const dims = isFolded(v) ? graph.initializers.get(v)?.dims : undefined;
    return dims !== undefined && dims.length > 2 && dims.every((d, axis) => d === 1 || axis === 1);
  };
  for (const add of graph.nodes) {
    if (add.kind !== "op" || add.op !== "Add") continue;
    for (const [x = none, shift = none] of [add.inputs, [...add.inputs].reverse()]) {
      const mul = producers.get(x);
      if (!perChannel(shift) || mul?.kind !== "op" || mul.op !== "Mul") continue;
      for (const [conv = none, scale = none] of [mul.inputs, [...mul.inputs].reverse()])
        if (perChannel(scale) && producers.get(conv)?.op === "Conv") frozen.add(scale).add(shift);
    }
  }
  return frozen;
}
