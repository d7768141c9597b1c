import type { LeaksEvent } from "../../core/events/events.js";
import { piecesOf, type Rows } from "../../core/results/rows.js";
import type { DistantItems } from "../../core/results/trust.js";
import { neighbourDistances } from "../../evaluate/neighbour-distances.js";
import { strangeness, unusualLevel } from "../../evaluate/unusual.js";
import type { Platform } from "../../platform/platform.js";
import { remembered } from "../../platform/remember.js";
import { wilsonInterval } from "../../statistics/wilson.js";
import type { PartFeatures } from "../../train/features.js";
import { featureLeaks } from "./feature-leaks.js";

/** Findings from the features of the splits, before training. */
export interface FeatureFindings {
  /** Missing if features do not reveal copies: for texts and numbers. */
  readonly leaks?: LeaksEvent;
  readonly distant?: DistantItems;
}

export interface Parts {
  readonly train: PartFeatures;
  readonly validation: PartFeatures;
  readonly test: PartFeatures;
}

/** Cache key of the rules in {@link featureLeaks} and {@link distantItems}: increase the number when they change. */
const name = "feature-findings-1";

/**
 * Returns {@link featureLeaks} and {@link distantItems}, cached by the hash of the features, which takes a tenth of the
 * time.
 * @param skip known pairs; undefined: do not search for copies
 * @param cache whether to use the cache
 */
export async function featureFindings(
  platform: Platform,
  parts: Parts,
  { skip, cache }: { readonly skip: ReadonlySet<string> | undefined; readonly cache: boolean },
): Promise<FeatureFindings> {
  const { train, validation, test } = parts;
  const find = (): FeatureFindings => {
    const distant = distantItems(train.features, validation.features, test.features);
    return { leaks: skip && featureLeaks(parts, skip), distant };
  };
  if (!cache) return find();
  const input = [skip ? [...skip] : null];
  for (const { features, items } of [train, validation, test]) {
    const { count, width } = features;
    const hashes: string[] = [];
    for (const { values } of piecesOf(features))
      hashes.push(await platform.sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
    hashes.push(await platform.sha256(items.map(({ id }) => id)));
    input.push([`${count} ${width}`, ...hashes]);
  }
  return remembered(platform, name, JSON.stringify(input), looksRight, find);
}

const isNumber = (value: unknown): value is number => typeof value === "number";

function looksRight(value: unknown): value is FeatureFindings {
  if (typeof value !== "object" || value === null) return false;
  const { leaks, distant } = value as FeatureFindings;
  const goodLeaks =
    leaks === undefined || (leaks.event === "leaks" && isNumber(leaks.found) && Array.isArray(leaks.leaks));
  const goodDistant =
    distant === undefined ||
    (distant.score === "neighbour" && isNumber(distant.test) && distant.test_ci95?.every(isNumber));
  return goodLeaks && goodDistant;
}

/** Most multiplications for distances: some tenths of a second. */
const mostProducts = 1.2e8;
/** Fewest training items; so no split holds more than 2 million numbers. */
const leastKnown = 60;

/**
 * Counts test items that are further from the training split than validation items, in the cached features: cosine
 * distance to the fifth nearest training item. Large training splits are sampled evenly.
 * @returns undefined if a split is empty, or the features are too many
 */
export function distantItems(train: Rows, held: Rows, test: Rows): DistantItems | undefined {
  const items = held.count + test.count;
  if (train.count === 0 || held.count === 0 || test.count === 0) return undefined;
  const affordable = Math.floor(mostProducts / (items * train.width));
  if (affordable < leastKnown) return undefined;
  const known = evenly(train, Math.min(train.count, affordable));
  const distances = (rows: Rows): Float64Array => {
    const all = new Float64Array(rows.count);
    for (const { first, values } of piecesOf(rows))
      all.set(neighbourDistances(known, values, train.width), first);
    return all;
  };
  const usual = distances(held).sort();
  const far = Array.from(distances(test)).filter((d) => strangeness(usual, d) <= unusualLevel).length;
  return { score: "neighbour", test: far / test.count, test_ci95: wilsonInterval(far, test.count) };
}

function evenly(rows: Rows, count: number): Float32Array {
  const taken = new Float32Array(count * rows.width);
  for (let i = 0; i < count; i++)
    rows.read(Math.floor((i * rows.count) / count), taken.subarray(i * rows.width, (i + 1) * rows.width));
  return taken;
}
