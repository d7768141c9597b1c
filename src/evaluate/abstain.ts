import { EngraftError } from "../core/errors.js";
import type { AbstainChoice } from "../core/results/trust.js";
import { binomialAtMost } from "../statistics/distributions.js";
import type { ValidationUse } from "./prediction-sets.js";

/** Share and accuracy of the predictions above a threshold. */
export interface RiskPoint {
  /** Predictions below this confidence are withheld. */
  readonly threshold: number;
  /** Share of the items that get a prediction. */
  readonly answered: number;
  /** Share of these predictions that are right. */
  readonly accuracy: number;
  /** Number of predictions, and how many are wrong. */
  readonly n: number;
  readonly errors: number;
}

/** Probability of accepting a threshold whose accuracy is below the requested one. */
const risk = 0.05;

/**
 * Returns the accuracy against the share of predicted items, at every confidence that occurs, from the highest on.
 * Items of equal confidence are included together.
 *
 * @param confidence probability of the predicted class
 * @param correct 1 if it is right
 * @returns in falling order of the threshold; the last includes everything
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
    const given = i + 1;
    points.push({ threshold, answered: given / n, accuracy: right / given, n: given, errors: given - right });
  }
  return points;
}

/**
 * Returns the number of correct predictions without an error that shows an accuracy of at least `accuracy`: the
 * smallest n with accuracyⁿ ≤ 0.05, for example 59 for 0.95. Infinity for an accuracy of 1, which no number can show.
 *
 * @param use with groups, n / design counts; for the best of m models, accuracyⁿ ≤ 0.05 / m
 */
export function surestNeeded(accuracy: number, { design = 1, chosenOf = 1 }: ValidationUse = {}): number {
  if (accuracy >= 1) return Number.POSITIVE_INFINITY;
  // 0.05 = 0.05¹: rounding must not give 2.
  return Math.ceil(design * (Math.log(risk / chosenOf) / Math.log(accuracy) - 1e-12));
}

/**
 * Chooses the lowest threshold above which new predictions reach the requested accuracy, or says why there is none.
 *
 * Fixed-sequence testing, from the highest confidence on: a threshold is accepted while P(errors ≤ e | n, 1 − accuracy)
 * ≤ 0.05 of a binomial distribution, beginning with {@link surestNeeded} predictions. The first one that is not
 * accepted ends it. So the accuracy at the chosen threshold is too low for at most 5 of 100 validation splits.
 *
 * Items of groups count as e / design errors of n / design predictions. If the items also chose the best of m models, the probability
 * is 0.05 / m, so that the promise holds for all m together (Bonferroni).
 *
 * @param points from {@link riskCoverage}
 * @param accuracy requested, 0 … 1
 * @see Angelopoulos et al. 2021, Learn then Test (section 4); Geifman & El-Yaniv 2017, Selective classification
 */
export function chooseThreshold(
  points: readonly RiskPoint[],
  accuracy: number,
  use: ValidationUse = {},
): AbstainChoice {
  const { design = 1, chosenOf = 1 } = use;
  const needed = surestNeeded(accuracy, use);
  const tested = points.filter(({ n }) => n >= needed);
  const isRisky = ({ n, errors }: RiskPoint): boolean =>
    binomialAtMost(errors / design, n / design, 1 - accuracy) > risk / chosenOf + 1e-12;
  const end = tested.findIndex(isRisky);
  const accepted = end === -1 ? tested.at(-1) : tested[end - 1];
  if (accepted) return { accuracy, threshold: accepted.threshold };
  const surest = tested[0] && { n: tested[0].n, errors: tested[0].errors };
  return {
    accuracy,
    threshold: null,
    ...(Number.isFinite(needed) && { needed }),
    ...(surest && { surest }),
  };
}

/**
 * Returns the point of the threshold that {@link chooseThreshold} chooses; undefined if none is accepted.
 * @example abstainThreshold(riskCoverage(validation.confidence, validation.correct), 0.95)
 */
export function abstainThreshold(points: readonly RiskPoint[], accuracy: number): RiskPoint | undefined {
  const { threshold } = chooseThreshold(points, accuracy);
  return points.find((point) => point.threshold === threshold);
}

/**
 * Area under the risk-coverage curve: mean error over all shares. 0 is best; a useless confidence gives the error rate.
 */
export function areaUnderRisk(points: readonly RiskPoint[]): number {
  let [area, before] = [0, 0];
  for (const { answered, accuracy } of points) {
    area += (answered - before) * (1 - accuracy);
    before = answered;
  }
  return area;
}
