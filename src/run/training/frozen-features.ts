import type { Rows } from "../../core/results/rows.js";
import type { Sample } from "../../data/index.js";
import { inParts, type PartFeatures, partOf } from "../../train/features.js";
import type { Context } from "../context.js";
import { manyItems, type Trunk } from "../setup.js";

/** Features of all samples under the frozen backbone. */
export interface FrozenFeatures<Item extends Sample = Sample> {
  /** The samples, split by split, as the rows have them. */
  readonly ordered: readonly Item[];
  readonly rows: Rows;
  readonly of: (part: Sample["part"]) => PartFeatures<Item>;
  /** Seconds that computing them took. */
  readonly seconds: number;
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
  const fitting =
    context.options.budget === undefined
      ? items
      : await (await import("./phases.js")).affordable(context, trunk, items);
  const ordered = inParts(fitting);
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
