import type { Interval } from "../core/events/events.js";
import { type Draws, draws } from "../core/random.js";
import { quantile } from "../linalg/quantile.js";
import { membersOf, resample } from "../statistics/resample.js";
import { binOf, expectedCalibrationError } from "./calibration.js";

export interface CalibrationInterval {
  /** It covers the true value in about 85 of 100 cases: see {@link calibrationIntervalCovers}. */
  readonly interval: Interval;
  /** Error of a perfectly calibrated model with the same number of items and confidences: mean, and 95th percentile. */
  readonly ifCalibrated: { readonly mean: number; readonly p95: number };
}

/**
 * Fewer resamples for many items, whose intervals are narrow. The ends of 500 vary by a tenth of the width between
 * seeds.
 */
const repeatsFor = (n: number): number => (n <= 5000 ? 500 : 300);

/** Coverage of the interval, measured by `npm run bench -- coverage`. */
export const calibrationIntervalCovers = 0.85;

/**
 * Returns an interval of the expected calibration error, within 0 … 1. It covers the true value in about 85 of 100
 * cases below 1,000 items. So screen and report show the error of a calibrated model instead.
 *
 * The ECE of finitely many items is biased upwards: noise in the bins never cancels. Resampling adds about the same
 * bias again, so bootstrap percentiles lie above the true value. Reflected at the estimate they compensate: [2 ê −
 * q97.5, 2 ê − q2.5]. Near 0 that is not enough, so the error is compared with that of a perfectly calibrated model,
 * whose predictions are right with exactly the stated probability. The interval begins at 0 if the model could be one.
 *
 * Simulated with 60 to 1000 items of models from calibrated to twice as sure as they should be, it covers the true
 * value in 80 to 95 of 100 cases (fewest: slightly overconfident, 60 items); plain percentiles in 0 to 98.
 *
 * Groups are drawn as a whole. The deviations of a calibrated model then get one random sign per group.
 *
 * @param confidence probability of the predicted class
 * @param correct 1 if the prediction is right
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
      // The same number of groups may hold more or fewer items.
      return (total() * n) / items.length;
    },
    { repeats, seed, groups },
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

/** Predictions by the bins of their confidence. */
interface Binned {
  readonly confidence: ArrayLike<number>;
  /** 1 − confidence where right, −confidence where wrong. */
  readonly missed: Float64Array;
  readonly binned: Int32Array;
}

/** Returns a function that adds, bin by bin, random deviations of a calibrated model. */
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
