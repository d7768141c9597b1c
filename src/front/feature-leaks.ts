import type { EngraftEvent, LeaksEvent, OnEvent } from "../core/events.js";
import type { PartFeatures } from "../train/features.js";
import { mostLeaks } from "./setup.js";

/** Closer pairs than this share of the usual distance are told. */
const suspicious = 0.2;
/** Training pictures whose nearest neighbour says what is usual. */
const sampled = 400;
/** Products of pairs that are looked at, at most: more pictures are thinned out evenly. */
const mostProducts = 2e9;

/**
 * Pictures of a judging part that the base can hardly tell from a training picture: crops, mirror images and other
 * copies that no small picture shows.
 *
 * d(a, b) = 1 - cos(a - μ, b - μ), μ the mean feature of the training part. Told are the pairs with d below 0.2 of the
 * median distance of a training picture to its nearest other one, and of the distance of this very training picture to
 * its nearest other one: thresholds that follow the data, since pictures of one machine are all alike. A training picture
 * with a copy within the training part therefore hides a third one; those look-alikes are found by their small pictures.
 *
 * @param skip pairs that are known already, "item\nother"
 */
export function featureLeaks(
  parts: { readonly train: PartFeatures; readonly validation: PartFeatures; readonly test: PartFeatures },
  width: number,
  skip: ReadonlySet<string> = new Set(),
): LeaksEvent {
  const train = centred(parts.train, width, meanOf(parts.train, width));
  const n = parts.train.items.length;
  const samples = Math.max(1, Math.min(sampled, Math.floor(mostProducts / (2 * n * width))));
  const step = Math.max(1, Math.ceil(n / samples));
  const own: number[] = [];
  for (let i = 0; i < n; i += step) {
    const { distance } = nearest(train, train, i, width, i);
    // Copies within the training part say nothing about what is usual.
    if (distance > 1e-6) own.push(distance);
  }
  const usual = own.sort((a, b) => a - b)[Math.floor(own.length / 2)] ?? 0;
  const leaks: LeaksEvent["leaks"][number][] = [];
  for (const part of ["validation", "test"] as const) {
    const judged = parts[part];
    const rows = centred(judged, width, meanOf(parts.train, width));
    const thin = Math.max(1, Math.ceil((judged.items.length * n * width) / mostProducts));
    for (let i = 0; i < judged.items.length; i += thin) {
      const { at, distance } = nearest(rows, train, i, width);
      if (at < 0 || !(distance < suspicious * usual)) continue;
      // Where training pictures are as close to each other, nearness says nothing: plain surfaces, empty scenes.
      if (!(distance < suspicious * nearest(train, train, at, width, at).distance)) continue;
      const [item, other] = [parts.train.items[at]!, judged.items[i]!];
      if (skip.has(`${item.id}\n${other.id}`)) continue;
      leaks.push({
        ...{ kind: "features", item: item.id, part: "train", other: other.id, other_part: part },
        distance: distance / usual,
      });
    }
  }
  leaks.sort((a, b) => a.distance - b.distance);
  return { event: "leaks", found: leaks.length, leaks: leaks.slice(0, mostLeaks) };
}

/** Tell them, and warn. @param before what was told of the data */
export function tellFeatureLeaks(
  parts: Parameters<typeof featureLeaks>[0],
  width: number,
  before: readonly EngraftEvent[],
  onEvent: OnEvent,
): void {
  const known = before.flatMap((e) => (e.event === "data" ? (e.leaks ?? []) : []));
  const found = featureLeaks(parts, width, new Set(known.map(({ item, other }) => `${item}\n${other}`)));
  if (found.found === 0) return;
  onEvent(found);
  const [first] = found.leaks;
  onEvent({
    event: "warning",
    code: "feature_leaks",
    message: `${found.found} held-out ${found.found === 1 ? "picture is" : "pictures are"} hardly different from a training picture to the base (${first!.other}, ${first!.item}): if they are copies or crops, the test score is optimistic; groups (--group-from) keep them on one side`,
  });
}

function meanOf({ features, items }: PartFeatures, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < features.length; i++) mean[i % width]! += features[i]! / Math.max(1, items.length);
  return mean;
}

/** (f - μ) / ‖f - μ‖, row by row. */
function centred({ features, items }: PartFeatures, width: number, mean: Float64Array): Float32Array {
  const rows = new Float32Array(items.length * width);
  for (let r = 0; r < items.length; r++) {
    let square = 0;
    for (let k = 0; k < width; k++) {
      const v = features[r * width + k]! - mean[k]!;
      rows[r * width + k] = v;
      square += v * v;
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let k = 0; k < width; k++) rows[r * width + k]! *= scale;
  }
  return rows;
}

function nearest(
  rows: Float32Array,
  train: Float32Array,
  i: number,
  width: number,
  but = -1,
): { at: number; distance: number } {
  let [at, best] = [-1, -2];
  for (let j = 0; j * width < train.length; j++) {
    if (j === but) continue;
    let dot = 0;
    for (let k = 0, a = i * width, b = j * width; k < width; k++) dot += rows[a + k]! * train[b + k]!;
    if (dot > best) [at, best] = [j, dot];
  }
  return { at, distance: 1 - best };
}
