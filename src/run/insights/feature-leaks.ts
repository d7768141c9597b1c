import type { EngraftEvent, LeaksEvent } from "../../core/events/events.js";
import type { OnWork } from "../../core/events/work-events.js";
import { message, warningText } from "../../core/messages/message.js";
import { decodePixels, type Sample } from "../../data/index.js";
import { NearRows } from "../../linalg/near-rows.js";
import { median } from "../../linalg/quantile.js";
import type { Platform } from "../../platform/platform.js";
import type { PartFeatures } from "../../train/features.js";
import { mostLeaks } from "../setup.js";

/** Pairs closer than this share of the usual distance are reported. */
const suspicious = 0.2;
/** Number of training images that determine the usual nearest distance. */
const sampled = 100;
/** Most compared pairs: larger sets are sampled evenly. */
const mostPairs = 1e7;

/**
 * Finds held-out images that the base can hardly distinguish from a training image: crops, mirror images and other
 * copies that thumbnails do not reveal.
 *
 * d(a, b) = 1 - cos(a - μ, b - μ), μ the mean feature of the training split. A pair is reported if d is below
 * 0.2 of two distances to the nearest other training image: the median one, and the one of its own training image. These thresholds follow the data, since images of one machine are all alike. So a training image
 * with a copy in the training split hides a third one; thumbnails find those.
 *
 * @param skip known pairs, "item\nother"
 */
export function featureLeaks(
  parts: { readonly train: PartFeatures; readonly validation: PartFeatures; readonly test: PartFeatures },
  skip: ReadonlySet<string> = new Set(),
): LeaksEvent {
  const { features: train, items } = parts.train;
  const near = new NearRows(train);
  const n = items.length;
  const own = new Map<number, number>();
  /** Distance of a training image to its nearest other one. */
  const toNext = (i: number): number => {
    const known = own.get(i) ?? near.nearest(train, i, { but: i }).distance;
    own.set(i, known);
    return known;
  };
  const some = Array.from({ length: Math.min(n, sampled) }, (_, k, of = Math.min(n, sampled)) =>
    Math.floor((k * n) / of),
  );
  // Copies within the training split do not show what is usual.
  const distances = some.map(toNext).filter((d) => Number.isFinite(d) && d > 1e-6);
  const usual = median(distances) ?? 0;
  const leaks: LeaksEvent["leaks"][number][] = [];
  for (const part of ["validation", "test"] as const) {
    const judged = parts[part];
    const sketches = near.sketches(judged.features);
    const thin = Math.max(1, Math.ceil((judged.items.length * n) / mostPairs));
    for (let i = 0; i < judged.items.length; i += thin) {
      const { at, distance } = near.nearest(judged.features, i, { sketches });
      if (at < 0 || !(distance < suspicious * usual)) continue;
      // If training images are equally close to each other, closeness shows nothing: plain surfaces, empty scenes.
      if (!(distance < suspicious * toNext(at))) continue;
      const [item, other] = [items[at]!, judged.items[i]!];
      if (skip.has(`${item.id}\n${other.id}`)) continue;
      leaks.push({
        kind: "features",
        item: item.id,
        part: "train",
        other: other.id,
        other_part: part,
        distance: distance / usual,
      });
    }
  }
  leaks.sort((a, b) => a.distance - b.distance);
  return { event: "leaks", found: leaks.length, leaks: leaks.slice(0, mostLeaks) };
}

/**
 * Mean red, green and blue of two images of the same thing differ by at most one standard deviation, or this much of
 * 255: a crop shows other parts.
 */
const leastReach = 8;
/** Most pairs whose colours are compared. */
const mostCompared = 100;

/** Returns mean red, green and blue of an image, 0 … 255, and their largest standard deviation. */
export type ColoursOf = (
  item: Sample,
) => Promise<{ readonly means: readonly number[]; readonly deviation: number }>;

/** A {@link ColoursOf} that reads the pictures. */
export function coloursBy(platform: Platform): ColoursOf {
  return async ({ path }) => {
    const { data } = await decodePixels(path, { height: 16, width: 16 }, platform);
    const n = data.length / 3;
    const channel = (c: number) => Array.from({ length: n }, (_, i) => data[3 * i + c]!);
    const means = [0, 1, 2].map((c) => channel(c).reduce((a, b) => a + b, 0) / n);
    const squares = means.map((mean, c) => channel(c).reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
    return { means, deviation: Math.sqrt(Math.max(...squares)) };
  };
}

/** Pairs of different colours are no copies, however similar they are to a base: surfaces of one weave. */
async function alikeInColour(
  { leaks }: LeaksEvent,
  items: readonly Sample[],
  coloursOf: ColoursOf,
): Promise<LeaksEvent> {
  const known = new Map(items.map((item) => [item.id, item]));
  const kept: LeaksEvent["leaks"][number][] = [];
  for (const leak of leaks.slice(0, mostCompared)) {
    const [a, b] = await Promise.all([leak.item, leak.other].map((id) => coloursOf(known.get(id)!)));
    const reach = Math.max(leastReach, a!.deviation, b!.deviation);
    if (a!.means.every((v, c) => Math.abs(v - b!.means[c]!) <= reach)) kept.push(leak);
  }
  return { event: "leaks", found: kept.length, leaks: kept };
}

/** Returns the pairs reported for the data, "item\nother". */
export function knownPairs(events: readonly EngraftEvent[]): ReadonlySet<string> {
  const known = events.flatMap((e) => (e.event === "data" ? (e.leaks ?? []) : []));
  return new Set(known.map(({ item, other }) => `${item}\n${other}`));
}

/** Reports the pairs with similar colours, and warns. */
export async function reportFeatureLeaks(
  leaks: LeaksEvent,
  items: readonly Sample[],
  onEvent: OnWork,
  coloursOf: ColoursOf,
): Promise<void> {
  const found = await alikeInColour(leaks, items, coloursOf);
  if (found.found === 0) return;
  onEvent(found);
  const [first] = found.leaks;
  // Only a test picture that resembles a training picture can make the test score too good.
  const inTest = found.leaks.some(({ other_part: part }) => part === "test");
  const values = { pictures: found.found, first: first!.item, other: first!.other, test: inTest };
  onEvent({ event: "warning", ...warningText("feature_leaks", message("features-alike", values)) });
}
