import { draws } from "../../core/random.js";
import { rowsOf } from "../../core/results/rows.js";
import { isSolved, isWithoutBase, usesNgrams } from "../../methods/registry.js";
import { keepsBest } from "../../options/is-planned.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { itemsOf } from "../../run/training/planned.js";
import { ngramStrategies, solvesNgrams, unlessMissing } from "./ngram-rivals.js";
import { ngramRows } from "./ngram-rows.js";
import type { NgramTargets } from "./solve-ngrams.js";

/** Most texts that a head is timed on. */
const mostTimed = 200;
/**
 * Time of all fits of a head by that of the timed one, text for text: 1.2 to 1.4 on 600 to 3,000 made texts. The timed fit begins
 * cold, on features that say nothing; of the others, each begins at the one before.
 */
const timesOfOne = 1.4;

/**
 * Forecasts the seconds of the heads with n-grams of a run, from one fit of each kind on some of its texts with random features.
 *
 * s = Σ h f u N / n,   u seconds of one fit on n of N training texts, f as above, h heads of this kind: two if another one is solved
 * after a training
 */
export async function secondsOfNgrams(context: Context, targets: NgramTargets): Promise<number> {
  if (!solvesNgrams(context)) return 0;
  const { options } = context;
  const { strategy = defaults.strategy } = options;
  const again = keepsBest(options) && !isSolved(strategy) && !usesNgrams(strategy);
  const validation = itemsOf(context, "validation").length;
  let seconds = 0;
  for (const one of isWithoutBase(strategy) ? [strategy] : ngramStrategies(validation))
    seconds +=
      (again && !isWithoutBase(one) ? 2 : 1) *
      (await secondsOfOne({ ...context, options: { ...options, strategy: one } }, targets));
  return seconds;
}

/** Forecasts the seconds of the head of a strategy with n-grams. */
async function secondsOfOne(context: Context, targets: NgramTargets): Promise<number> {
  const { dataset, opened } = context;
  const train = itemsOf(context, "train");
  const n = Math.min(train.length, mostTimed);
  if (n === 0) return 0;
  const items = Array.from({ length: n }, (_, i) => train[Math.floor((i * train.length) / n)]!);
  const { width } = opened.body;
  const source = draws(0, "features to time a head with n-grams");
  const features = rowsOf(
    Float32Array.from({ length: n * width }, () => source.normal()),
    width,
  );
  const few: Context = { ...context, dataset: { ...dataset, items } };
  const none = { features: rowsOf(new Float32Array(0), width), items: [] };
  const timed = await unlessMissing(async () => {
    const rows = ngramRows(few, ["train"], { features, items }, targets.scalesOf);
    const learned = { rows: rows.rowsOf({ features, items }, 1), items };
    await targets.fit(learned, { rows: rows.rowsOf(none, 1), items: [] }, [targets.usualStrength]);
    return { seconds: 0 };
  });
  return (timesOfOne * (timed?.seconds ?? 0) * train.length) / n;
}
