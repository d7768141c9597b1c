import type { ItemInputs, Sample } from "../../data/index.js";

/** Number of measured lengths; times in between are interpolated. */
const measured = 3;

/** Groups items by their padded length, the shortest first. */
function bySize<Item extends Sample>(items: readonly Item[], inputs: ItemInputs): Map<number, Item[]> {
  const found = new Map<number, Item[]>();
  for (const item of items) {
    const size = inputs.sizeOf(item);
    const list = found.get(size);
    if (list) list.push(item);
    else found.set(size, [item]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/**
 * Returns the seconds of a batch by its length, from batches of the shortest, a middle and the longest length.
 * @param timeOf seconds of a batch of such items, all of one length
 */
export async function secondsByLength<Item extends Sample>(
  items: readonly Item[],
  inputs: ItemInputs,
  timeOf: (items: readonly Item[]) => Promise<number>,
): Promise<(size: number) => number> {
  const groups = [...bySize(items, inputs)];
  const chosen = new Set(
    Array.from({ length: measured }, (_, i) => Math.round((i * (groups.length - 1)) / (measured - 1))),
  );
  const points: { size: number; seconds: number }[] = [];
  for (const i of groups.length > 0 ? chosen : []) {
    const [size, all] = groups[i]!;
    points.push({ size, seconds: await timeOf(all) });
  }
  return (size) => between(points, size);
}

/** Interpolates linearly between measured sizes, and extrapolates in proportion. */
function between(
  points: readonly { readonly size: number; readonly seconds: number }[],
  size: number,
): number {
  const last = points.at(-1);
  if (!last) return 0;
  const after = points.findIndex((p) => p.size >= size);
  if (after < 0) return (last.seconds * size) / last.size;
  const [a, b] = [points[after - 1], points[after]!];
  return a ? a.seconds + ((b.seconds - a.seconds) * (size - a.size)) / (b.size - a.size) : b.seconds;
}

/**
 * Seconds of all items in batches of one length each.
 * @param whole a short batch is padded, and takes as long as a full one
 */
export function secondsOfAll(
  items: readonly Sample[],
  inputs: ItemInputs,
  secondsOf: (size: number) => number,
  { batch, whole }: { readonly batch: number; readonly whole: boolean },
): number {
  let seconds = 0;
  for (const [size, { length }] of bySize(items, inputs))
    seconds += secondsOf(size) * (whole ? Math.ceil(length / batch) : length / batch);
  return seconds;
}

/**
 * Seconds per item through the frozen backbone, and number of remaining items.
 * @param timed seconds of some items
 * @param batch items per run
 */
export async function extractingByLength<Item extends Sample>(
  missing: readonly Item[],
  inputs: ItemInputs,
  timed: (items: readonly Item[]) => Promise<number>,
  batch: number,
): Promise<{ readonly secondsPerPicture: number; readonly left: number }> {
  const used = new Set<Item>();
  const secondsOf = await secondsByLength(missing, inputs, async (all) => {
    // A short batch is padded: for a small set a few items suffice, and the others remain for the stage that shows
    // progress.
    const half = Math.min(batch, Math.ceil(all.length / 8));
    const [first, second] = [all.slice(0, half), all.slice(half, 2 * half)];
    for (const item of [...first, ...second]) used.add(item);
    const cold = await timed(first);
    return second.length > 0 ? timed(second) : cold;
  });
  const rest = missing.filter((item) => !used.has(item));
  const seconds = secondsOfAll(rest, inputs, secondsOf, { batch, whole: true });
  return { secondsPerPicture: seconds / Math.max(1, rest.length), left: rest.length };
}
