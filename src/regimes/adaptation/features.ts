import { withWeights } from "../../bases/heads.js";
import type { DomainDistance } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import type { Graph } from "../../graph/graph.js";
import { extract } from "../../graph/surgery/index.js";
import { aDistance, mmd } from "../../methods/adapt/index.js";
import { openSession } from "../../runtime/open.js";
import type { AdaptContext } from "./context.js";
import type { DomainItem, Domains } from "./domain.js";
import { rowsFor } from "./feeds.js";
import type { Network } from "./network.js";

/** Features of items under trained weights. @param trained the exported form with those weights */
export async function featuresUnder(
  { runtime }: AdaptContext,
  { model, features, inputs, width }: Network,
  trained: Graph,
  items: readonly DomainItem[],
): Promise<Float32Array> {
  const part = extract(withWeights(model, trained.initializers), [features]);
  return runOver(runtime, part, inputs, items, width, "the features");
}

/** Raw scores of items under trained weights. */
export async function scoresUnder(
  { runtime }: AdaptContext,
  { model, inputs }: Network,
  trained: Graph,
  items: readonly DomainItem[],
  classes: number,
): Promise<Float32Array> {
  return runOver(
    runtime,
    withWeights(model, trained.initializers),
    inputs,
    items,
    classes,
    "the trained model",
  );
}

async function runOver(
  runtime: AdaptContext["runtime"],
  graph: Graph,
  inputs: Network["inputs"],
  items: readonly DomainItem[],
  width: number,
  label: string,
): Promise<Float32Array> {
  if (items.length === 0) return new Float32Array(0);
  const session = await openSession(runtime, graph, { label });
  const [input] = session.inputs;
  try {
    return await rowsFor(
      async (x) => Object.values(await session.run({ [input!.name]: x }))[0]!.data as Float32Array,
      inputs,
      items,
      width,
    );
  } finally {
    await session.dispose();
  }
}

/** Items of each domain for the distances: MMD compares all pairs, and the classifier is solved five times. */
export const mostForDistance = 1000;
const mostForMmd = 300;
const fewestForMmd = 4;

/**
 * Both distances, over items that nothing trained on: the source's validation and test parts, the target's, without labels.
 */
export async function distanceUnder(
  context: AdaptContext,
  network: Network,
  trained: Graph,
  { source, target }: Domains,
): Promise<DomainDistance> {
  const { seed } = context;
  const { width } = network;
  const held = (items: readonly DomainItem[], name: string): DomainItem[] => {
    const kept = items.filter((i) => i.part !== "train");
    return permutation(kept.length, seed, "distance", name)
      .slice(0, mostForDistance)
      .map((i) => kept[i]!);
  };
  const rows = [];
  for (const [name, domain] of [
    ["source", source],
    ["target", target],
  ] as const)
    rows.push(await featuresUnder(context, network, trained, held(domain.items, name)));
  const [s, t] = rows as [Float32Array, Float32Array];
  const a = aDistance(s, t, width, { seed });
  const n = Math.min(s.length, t.length) / width;
  const few = (all: Float32Array): Float32Array => all.subarray(0, Math.min(n, mostForMmd) * width);
  const m = n >= fewestForMmd ? mmd(few(s), few(t), width, { seed }) : undefined;
  return {
    ...(a && { a_distance: { value: a.value, ci95: a.ci95, n: a.n } }),
    ...(m && { mmd: { value: m.value, p: m.p, n: Math.min(n, mostForMmd) } }),
  };
}
