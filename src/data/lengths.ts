import { draws, permutation } from "../core/random.js";

/** Acceptable share of padding. Less padding is not worth another graph. */
const enoughPadding = 0.1;
/** Largest number of graphs of a training step that are loaded at once. */
const maxLengths = 10;
/** Largest number of candidate lengths. Above it, neighbours are merged. */
const maxBounds = 256;
/** Number of consecutive batches of one length, which form a block of the runtime. */
const runLength = 4;

/** Items of one batch, by position, and their padded length. */
export interface LengthBatch {
  readonly indices: readonly number[];
  readonly size: number;
}

/**
 * Returns the padded lengths of training batches: the fewest with less than 10 % padding, at most ten. For each number of lengths,
 * dynamic programming minimises the padded size, Σ over items of the next length above theirs.
 * @param lengths lengths of the items, at least one
 * @param batch items of a batch
 */
export function trainingLengths(lengths: readonly number[], batch: number): number[] {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  const { bounds, below } = boundsOf(counts);
  const order = lengths.map((_, i) => i);
  const paddingWith = (sizes: readonly number[]) =>
    paddingOf(
      cut(order, (i) => lengths[i]!, batch, sizes, lengths.length),
      (i) => lengths[i]!,
    );
  let best = [bounds.at(-1)!];
  let least = paddingWith(best);
  // row[j]: the smallest padded size of the items up to bound j with k + 1 lengths; from[k][j]: the bound before the last.
  const from: number[][] = [bounds.map(() => -1)];
  let row = bounds.map((bound, j) => bound * below[j]!);
  for (let k = 1; k < Math.min(maxLengths, bounds.length) && least > enoughPadding; k++) {
    const next = [...row];
    const chosen = bounds.map(() => -1);
    for (let j = k; j < bounds.length; j++)
      for (let i = k - 1; i < j; i++) {
        const places = row[i]! + bounds[j]! * (below[j]! - below[i]!);
        if (places >= next[j]! && chosen[j]! >= 0) continue;
        next[j] = places;
        chosen[j] = i;
      }
    from.push(chosen);
    row = next;
    const sizes: number[] = [];
    for (let j = bounds.length - 1, level = k; j >= 0 && level >= 0; level--) {
      sizes.unshift(bounds[j]!);
      j = from[level]![j]!;
    }
    const padding = paddingWith(sizes);
    if (padding >= least) continue;
    [best, least] = [sizes, padding];
  }
  return best;
}

/** Returns the candidate lengths, ascending, and the number of items up to each length. */
function boundsOf(counts: ReadonlyMap<number, number>): { bounds: number[]; below: number[] } {
  const all = [...counts.keys()].sort((a, b) => a - b);
  const every = Math.ceil(all.length / maxBounds);
  const bounds: number[] = [];
  const below: number[] = [];
  let seen = 0;
  all.forEach((length, i) => {
    seen += counts.get(length)!;
    if ((i + 1) % every !== 0 && i + 1 < all.length) return;
    bounds.push(length);
    below.push(seen);
  });
  return { bounds, below };
}

/** Returns the share of padding, 0 to 1, without the rows that fill an incomplete batch. */
export function paddingOf(batches: readonly LengthBatch[], lengthOf: (index: number) => number): number {
  let [places, tokens] = [0, 0];
  for (const { indices, size } of batches)
    for (const index of indices) {
      places += size;
      tokens += Math.min(size, lengthOf(index));
    }
  return places === 0 ? 0 : 1 - tokens / places;
}

/**
 * Divides an epoch into batches of similar lengths. Items are sorted by padded length, keep the epoch's order within a length, and are
 * cut into batches. The incomplete batch is at a random place, so that no length is favoured. Runs of four batches of one length are
 * shuffled.
 * @param order items of the epoch, in its random order
 * @param sizes padded lengths, ascending
 */
export function batchesByLength(
  order: readonly number[],
  lengthOf: (index: number) => number,
  { batch, sizes, seed, epoch }: { batch: number; sizes: readonly number[]; seed: number; epoch: number },
): LengthBatch[] {
  const whole = Math.floor(order.length / batch);
  const short = draws(seed, "short batch", epoch).integer(whole + 1);
  const batches = cut(order, lengthOf, batch, sizes, short * batch);
  // Shuffled before grouping, so that each epoch has other runs.
  const bySize = new Map<number, LengthBatch[]>();
  for (const i of permutation(batches.length, seed, "batches", epoch)) {
    const one = batches[i]!;
    const list = bySize.get(one.size);
    if (list) list.push(one);
    else bySize.set(one.size, [one]);
  }
  const runs = [...bySize.keys()]
    .sort((a, b) => a - b)
    .flatMap((size) => {
      const all = bySize.get(size)!;
      return Array.from({ length: Math.ceil(all.length / runLength) }, (_, i) =>
        all.slice(i * runLength, (i + 1) * runLength),
      );
    });
  return permutation(runs.length, seed, "runs", epoch).flatMap((i) => runs[i]!);
}

/** Returns batches in the given order, each padded to the next length above its longest item. */
export function batchesInOrder(
  order: readonly number[],
  lengthOf: (index: number) => number,
  { batch, sizes }: { readonly batch: number; readonly sizes: readonly number[] },
): LengthBatch[] {
  const count = Math.ceil(order.length / batch);
  return Array.from({ length: count }, (_, i) => {
    const indices = order.slice(i * batch, (i + 1) * batch);
    const longest = Math.max(...indices.map(lengthOf));
    return { indices, size: sizes.find((size) => size >= longest) ?? sizes.at(-1)! };
  });
}

/** Sorts items by padded length and cuts them into batches. The incomplete batch begins at `shortAt`. */
function cut(
  order: readonly number[],
  lengthOf: (index: number) => number,
  batch: number,
  sizes: readonly number[],
  shortAt: number,
): LengthBatch[] {
  const bySize = sizes.map((): number[] => []);
  for (const index of order) {
    const length = lengthOf(index);
    const at = sizes.findIndex((size) => size >= length);
    bySize[at < 0 ? sizes.length - 1 : at]!.push(index);
  }
  const sorted = bySize.flat();
  const sizeOf = bySize.flatMap((all, at) => all.map(() => sizes[at]!));
  const rest = order.length % batch;
  const batches: LengthBatch[] = [];
  for (let first = 0; first < sorted.length; ) {
    const count = first === shortAt && rest > 0 ? rest : batch;
    const end = Math.min(sorted.length, first + count);
    batches.push({ indices: sorted.slice(first, end), size: sizeOf[end - 1]! });
    first = end;
  }
  return batches;
}
