import { piecesOf, type Rows } from "../../core/results/rows.js";
import type { DistantItems } from "../../core/results/trust.js";
import { neighbourDistances } from "../../evaluate/neighbour-distances.js";
import { strangeness, unusualLevel } from "../../evaluate/unusual.js";
import { wilsonInterval } from "../../statistics/wilson.js";

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
