/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** The bin is (low, high]; the first one holds 0 too. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Mean confidence of its items, 0 when empty. */
  readonly confidence: number;
  /** Share of its items that are right, 0 when empty. */
  readonly accuracy: number;
}

/**
 * Returns confidence against accuracy in equal-width bins.
 * @param confidence probability of the predicted class, 0 … 1
 * @param correct 1 if the prediction is right
 * @param bins default 15, the usual number (Guo et al. 2017)
 */
export function reliability(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number | boolean>,
  bins = 15,
): ReliabilityBin[] {
  const n = new Array<number>(bins).fill(0);
  const sum = new Array<number>(bins).fill(0);
  const right = new Array<number>(bins).fill(0);
  for (let i = 0; i < confidence.length; i++) {
    const p = confidence[i]!;
    const b = binOf(p, bins);
    n[b]!++;
    sum[b]! += p;
    right[b]! += Number(correct[i]);
  }
  return n.map((count, b) => ({
    low: b / bins,
    high: (b + 1) / bins,
    n: count,
    confidence: count === 0 ? 0 : sum[b]! / count,
    accuracy: count === 0 ? 0 : right[b]! / count,
  }));
}

/** The bin of a {@link reliability} diagram that a confidence falls into. */
export const binOf = (confidence: number, bins: number): number =>
  Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));

/**
 * Expected calibration error: the mean difference of confidence and accuracy over items. 0 is best, 1 worst.
 *
 * ECE = Σ_b (n_b / N) |accuracy_b − confidence_b|
 *
 * @see Guo et al. 2017, On calibration of modern neural networks, section 2
 */
export function expectedCalibrationError(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number | boolean>,
  bins = 15,
): number {
  let error = 0;
  for (const bin of reliability(confidence, correct, bins)) {
    error += (bin.n / confidence.length) * Math.abs(bin.accuracy - bin.confidence);
  }
  return error;
}
