import { permutation } from "../../core/random.js";
import type { Rows } from "../../core/results/rows.js";
import type { Sample } from "../../data/index.js";
import { defaults } from "../../options/options.js";
import { inParts, type PartFeatures, partOf } from "../../train/features.js";
import type { Context } from "../context.js";
import { decideOnce } from "../folder/decide-once.js";
import { manyItems, type Trunk } from "../setup.js";
import { secondsOf, warnOfCutHead } from "./head-trials.js";

/** Features of all samples under the frozen backbone. */
export interface FrozenFeatures<Item extends Sample = Sample> {
  /** The samples, split by split, as the rows have them. */
  readonly ordered: readonly Item[];
  readonly rows: Rows;
  readonly of: (part: Sample["part"]) => PartFeatures<Item>;
  /** Seconds that computing them took. */
  readonly seconds: number;
}

/** Fewest training samples that a head is solved from, whatever a budget says; and samples whose features are timed. */
const [fewest, timed] = [64, 32] as const;

/**
 * Returns the samples whose features the budget allows: all but some training samples, drawn at random after one of each class. The
 * first features are timed for it; those that the cache has take no time. A resumed run repeats the decision.
 */
async function affordable<Item extends Sample>(
  context: Context,
  trunk: Trunk,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const { run, options, training } = context;
  const { signal, seed = defaults.seed } = options;
  const train = items.filter(({ part }) => part === "train");
  // Sums are of all samples.
  if (options.budget === undefined || options.strategy === "sums" || train.length <= fewest) return items;
  const drawn = permutation(train.length, seed, "samples of the head").map((place) => train[place]!);
  const firsts = new Map(drawn.toReversed().map((item) => [training.head.classOf?.(item), item]));
  const ofClasses = new Set(firsts.values());
  const order = [...ofClasses, ...drawn.filter((item) => !ofClasses.has(item))];
  const count = await decideOnce(run, "samples of the head", async () => {
    const isMissing = new Set<Sample>(await trunk.missing(items));
    const missing = order.filter((item) => isMissing.has(item));
    if (missing.length <= timed) return train.length;
    // The first batch also loads the session.
    (await trunk.features(missing.slice(0, 1), { signal })).close();
    const begin = performance.now();
    (await trunk.features(missing.slice(1, 1 + timed), { signal })).close();
    const each = (performance.now() - begin) / 1000 / timed;
    const held = isMissing.size - missing.length;
    const most = Math.max(fewest, ofClasses.size, Math.floor(secondsOf("features", context)! / each) - held);
    return most >= missing.length ? train.length : order.indexOf(missing[most]!);
  });
  if (count >= train.length) return items;
  warnOfCutHead(context, { unit: "samples", done: count, total: train.length });
  const kept = new Set(order.slice(0, count));
  return items.filter((item) => item.part !== "train" || kept.has(item));
}

/** Computes the features of all samples that the budget allows, closes the backbone, and passes the features to `solve`. They are closed afterwards. */
export async function withFeatures<T, Item extends Sample>(
  context: Context,
  trunk: Trunk,
  items: readonly Item[],
  solve: (features: FrozenFeatures<Item>) => Promise<T>,
): Promise<T> {
  const { run, machine, onEvent } = context;
  const { signal } = context.options;
  const begin = performance.now();
  const ordered = inParts(await affordable(context, trunk, items));
  const rows = await trunk.features(ordered, {
    onEvent,
    folder: run.path,
    signal,
  });
  try {
    const seconds = (performance.now() - begin) / 1000;
    await trunk.close();
    if (ordered.length > manyItems) machine.platform.releaseMemory();
    return await solve({ ordered, rows, seconds, of: (part) => partOf(ordered, part, rows) });
  } finally {
    rows.close();
  }
}
