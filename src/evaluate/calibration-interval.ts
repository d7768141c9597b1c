import type { Interval } from "../core/events/events.js";
import { type Draws, draws } from "../core/random.js";
import { quantile } from "../linalg/quantile.js";
import { membersOf, resample } from "../statistics/resample.js";
import { binOf, expectedCalibrationError } from "./calibration.js";

export interface CalibrationInterval {
  /** It holds the truth in about 85 of 100 cases: see {@link calibrationIntervalCovers}. */
  readonly interval: Interval;
  /** What a perfectly calibrated model would show of so many items with these confidences: on average, and in 95 of 100 cases at most. */
  readonly ifCalibrated: { readonly mean: number; readonly p95: number };
}

/** Fewer of many items, whose intervals are narrow and sure. The ends of 500 move by a tenth of the width between seeds. */
const repeatsFor = (n: number): number => (n <= 5000 ? 500 : 300);

/** How often the interval of the calibration error holds the truth, measured by `npm run bench -- coverage`. */
export const calibrationIntervalCovers = 0.85;

/**
 * Returns an interval of the expected calibration error, within 0 … 1. It holds the truth in about 85 of 100 cases below 1,000
 * items, so screen and report show what a calibrated model would show instead.
 *
 * The ECE of finitely many items is too large: noise in the bins never cancels. That of drawn items is too large by about as
 * much again, so percentiles of a bootstrap lie above the truth; turned round at the estimate they make good for it:
 * [2 ê − q97.5, 2 ê − q2.5]. Next to 0 that is not enough. So the error is compared with what a perfectly calibrated model shows,
 * whose answers are right with just the probability it states: the interval begins at 0 where it could be one.
 *
 * Simulated with 60 to 1000 items of models from calibrated to twice as sure as they should be, it holds the truth in 80 to 95
 * of 100 cases (fewest: a little too sure, 60 items); plain percentiles in 0 to 98.
 *
 * Groups are drawn as a whole. What a calibrated model shows then has the deviations of each group with a sign drawn for the group.
 *
 * @param confidence probability of the predicted class. @param correct 1 where the prediction is right
 * @throws DataError for no items
 * @see Bröcker & Smith 2007, Increasing the reliability of reliability diagrams (consistency resampling)
 */
export function calibrationInterval(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number | boolean>,
  {
    bins = 15,
    seed = 0,
    groups,
  }: { readonly bins?: number; readonly seed?: number; readonly groups?: readonly string[] | undefined } = {},
): CalibrationInterval {
  const n = confidence.length;
  const repeats = repeatsFor(n);
  const own = expectedCalibrationError(confidence, correct, bins);
  // ECE = Σ_b |Σ_{i in b} (correct_i − confidence_i)| / n, and an item's bin does not depend on the draw.
  const binned = Int32Array.from(confidence, (p) => binOf(p, bins));
  const missed = Float64Array.from(confidence, (p, i) => Number(correct[i]) - p);
  const sums = new Float64Array(bins);
  const total = (): number => sums.reduce((sum, s) => sum + Math.abs(s), 0) / n;
  const drawn = resample(
    n,
    (items) => {
      sums.fill(0);
      for (const i of items) sums[binned[i]!]! += missed[i]!;
      // As many groups as before may hold more or fewer items.
      return (total() * n) / items.length;
    },
    { repeats, seed, ...(groups && { groups }) },
  );
  const [low, high] = [quantile(drawn, 0.025), quantile(drawn, 0.975)];
  const deviations = deviationsOf({ confidence, missed, binned }, groups);
  const calibrated = Array.from({ length: repeats }, (_, r) => {
    sums.fill(0);
    deviations(draws(seed, "calibrated", r), sums);
    return total();
  }).sort((a, b) => a - b);
  const p95 = quantile(calibrated, 0.95);
  const within = (x: number): number => Math.min(1, Math.max(0, x));
  return {
    interval: [own <= p95 ? 0 : within(2 * own - high), within(2 * own - low)],
    ifCalibrated: { mean: calibrated.reduce((a, b) => a + b, 0) / repeats, p95 },
  };
}

/** Answers by the bins of their confidence. */
interface Binned {
  readonly confidence: ArrayLike<number>;
  /** 1 − confidence where right, −confidence where wrong. */
  readonly missed: Float64Array;
  readonly binned: Int32Array;
}

/** Returns a function that adds, bin by bin, what a calibrated model could have missed. */
function deviationsOf(
  { confidence, missed, binned }: Binned,
  groups: readonly string[] | undefined,
): (d: Draws, sums: Float64Array) => void {
  if (!groups)
    return (d, sums) => {
      for (let i = 0; i < missed.length; i++)
        sums[binned[i]!]! += (d.uniform() < confidence[i]! ? 1 : 0) - confidence[i]!;
    };
  const members = membersOf(groups);
  return (d, sums) => {
    for (const group of members) {
      const sign = d.uniform() < 0.5 ? -1 : 1;
      for (const i of group) sums[binned[i]!]! += sign * missed[i]!;
    }
  };
}
