import { piecesOf, type Rows } from "../../core/results/rows.js";
import type { DistantItems } from "../../core/results/trust.js";
import { neighbourDistances } from "../../evaluate/neighbour-distances.js";
import { strangeness, unusualLevel } from "../../evaluate/unusual.js";
import { wilsonInterval } from "../../statistics/wilson.js";

/** Products that are spent on distances: some tenths of a second. */
const mostProducts = 1.2e8;
/** Training items that must be affordable; so no part holds more than 2 million numbers. */
const leastKnown = 60;

/**
 * How many test items lie further from the training part than validation's do, in the features that the run has at hand:
 * cosine distance to the fifth nearest training item. Of many training items some are taken, evenly.
 * @returns undefined where a part is empty, or the features are too many for it
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
