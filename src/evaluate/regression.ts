import { EngraftError } from "../core/errors.js";
import type { Interval, OutputScores, PredictionBand, RegressionScores } from "../core/results/task.js";
import { rankCorrelation } from "../statistics/rank-correlation.js";
import { ratioShares } from "../statistics/shares.js";
import { calibratedQuantile, type ScoreOptimism } from "./calibrated-quantile.js";
import { r2Of } from "./metric-sums.js";
import { recordedScores } from "./recorded-scores.js";
import { estimateOf, groupFacts, intervalOf, shareInterval } from "./share-interval.js";

/** A regression model's predictions on items with true values. */
export interface RegressionAnswers {
  readonly targets: readonly string[];
  /** Standard deviation of each target in the training split: the unit of the loss. */
  readonly deviations: readonly number[];
  /** float64[N, T], row-major, in the unit of the columns. */
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly items: readonly string[];
  /** Group of each item: items of a group are similar, so they count less. */
  readonly groups?: readonly string[];
}

/** Prediction intervals ŷ ± half width. */
export interface Conformal {
  readonly coverage: number;
  /** Half widths by predicted value, for each target; none where validation was too small. */
  readonly bands: readonly (readonly PredictionBand[])[];
}

/** Most points of the chart. */
const mostPoints = 2000;
const worstItems = 10;

/**
 * Everything that is reported about predicted numbers.
 *
 * R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²   MAE = mean |y − ŷ|   RMSE = √ mean (y − ŷ)²; several outputs: the mean of their R²
 * (scikit-learn's `uniform_average`). Intervals are over the items, or their groups, by the share of each item: of 1 − R², MAE and
 * RMSE ± on a logarithmic scale. They are null without variation, and with fewer than 10 groups.
 *
 * @throws DataError for no items, ShapeError when lengths differ, NumericError naming the item whose answer is no number
 */
export function scoreRegression(
  answers: RegressionAnswers,
  {
    conformal,
    ranks = false,
  }: {
    readonly conformal?: Conformal;
    /** Adds Spearman's rank correlation. Default false. */
    readonly ranks?: boolean;
  } = {},
): RegressionScores {
  const { targets, deviations, truth, predicted, items, groups } = answers;
  const [n, t] = [items.length, targets.length];
  check(answers);
  const residual = new Float64Array(n * t);
  const centred = new Float64Array(n * t);
  for (let k = 0; k < t; k++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += truth[i * t + k]! / n;
    for (let i = 0; i < n; i++) {
      residual[i * t + k] = truth[i * t + k]! - predicted[i * t + k]!;
      centred[i * t + k] = truth[i * t + k]! - mean;
    }
  }
  const errors: Errors = { residual, centred, predicted, n, t };
  const own = metrics(residual, centred, t);
  const lost = targets.map((_, k) => lostShares(errors, k));
  const r2 = own.reduce((s, one) => s + one.r2, 0) / t;
  const together = Float64Array.from({ length: n }, (_, i) => lost.reduce((s, one) => s + one[i]!, 0) / t);
  const found = estimateOf("error", together, groups);
  const ci95 = fromOne(found.interval);
  let loss = 0;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < t; k++) loss += (residual[i * t + k]! / deviations[k]!) ** 2 / (n * t);
  return {
    n,
    metric: { name: "r2", value: r2, ci95, higher_is_better: true },
    r2,
    r2_ci95: ci95,
    ...groupFacts(found, groups),
    loss,
    outputs: targets.map((name, k) => {
      const { r2, mae, rmse } = own[k]!;
      const intervals = outputIntervals(errors, k, { lost: lost[k]!, groups, conformal });
      const { r2_ci95, mae_ci95, rmse_ci95, ...prediction } = intervals;
      return {
        ...{ name, r2, r2_ci95, mae, mae_ci95, rmse, rmse_ci95 },
        ...(ranks && rankFields(answers, k)),
        ...prediction,
      };
    }),
    worst: worstAnswers(answers, residual),
    ...recordedScores({
      metric: "r2",
      k: 2 * t,
      values: Array.from(residual).flatMap((e, i) => [e * e, centred[i]!]),
    }),
    points: scatterPoints(answers),
  };
}

/** Returns the rank correlation of one output. */
function rankFields(
  { targets: { length: t }, truth, predicted, items, groups }: RegressionAnswers,
  k: number,
): Pick<OutputScores, "spearman" | "spearman_ci95"> {
  const of = (values: ArrayLike<number>) => items.map((_, i) => values[i * t + k]!);
  const { value, ci95 } = rankCorrelation(of(truth), of(predicted), groups);
  return { spearman: value, spearman_ci95: ci95 };
}

/** Errors, centred targets and predictions, row-major `[n, t]`. */
interface Errors {
  readonly residual: Float64Array;
  readonly centred: Float64Array;
  readonly predicted: ArrayLike<number>;
  readonly n: number;
  readonly t: number;
}

/** A function of the errors of one output, item by item. */
const columnOf = ({ n, t }: Errors, k: number, of: (at: number) => number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => of(i * t + k));

/** Shares of 1 − R²: Σ (y − ŷ)² / Σ (y − ȳ)² */
const lostShares = (errors: Errors, k: number): Float64Array =>
  ratioShares(
    columnOf(errors, k, (at) => errors.residual[at]! ** 2),
    columnOf(errors, k, (at) => errors.centred[at]! ** 2),
  );

/** Intervals of one output's R², MAE and RMSE, and how often its prediction intervals hold the target. */
function outputIntervals(
  errors: Errors,
  k: number,
  {
    lost,
    groups,
    conformal,
  }: {
    readonly lost: Float64Array;
    readonly groups: RegressionAnswers["groups"];
    readonly conformal: Conformal | undefined;
  },
): Pick<OutputScores, "r2_ci95" | "mae_ci95" | "rmse_ci95" | "prediction_interval"> {
  const { residual } = errors;
  const predicted = columnOf(errors, k, (at) => errors.predicted[at]!);
  const absolute = columnOf(errors, k, (at) => Math.abs(residual[at]!));
  const meanSquare = intervalOf(
    "error",
    absolute.map((error) => error ** 2),
    groups,
  );
  return {
    r2_ci95: fromOne(intervalOf("error", lost, groups)),
    mae_ci95: intervalOf("error", absolute, groups),
    rmse_ci95: meanSquare && [Math.sqrt(meanSquare[0]), Math.sqrt(meanSquare[1])],
    ...(conformal && {
      prediction_interval: {
        coverage: conformal.coverage,
        bands: conformal.bands[k]!,
        ...coverageOf(absolute, predicted, conformal.bands[k]!, groups),
      },
    }),
  };
}

/** Fewest test items of a fifth of the predicted values. */
const leastOfFifth = 10;

/** Returns how often intervals hold the true value: of all items, and of each fifth of the predicted values. */
function coverageOf(
  errors: Float64Array,
  predicted: Float64Array,
  bands: readonly PredictionBand[],
  groups: RegressionAnswers["groups"],
): Pick<NonNullable<OutputScores["prediction_interval"]>, "test_coverage" | "test_coverage_ci95" | "fifths"> {
  if (bands.length === 0) return { test_coverage: null, test_coverage_ci95: null, fifths: [] };
  const n = errors.length;
  const inside = errors.map((error, i) => (error <= halfWidthAt(bands, predicted[i]!)! ? 1 : 0));
  const shareOf = (items: readonly number[]) => ({
    test_coverage: items.reduce((sum, i) => sum + inside[i]!, 0) / items.length,
    test_coverage_ci95: shareInterval(
      items.map((i) => inside[i]!),
      groups && items.map((i) => groups[i]!),
    ),
  });
  const order = [...errors.keys()].sort((a, b) => predicted[a]! - predicted[b]!);
  const fifths = Array.from({ length: n < 5 * leastOfFifth ? 0 : 5 }, (_, f) => {
    const items = order.slice(Math.round((f * n) / 5), Math.round(((f + 1) * n) / 5));
    const [from, to] = [predicted[items[0]!]!, predicted[items.at(-1)!]!];
    return { from, to, n: items.length, ...shareOf(items) };
  });
  return { ...shareOf([...errors.keys()]), fifths };
}

/** Returns the predictions with the largest errors, in standard deviations of their target. */
function worstAnswers(
  { targets, deviations, truth, predicted, items }: RegressionAnswers,
  residual: Float64Array,
): RegressionScores["worst"] {
  const t = targets.length;
  return items
    .flatMap((_, i) =>
      targets.map((_, k) => ({ i, k, off: Math.abs(residual[i * t + k]! / deviations[k]!) })),
    )
    .sort((a, b) => b.off - a.off)
    .slice(0, worstItems)
    .map(({ i, k }) => ({
      item: items[i]!,
      output: targets[k]!,
      true: truth[i * t + k]!,
      predicted: predicted[i * t + k]!,
    }));
}

/** For each output, target and answer of at most `mostPoints` items, evenly chosen. */
function scatterPoints({ targets, truth, predicted, items }: RegressionAnswers): RegressionScores["points"] {
  const [n, t] = [items.length, targets.length];
  const nth = (i: number): number => Math.floor((i * mostPoints) / n);
  const shown = [...items.keys()].filter((i) => n <= mostPoints || nth(i) !== nth(i - 1));
  return targets.map((_, k) => shown.map((i) => [truth[i * t + k]!, predicted[i * t + k]!] as const));
}

/** The interval of R² from that of 1 − R². */
const fromOne = (lost: Interval | null): Interval | null => lost && [1 - lost[1], 1 - lost[0]];

interface Metrics {
  readonly r2: number;
  readonly mae: number;
  readonly rmse: number;
}

function metrics(residual: Float64Array, centred: Float64Array, t: number): Metrics[] {
  const n = residual.length / t;
  return Array.from({ length: t }, (_, k) => {
    let [square, absolute, total] = [0, 0, 0];
    for (let at = k; at < residual.length; at += t) {
      square += residual[at]! ** 2;
      absolute += Math.abs(residual[at]!);
      total += centred[at]! ** 2;
    }
    return {
      r2: r2Of(square, total),
      mae: absolute / n,
      rmse: Math.sqrt(square / n),
    };
  });
}

function check({ targets, deviations, truth, predicted, items }: RegressionAnswers): void {
  const values = items.length * targets.length;
  if (items.length === 0)
    throw new EngraftError("DataError", "there are no items to score", {
      help: "give the test part at least one item",
    });
  if (truth.length !== values || predicted.length !== values || deviations.length !== targets.length)
    throw new EngraftError(
      "ShapeError",
      `${items.length} items with ${targets.length} targets need ${values} true and predicted values, got ${truth.length} and ${predicted.length}`,
    );
  for (let i = 0; i < values; i++) {
    if (Number.isFinite(predicted[i]!)) continue;
    const item = items[Math.floor(i / targets.length)]!;
    throw new EngraftError(
      "NumericError",
      `the answer for "${targets[i % targets.length]}" is ${predicted[i]}`,
      {
        at: `item "${item}"`,
        help: "the weights have diverged, or the model cannot read this item; train with a smaller rate, or look at the item",
        details: { item },
      },
    );
  }
}

/** Most bands of predicted values with a width of their own. */
const mostBands = 5;

/**
 * Split-conformal half widths for bands of the predicted value: of the absolute residuals of n items that trained nothing and whose
 * predictions lie in a band, in order, the ⌈(n + 1) · coverage⌉-th. A new item of the same kind lies inside with at least that
 * probability, whatever is predicted. Bands have equal numbers of items: one for every 3 / (1 − coverage) items, 5 at most. One band holds
 * that probability on average over all predictions only. Too few items for one band (fewer than about coverage / (1 − coverage)): none.
 *
 * If the items also chose the model, as the best of several epochs, each band takes the rank of its own raised coverage
 * ({@link calibratedQuantile}). If a band has too few items for it, there are fewer bands.
 *
 * @param predicted,residuals float64[n, T], in the unit of the targets
 * @param coverage 0 … 1
 * @param choice how much the score of the model is too high on these items. Default: they did not choose it
 * @see Lei et al., "Distribution-Free Predictive Inference for Regression", 2018, algorithm 2; Boström and Johansson, "Mondrian Conformal
 * Regressors", 2020
 * @example
 * const { bands } = conformalBands(predicted, residuals, 1, 0.9);
 * console.log(halfWidthAt(bands[0], 12.5));
 */
export function conformalBands(
  predicted: ArrayLike<number>,
  residuals: ArrayLike<number>,
  targets: number,
  coverage: number,
  choice?: ScoreOptimism,
): Conformal {
  const n = residuals.length / targets;
  return {
    coverage,
    bands: Array.from({ length: targets }, (_, k) => {
      const items = Array.from({ length: n }, (_, i) => ({
        index: i,
        predicted: predicted[i * targets + k]!,
        error: Math.abs(residuals[i * targets + k]!),
      })).sort((a, b) => a.predicted - b.predicted);
      const least = Math.ceil(3 / (1 - coverage) - 1e-9);
      for (let count = Math.min(mostBands, Math.max(1, Math.floor(n / least))); count > 0; count--) {
        const bands = bandsOf(items, least, count);
        const widths = bands.map((band) => {
          const errors = band.map(({ error }) => error);
          const indices = band.map(({ index }) => index);
          return calibratedQuantile(errors, coverage, choice, indices).quantile;
        });
        if (widths.every((width) => width !== undefined))
          return bands.map((band, b) => ({
            ...(b < bands.length - 1 && { up_to: band.at(-1)!.predicted }),
            half_width: widths[b]!,
          }));
      }
      return [];
    }),
  };
}

/** Divides items by their predictions into at most `count` bands of at least `least` items. Equal predictions are in one band. */
function bandsOf<Item extends { readonly predicted: number }>(
  sorted: readonly Item[],
  least: number,
  count: number,
): readonly (readonly Item[])[] {
  const bands: Item[][] = [[]];
  for (const [i, item] of sorted.entries()) {
    const last = bands.at(-1)!;
    const isFull = i >= (bands.length * sorted.length) / count && last.length >= least;
    if (isFull && last.at(-1)!.predicted < item.predicted && sorted.length - i >= least) bands.push([item]);
    else last.push(item);
  }
  return bands;
}

/** Returns the half width of the interval around a prediction; undefined without one. */
export const halfWidthAt = (bands: readonly PredictionBand[], predicted: number): number | undefined =>
  bands.find(({ up_to = Number.POSITIVE_INFINITY }) => predicted <= up_to)?.half_width;
