import { wholeOf } from "../../core/results/rows.js";
import type { Graph } from "../../graph/graph.js";
import { kliep } from "../../methods/adapt/index.js";
import { kliepSettings } from "../../methods/adapt/settings.js";
import { type RequestedOptions, readSettings } from "../../methods/settings.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { openTrunk, startsRandom } from "../../run/setup.js";
import { featuresUnder } from "./distances.js";
import { type DomainItem, type Domains, itemsOf } from "./domain.js";

/** Weights of source samples with mean 1, and their effective sample size. */
export interface SourceWeights {
  readonly weights: Float64Array;
  readonly effective: number;
}

/**
 * Returns the importance weight of each source sample, from the features of the frozen base. For a network with random weights,
 * the features of the source-only model are used.
 * @param sourceOnly model that was trained on the source only
 */
export async function sourceWeights(
  context: Context,
  domains: Domains,
  sourceOnly: Graph,
  option: RequestedOptions,
): Promise<SourceWeights> {
  const { options, opened } = context;
  const { seed = defaults.seed } = options;
  const { centres, largest } = readSettings(kliepSettings, option, 'method "kliep"');
  const features = (items: readonly DomainItem[]) =>
    startsRandom(opened) ? featuresUnder(context, sourceOnly, items) : frozenFeatures(context, items);
  const source = await features(itemsOf(domains.source, "train"));
  const target = await features(itemsOf(domains.target, "train"));
  const { weights } = kliep(source, target, opened.body.width, { centres, seed });
  // Very large weights of single samples are noise.
  const cut = weights.map((w) => Math.min(w, largest));
  const total = cut.reduce((s, w) => s + w, 0);
  const even = cut.map((w) => (w * cut.length) / total);
  return { weights: even, effective: even.length ** 2 / even.reduce((s, w) => s + w * w, 0) };
}

/** Returns features of the frozen base, float32[N, D], cached on disk. */
export async function frozenFeatures(context: Context, items: readonly DomainItem[]): Promise<Float32Array> {
  const { opened, machine, options, inputs, onEvent } = context;
  const { signal } = options;
  const trunk = await openTrunk(opened, machine.runtime, machine.platform, { ...options, onEvent }, inputs);
  try {
    return wholeOf(await trunk.features(items, { onEvent, signal }));
  } finally {
    await trunk.close();
  }
}
