import { audioLayersBody } from "../../bases/audio/audio-body.js";
import { cutOfMix, mixCut, mixWeight } from "../../bases/audio/layer-states.js";
import { withWeights } from "../../bases/heads.js";
import { float32 } from "../../core/tensor.js";
import type { Sample } from "../../data/index.js";
import { softmaxRows } from "../../linalg/softmax.js";
import type { MixTargets } from "../../methods/probe/fit-layer-mix.js";
import type { Context } from "../../run/context.js";
import { openTrunk } from "../../run/setup.js";
import { soundBaseEvent } from "./open-sounds.js";

/** Training clips that the shares are learned from, at most: they are few numbers. */
const mostClips = 2000;

/** The targets that the shares of the layers are learned for. */
export interface TargetsOfMix {
  readonly of: MixTargets;
  /** Returns the targets of clips, [N, C]: see `LayerFeatures`. */
  targets(items: readonly Sample[]): ArrayLike<number>;
}

/**
 * Learns the shares of the layers from the training clips, together with a linear model of their targets, if `--cut mix` asks for a mix.
 * The features of the layers are cached, and computed once for each base. The base is reported with its shares.
 * @returns the context with these shares in the graph of the base; the same context without `--cut mix`
 */
export async function withLearnedMix(context: Context, { of, targets }: TargetsOfMix): Promise<Context> {
  const { opened, dataset, inputs, machine, options, onEvent } = context;
  if (!opened.base.audio || options.cut !== mixCut) return context;
  const { signal } = options;
  const { base } = opened;
  const body = audioLayersBody({ ...base, audio: opened.base.audio });
  const all = dataset.items.filter(({ part }) => part === "train");
  // Every k-th clip, so that all classes are among them.
  const items = all.filter((_, i) => i % Math.ceil(all.length / mostClips) === 0);
  const trunk = await openTrunk(
    { base, body },
    machine.runtime,
    machine.platform,
    { ...options, onEvent },
    inputs,
  );
  const rows = await trunk.features(items, { onEvent, signal });
  try {
    const layers = new Float32Array(items.length * body.width);
    rows.read(0, layers);
    const { fitLayerMix } = await import("../../methods/probe/fit-layer-mix.js");
    const count = {
      layers: body.layers.length,
      width: body.width / body.layers.length,
      outputs: context.training.head.outputs,
    };
    const weights = fitLayerMix({ layers, of, count, targets: targets(items) });
    const graph = withWeights(opened.body.graph, new Map([[mixWeight, float32([weights.length], weights)]]));
    const cut = cutOfMix(body.layers, [...softmaxRows(weights, weights.length)]);
    const mixed = { ...opened, body: { ...opened.body, graph, cut } };
    onEvent(soundBaseEvent(mixed));
    return { ...context, opened: mixed };
  } finally {
    rows.close();
    await trunk.close();
  }
}
