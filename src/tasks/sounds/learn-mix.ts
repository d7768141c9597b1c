import { audioLayersBody } from "../../bases/audio/audio-body.js";
import { cutOfMix, mixWeight } from "../../bases/audio/layer-states.js";
import { withWeights } from "../../bases/heads.js";
import { float32 } from "../../core/tensor.js";
import { factsOf } from "../../evaluate/class-predictions.js";
import { softmaxRows } from "../../linalg/softmax.js";
import type { Context } from "../../run/context.js";
import { type OpenedBase, openTrunk } from "../../run/setup.js";

/** Training clips that the shares are learned from, at most: they are few numbers. */
const mostClips = 2000;

/**
 * Learns the shares of the layers in a mix from the training clips, together with a linear classifier. The features of the layers are
 * cached, and computed once for each base.
 * @returns the opened base with these shares in its graph
 */
export async function learnMix({
  opened,
  dataset,
  inputs,
  runtime,
  platform,
  options,
  onEvent,
}: Context): Promise<OpenedBase> {
  const { signal } = options;
  const { base } = opened;
  const body = audioLayersBody({ ...base, audio: base.audio! });
  const all = dataset.items.filter(({ part }) => part === "train");
  // Every k-th clip, so that all classes are among them.
  const items = all.filter((_, i) => i % Math.ceil(all.length / mostClips) === 0);
  const trunk = await openTrunk({ base, body }, runtime, platform, { ...options, onEvent }, inputs);
  const rows = await trunk.features(items, { onEvent, ...(signal && { signal }) });
  try {
    const layers = new Float32Array(items.length * body.width);
    rows.read(0, layers);
    const { fitLayerMix } = await import("../../methods/probe/fit-layer-mix.js");
    const count = {
      layers: body.layers.length,
      width: body.width / body.layers.length,
      classes: dataset.classes.length,
    };
    const weights = fitLayerMix({ layers, labels: factsOf(items).labels, count });
    const graph = withWeights(opened.body.graph, new Map([[mixWeight, float32([weights.length], weights)]]));
    const cut = cutOfMix(body.layers, [...softmaxRows(weights, weights.length)]);
    return { ...opened, body: { ...opened.body, graph, cut } };
  } finally {
    rows.close();
    await trunk.close();
  }
}
