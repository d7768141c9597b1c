import { EngraftError, stopIf } from "../../core/errors.js";
import type { Interval } from "../../core/events/events.js";
import { permutation } from "../../core/random.js";
import { wholeOf } from "../../core/results/rows.js";
import { arePictures, type Sample, type SampleInputs } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import type { GroupsOfDomains } from "../../methods/adapt/index.js";
import type { TaskOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { openTargetPictures } from "../../regimes/adaptation/open-domain.js";
import type { Trunk } from "../../run/setup.js";
import { type DistanceName, type DistanceRow, distances } from "../../transferability/index.js";

/** One distance for a base; its value is null if it does not apply. */
export interface RankedDistance {
  readonly value: number | null;
  readonly ci95?: Interval;
  readonly p?: number;
  readonly relative?: number;
  readonly n?: number;
  readonly ms: number;
}

/** Distances between the data and the source on which a base was trained. */
export interface SourceDistances {
  /** Folder of the source's pictures, and the number that was used; null without a source. */
  readonly source: { readonly data: string; readonly n: number } | null;
  /** Reason for a missing source. */
  readonly why?: string;
  readonly distances: Readonly<Record<DistanceName, RankedDistance>>;
}

/** Data on which bases were trained: one folder for all, or one for each base by its name in the options. */
export type SourceOption = string | Readonly<Record<string, string>>;

/** Returns the source pictures of a base; undefined if the user gave none. */
export type OpenedSources = (
  base: string,
) => { readonly data: string; readonly items: readonly Sample[] } | undefined;

/**
 * Opens a random sample of the source pictures of each base, with or without labels. A folder of several bases is read once.
 * @throws OptionError for a base that is not ranked; DataError for unreadable pictures
 */
export async function openSources(
  source: SourceOption | undefined,
  bases: readonly string[],
  samples: number,
  options: TaskOptions,
  platform: Platform,
): Promise<OpenedSources> {
  if (source === undefined) return () => undefined;
  const folders = typeof source === "string" ? Object.fromEntries(bases.map((b) => [b, source])) : source;
  const foreign = Object.keys(folders).find((base) => !bases.includes(base));
  if (foreign !== undefined)
    throw new EngraftError("OptionError", `source names "${foreign}", which is not ranked`, {
      help: `ranked are ${bases.join(", ")}`,
    });
  const known = new Map<string, readonly Sample[]>();
  for (const folder of new Set(Object.values(folders))) {
    const { items } = await openTargetPictures(folder, [], options, platform);
    const order = permutation(items.length, options.seed ?? 0, "source").slice(0, samples);
    known.set(
      folder,
      order.map((i) => items[i]!),
    );
  }
  return (base) => {
    const data = folders[base];
    return data === undefined ? undefined : { data, items: known.get(data)! };
  };
}

/** Returns the reason for missing distances. */
const missingSource = (inputs: SampleInputs): string =>
  arePictures(inputs)
    ? "what the base was trained on is not on this machine: give it with --source"
    : "distances to what a base was trained on are measured for pictures only";

/**
 * Measures distances between source pictures and data in the features of one base.
 * @param items samples of the data, and their features as rows, float32[n, D]
 */
export async function sourceDistances(
  base: string,
  sources: OpenedSources,
  {
    trunk,
    items,
    rows,
    inputs,
  }: { trunk: Trunk; items: readonly Sample[]; rows: Float32Array; inputs: SampleInputs },
  options: TaskOptions,
): Promise<SourceDistances> {
  const { onEvent, signal, seed = 0 } = options;
  const opened = sources(base);
  let source: Float32Array | undefined;
  if (opened) {
    const table = await trunk.features(opened.items, { onEvent, signal });
    source = Float32Array.from(wholeOf(table));
    table.close();
  }
  const groups: GroupsOfDomains = [groupsOfItems(opened?.items ?? []), groupsOfItems(items)];
  const width = rows.length / items.length;
  const found = {} as Record<DistanceName, RankedDistance>;
  for (const [name, row] of Object.entries(distances) as [DistanceName, DistanceRow][]) {
    stopIf(signal);
    const from = performance.now();
    const measured = source && row.of(source, rows, width, { seed, groups });
    found[name] = { ...(measured ?? { value: null }), ms: performance.now() - from };
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return opened
    ? { source: { data: opened.data, n: opened.items.length }, distances: found }
    : { source: null, why: missingSource(inputs), distances: found };
}
