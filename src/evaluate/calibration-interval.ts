import type { Interval } from "../core/events.js";
import { bootstrapInterval } from "./bootstrap.js";
import { expectedCalibrationError } from "./calibration.js";

/** Fewer of many items, whose intervals are narrow and sure. */
const repeatsFor = (n: number): number => (n <= 5000 ? 1000 : 300);

/**
 * 95 % interval of the expected calibration error: the basic bootstrap over the items, [2 ê − q97.5, 2 ê − q2.5], within 0 … 1.
 *
 * The ECE of finitely many items is too large: noise in the bins never cancels. The ECE of drawn items is too large by about
 * as much again, so percentiles lie above the truth; turned round at the estimate they make good for it.
 *
 * @param confidence probability of the predicted class. @param correct 1 where the prediction is right
 * @throws DataError for no items
 */
export function calibrationInterval(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number | boolean>,
  { bins = 15, seed = 0 }: { readonly bins?: number; readonly seed?: number } = {},
): Interval {
  const n = confidence.length;
  const own = expectedCalibrationError(confidence, correct, bins);
  const drawnConfidence = new Float64Array(n);
  const drawnCorrect = new Uint8Array(n);
  const [low, high] = bootstrapInterval(
    n,
    (drawn) => {
      for (let i = 0; i < n; i++) {
        drawnConfidence[i] = confidence[drawn[i]!]!;
        drawnCorrect[i] = Number(correct[drawn[i]!]);
      }
      return expectedCalibrationError(drawnConfidence, drawnCorrect, bins);
    },
    { repeats: repeatsFor(n), seed },
  );
  const within = (x: number): number => Math.min(1, Math.max(0, x));
  return [within(2 * own - high), within(2 * own - low)];
}
