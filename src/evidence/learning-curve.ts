import { areAlike, type OnMachine } from "../core/results/counts.js";
import {
  type CurveLaw,
  type CurveResult,
  type CurveSize,
  extrapolatedTo,
  type ItemsNeeded,
  type TimesAsMany,
} from "../core/results/curve.js";
import { metrics, type ScoreName } from "../core/results/metric.js";
import { meanInterval } from "../evaluate/index.js";
import { difference, estimateOverSeeds, fewestGroups, redrawMeans } from "../statistics/index.js";
import { amountSentence, curveSentences, curveWords, timesSentence } from "./curve-words.js";
import { type FittedCurve, fitPowerLaw, itemsFor, itemsInterval, timesInterval } from "./power-law.js";

/** A training on `size` items, and the one from scratch, on the same test items. */
export interface CurveRun extends OnMachine {
  readonly size: number;
  readonly seed: number;
  /** A score for each test item, whose mean is the metric: 1 right, 0 wrong for the accuracy. */
  readonly transfer: ArrayLike<number>;
  readonly scratch: ArrayLike<number>;
  /** Group of each test item: groups are redrawn as a whole. */
  readonly groups?: readonly (string | number)[];
  readonly seconds: { readonly transfer: number; readonly scratch: number };
}

/** Result of a learning curve: see {@link readCurve}. */
export type ReadCurve = Pick<
  CurveResult,
  "sizes" | "laws" | "target" | "needed" | "few_groups" | "sentences" | "words"
>;

/** Smallest share of explained variance at which a curve follows a law. */
const leastExplained = 0.5;
/** Fewest sizes for three parameters. */
const leastSizes = 4;

/** Options of {@link readCurve}. */
export interface ReadingCurve {
  /** A score, 0 … 1. Default: the highest multiple of 5 points that transfer reaches on average. */
  readonly target?: number;
  /** Plural noun for the training items. Default "items". */
  readonly what?: string;
  /** Default "accuracy". */
  readonly metric?: ScoreName;
  /** Set if each seed has its own test split of one pool: items of the pool outside it. See {@link redrawMeans}. */
  readonly rest?: number | undefined;
  /** Labels of each class, by size, if each seed draws them and all seeds have one test split. */
  readonly shots?: ReadonlyMap<number, number> | undefined;
}

type Way = "transfer" | "scratch";

/**
 * Analyses learning curves of transfer and of training from scratch: the score by size, the fitted law of each,
 * and how many items each needs for the same score.
 *
 * Intervals cover other test items and other trainings: each resample of the items is used for all sizes and both
 * methods, and each size of each method has its own training noise ({@link redrawMeans}). With one seed, or fewer than
 * 10 groups, there is no interval.
 *
 * @example readCurve(runs, { what: "pictures" }).words
 */
export function readCurve(
  runs: readonly CurveRun[],
  { target, what = "items", metric = "accuracy", rest, shots }: ReadingCurve = {},
): ReadCurve {
  const sizes = [...new Set(runs.map(({ size }) => size))].sort((a, b) => a - b);
  const bySize = sizes.map((size) => runs.filter((run) => run.size === size));
  const curveSizes = sizes.map((size, i) => {
    const own = shots?.get(size);
    const one = own === undefined ? sizeOf(size, bySize[i]!) : drawnSize(size, own, bySize[i]!, metric);
    return areAlike(runs) ? one : { ...one, seconds: null };
  });
  const few = runs.some(({ groups }) => groups && new Set(groups).size < fewestGroups);
  const few_groups = few && { few_groups: true as const };
  const fitted = (way: Way): FittedCurve | null =>
    sizes.length < leastSizes ? null : fittedCurve(sizes, bySize, way, { metric, rest, few });
  const curves = { transfer: fitted("transfer"), scratch: fitted("scratch") };
  const reached = Math.max(...curveSizes.map(({ transfer }) => transfer.mean));
  const goal = target ?? Math.floor(20 * reached + 1e-9) / 20;
  const needed = {
    transfer: neededOf(curves.transfer, goal, sizes),
    scratch: neededOf(curves.scratch, goal, sizes),
    times: timesOf(curves, goal, sizes.at(-1)!),
  };
  const laws = { transfer: lawOf(curves.transfer), scratch: lawOf(curves.scratch) };
  const read = { sizes: curveSizes, laws, target: goal, needed, ...few_groups };
  const facts = { ...read, unit: what, metric };
  const sentences = curveSentences(facts);
  return { ...read, sentences, words: curveWords(sentences, facts) };
}

function fittedCurve(
  sizes: readonly number[],
  bySize: readonly (readonly CurveRun[])[],
  way: Way,
  {
    metric,
    rest,
    few,
  }: { readonly metric: ScoreName; readonly rest: number | undefined; readonly few: boolean },
): FittedCurve {
  const longest = bySize.reduce((a, b) => (b.length > a.length ? b : a));
  const groups = longest.flatMap((run) => (run.groups ? [run.groups] : []));
  const { means, pooled, redrawn } = redrawMeans(
    bySize.map((own) => own.map((run) => run[way])),
    {
      key: way,
      rest,
      groups: groups.length === longest.length ? groups : undefined,
    },
  );
  const points = sizes.map((n, i) => {
    const items = bySize[i]![0]![way].length;
    const error = 1 - means[i]!;
    // Half an item each way: an error of 0 is not certain either.
    const e = (error * items + 0.5) / (items + 1);
    // 1 − R² may exceed 1; then the spread of the shares shows the effect of other test items.
    const scatter =
      metrics[metric].range === "any" ? Math.max(variance(bySize[i]![0]![way]), 1e-12) : e * (1 - e);
    return { n, error, variance: (pooled ?? 0) / bySize[i]!.length + scatter / items };
  });
  const errors = few ? null : redrawn?.map((scores) => scores.map((score) => 1 - score));
  return fitPowerLaw(points, errors ?? null);
}

function variance(scores: ArrayLike<number>): number {
  const centre = share(scores);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += (scores[i]! - centre) ** 2;
  return sum / scores.length;
}

function share(scores: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += scores[i]!;
  return sum / scores.length;
}
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

function sizeOf(size: number, own: readonly CurveRun[]): CurveSize {
  return {
    size,
    transfer: meanInterval(own.map(({ transfer }) => share(transfer))),
    scratch: meanInterval(own.map(({ scratch }) => share(scratch))),
    seconds: {
      transfer: mean(own.map(({ seconds }) => seconds.transfer)),
      scratch: mean(own.map(({ seconds }) => seconds.scratch)),
    },
    gain: meanInterval(own.map(({ transfer, scratch }) => share(transfer) - share(scratch))),
  };
}

/**
 * Returns the results of `shots` labels of each class, with intervals over draws and test items, which are crossed:
 *
 * half² = t²(D − 1) MS_draws/(DN) + t²(N − 1) max(0, MS_items − MS_both)/(DN), at least the part of the items
 *
 * for D draws and N test items, or groups of items (`estimate` and `difference` of the statistics).
 */
function drawnSize(size: number, shots: number, own: readonly CurveRun[], metric: ScoreName): CurveSize {
  const [first] = own;
  const groups = first!.groups && { groups: first!.groups };
  const [transfer, scratch] = [own.map((run) => run.transfer), own.map((run) => run.scratch)];
  const over = (scores: readonly ArrayLike<number>[]) =>
    estimateOverSeeds(scores, { range: metrics[metric].range, ...groups });
  const alone = sizeOf(size, own);
  const ci95 = own.length > 1 ? difference(transfer, scratch, groups).interval : null;
  return {
    ...alone,
    shots,
    transfer: over(transfer),
    scratch: over(scratch),
    gain: { ...alone.gain, plus_minus: ci95 && (ci95[1] - ci95[0]) / 2, ci95 },
  };
}

function lawOf(curve: FittedCurve | null): CurveLaw | null {
  if (!curve) return null;
  const { floor, scale, rate, explained } = curve;
  return { floor, scale, rate, explained, follows: follows(curve) };
}

const follows = (curve: FittedCurve): boolean => curve.explained >= leastExplained && curve.scale > 0;

function neededOf(curve: FittedCurve | null, target: number, sizes: readonly number[]): ItemsNeeded {
  if (!curve || !follows(curve)) return { items: null, ci95: null, extrapolated: false, sentence: "no law" };
  const [smallest, largest] = [sizes[0]!, sizes.at(-1)!];
  const bounded = (n: number): number | null =>
    n <= extrapolatedTo * largest ? Math.max(1, Math.round(n)) : null;
  const items = itemsFor(curve, 1 - target);
  const interval = itemsInterval(curve, 1 - target);
  const needed = {
    items: bounded(items),
    ci95: interval && ([bounded(interval[0]), bounded(interval[1])] as const),
    extrapolated: items > largest || items < smallest,
  };
  return { ...needed, sentence: amountSentence(needed, lawOf(curve), { target, largest }) };
}

/** null if a curve follows no law, or transfer's own need is beyond the extrapolated range. */
function timesOf(
  { transfer, scratch }: Record<Way, FittedCurve | null>,
  target: number,
  largest: number,
): TimesAsMany | null {
  if (!transfer || !scratch || !follows(transfer) || !follows(scratch)) return null;
  const most = extrapolatedTo * largest;
  const [own, other] = [itemsFor(transfer, 1 - target), itemsFor(scratch, 1 - target)];
  if (own > most || own <= 0) return null;
  const interval = timesInterval(transfer, scratch, 1 - target, most);
  const bounded = (n: number): number | null => (Number.isFinite(n) ? n : null);
  const ratio = {
    times: other > most ? null : other / own,
    ci95: interval && ([interval[0], bounded(interval[1])] as const),
  };
  return { ...ratio, sentence: timesSentence(ratio) };
}
