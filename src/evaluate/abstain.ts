import { EngraftError } from "../core/errors.js";

/** What is answered at a threshold, and how well. */
export interface RiskPoint {
  /** Answers below this confidence are not given. */
  readonly threshold: number;
  /** Share of the items that are answered. */
  readonly answered: number;
  /** Share of the answers that are right. */
  readonly accuracy: number;
}

/**
 * Accuracy of the answers against the share that is answered, at every confidence that occurs, from the surest item on.
 * Items of equal confidence are answered together: a threshold cannot tell them apart.
 *
 * @param confidence probability of the predicted class. @param correct 1 where it is right
 * @returns in falling order of the threshold; the last answers everything
 * @throws DataError for no items
 * @see El-Yaniv & Wiener 2010, On the foundations of noise-free selective classification
 */
export function riskCoverage(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number | boolean>,
): RiskPoint[] {
  const n = confidence.length;
  if (n === 0) throw new EngraftError("DataError", "there are no items to choose a threshold on");
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => confidence[b]! - confidence[a]!);
  const points: RiskPoint[] = [];
  let right = 0;
  for (let i = 0; i < n; i++) {
    right += Number(correct[order[i]!]);
    const threshold = confidence[order[i]!]!;
    if (i + 1 < n && confidence[order[i + 1]!] === threshold) continue;
    points.push({ threshold, answered: (i + 1) / n, accuracy: right / (i + 1) });
  }
  return points;
}

/**
 * The lowest threshold at which the answers are as often right as asked: it answers most.
 *
 * It was chosen among all thresholds by these items, so on others the accuracy may be lower: measure it there.
 *
 * @param accuracy that the answers shall have, 0 … 1
 * @returns undefined where no threshold reaches it
 * @example abstainThreshold(riskCoverage(validation.confidence, validation.correct), 0.95)
 */
export function abstainThreshold(points: readonly RiskPoint[], accuracy: number): RiskPoint | undefined {
  // 0.95 · 20 answers is 19, and 19 / 20 may come out a hair below 0.95.
  return points.filter((point) => point.accuracy >= accuracy - 1e-12).at(-1);
}

/** Mean of the error over all shares answered: 0 is best, the error rate what a useless confidence has. */
export function areaUnderRisk(points: readonly RiskPoint[]): number {
  let [area, before] = [0, 0];
  for (const { answered, accuracy } of points) {
    area += (answered - before) * (1 - accuracy);
    before = answered;
  }
  return area;
}
