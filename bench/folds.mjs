// `npm run bench -- folds`: how often the interval of a cross-validated probe holds, on made features with known truth.
import { draws } from "../dist/core/random.js";
import { rowsOf } from "../dist/core/results/rows.js";
import { correctOf } from "../dist/evaluate/class-predictions.js";
import { estimateOf } from "../dist/evaluate/share-interval.js";
import { crossValidate, stratifiedFolds } from "../dist/methods/probe/index.js";

export const bench = {
  about:
    "interval of a cross-validated linear probe: how often it holds, and without the correction for shared training samples",
  needs: [],
  options: { repeats: { type: "number", default: 200, about: "made sets of each setting" } },
  smallest: { repeats: 2 },
};

/** Samples, features, classes, and the distance of the class means in standard deviations; 0: labels at random. */
const settings = [
  { n: 60, dims: 64, classes: 2, distance: 1.5 },
  { n: 150, dims: 64, classes: 2, distance: 1.5 },
  { n: 300, dims: 64, classes: 5, distance: 2 },
  { n: 60, dims: 64, classes: 2, distance: 0 },
  { n: 120, dims: 64, classes: 4, distance: 0 },
  { n: 40, dims: 256, classes: 2, distance: 2.5 },
];

/** Cross-validates a probe on one made set. @returns 1 for each right prediction, and the number of folds */
async function validated({ n, dims, classes, distance }, repeat) {
  const draw = draws(7, "folds", n, dims, classes, 10 * distance, repeat);
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const values = Float32Array.from({ length: n * dims }, (_, k) => {
    const label = labels[Math.floor(k / dims)];
    return draw.normal() + (k % dims === label ? distance : 0);
  });
  const folds = stratifiedFolds(labels);
  const logits = await crossValidate({ rows: rowsOf(values, dims), labels, classes }, folds);
  return { right: correctOf({ logits, labels, items: [] }, classes).map(Number), folds: folds.length };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function measure(setting, repeats) {
  const sets = [];
  for (let repeat = 0; repeat < repeats; repeat++) sets.push(await validated(setting, repeat));
  // With labels at random, the truth is known. Otherwise it is the mean over all sets: cross-validation is unbiased for 4/5 of the samples.
  const truth = setting.distance === 0 ? 1 / setting.classes : mean(sets.map(({ right }) => mean(right)));
  const shareOf = (holds) => mean(sets.map((one) => Number(holds(one))));
  const interval = ({ right }, folds) => estimateOf("accuracy", right, undefined, folds).interval;
  const holds = ([low, high]) => low <= truth && truth <= high;
  return {
    ...setting,
    truth,
    holds: shareOf((one) => holds(interval(one, one.folds))),
    uncorrected: shareOf((one) => holds(interval(one))),
    too_high: shareOf((one) => interval(one, one.folds)[0] > truth),
  };
}

export async function main({ repeats, json = false }) {
  const rows = [];
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  for (const setting of settings) {
    const row = await measure(setting, repeats);
    rows.push(row);
    if (!json)
      console.log(
        `${row.n} samples, ${row.classes} classes, accuracy ${percent(row.truth)}: holds ${percent(row.holds)}, ` +
          `too high ${percent(row.too_high)}; uncorrected ${percent(row.uncorrected)}`,
      );
  }
  if (json) console.log(JSON.stringify({ rows }));
}
