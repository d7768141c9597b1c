import type { CurveLaw, CurveSize, ItemsNeeded } from "../core/curve.js";
import { formatDuration } from "../core/duration.js";
import { meanInterval } from "../evaluate/index.js";
import { type FittedCurve, fitPowerLaw, itemsInterval } from "./power-law.js";

/** Was each test item answered rightly; or the F1 of all of them, 0 … 1, where that is the score. */
export type CurveAnswers = readonly boolean[] | number;

/** A training on so many items, and the one from scratch beside it, on the same test items. */
export interface CurveRun {
  readonly size: number;
  readonly seed: number;
  readonly transfer: CurveAnswers;
  readonly scratch: CurveAnswers;
  readonly seconds: { readonly transfer: number; readonly scratch: number };
}

/** What a learning curve says: see {@link readCurve}. */
export interface ReadCurve {
  readonly sizes: readonly CurveSize[];
  readonly laws: { readonly transfer: CurveLaw | null; readonly scratch: CurveLaw | null };
  readonly target: number;
  readonly needed: { readonly transfer: ItemsNeeded; readonly scratch: ItemsNeeded };
  readonly words: string;
}

/** A law is extrapolated up to so many times the largest size: further out its floor is all that counts, and unknown. */
const farthest = 10;
/** Below this share of explained variance a curve follows no law. */
const leastExplained = 0.5;
/** Sizes that three parameters need at least. */
const leastSizes = 4;

/** How a curve is read. */
export interface ReadingCurve {
  /** Accuracy or F1, 0 … 1. Default: the highest multiple of 5 points that transfer reaches on average. */
  readonly target?: number;
  /** What is learnt from, in words. Default "items". */
  readonly what?: string;
  /**
   * Where F1 is the score: the test items that have a part in it, because something is there or was said. The luck of the
   * test part is taken to be e (1 − e) / items, as it is where each has one answer; several an item make it less.
   */
  readonly f1?: { readonly items: number };
}

/**
 * Read learning curves of transfer and of training from scratch: accuracies (or F1) by size, the law that each follows, and how
 * many items each needs for the same accuracy.
 *
 * @example readCurve(runs, { what: "pictures" }).words
 */
export function readCurve(
  runs: readonly CurveRun[],
  { target, what = "items", f1 }: ReadingCurve = {},
): ReadCurve {
  const sizes = [...new Set(runs.map(({ size }) => size))]
    .sort((a, b) => a - b)
    .map((size) => {
      const own = runs.filter((run) => run.size === size);
      return { size, own, said: sizeOf(size, own) };
    });
  const { transfer: answers } = runs[0]!;
  const testItems = typeof answers === "number" ? (f1?.items ?? 1) : answers.length;
  const fitted = (way: "transfer" | "scratch"): FittedCurve | null =>
    sizes.length < leastSizes
      ? null
      : fitPowerLaw(
          sizes.map(({ size, own }) => ({ n: size, errors: own.map((run) => 1 - share(run[way])) })),
          testItems,
        );
  const curves = { transfer: fitted("transfer"), scratch: fitted("scratch") };
  const reached = Math.max(...sizes.map(({ said }) => said.transfer.mean));
  const goal = target ?? Math.floor(20 * reached + 1e-9) / 20;
  const largest = sizes.at(-1)!.size;
  const needed = {
    transfer: neededOf(curves.transfer, goal, largest),
    scratch: neededOf(curves.scratch, goal, largest),
  };
  return {
    sizes: sizes.map(({ said }) => said),
    laws: { transfer: lawOf(curves.transfer), scratch: lawOf(curves.scratch) },
    target: goal,
    needed,
    words: `${sentence(needed, goal, { curves, largest, what, sizes: sizes.length, ...(f1 ? ofF1 : ofAccuracy) })} ${timeWords(sizes.at(-1)!.said, what)}`,
  };
}

const share = (answers: CurveAnswers): number =>
  typeof answers === "number" ? answers : answers.filter(Boolean).length / answers.length;
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

function lawOf(curve: FittedCurve | null): CurveLaw | null {
  if (!curve) return null;
  const { floor, scale, rate, explained } = curve;
  return { floor, scale, rate, explained, follows: follows(curve) };
}

const follows = (curve: FittedCurve): boolean => curve.explained >= leastExplained && curve.scale > 0;

function neededOf(curve: FittedCurve | null, target: number, largest: number): ItemsNeeded {
  if (!curve || !follows(curve)) return { items: null, ci95: [null, null], extrapolated: false };
  const bounded = (n: number): number | null => (n <= farthest * largest ? Math.max(1, Math.round(n)) : null);
  const [items, low, high] = itemsInterval(curve, 1 - target);
  return { items: bounded(items), ci95: [bounded(low), bounded(high)], extrapolated: items > largest };
}

interface Told {
  readonly curves: { readonly transfer: FittedCurve | null; readonly scratch: FittedCurve | null };
  readonly largest: number;
  readonly what: string;
  readonly sizes: number;
  readonly measure: string;
  /** A score in words; `exact` to one place more. */
  readonly value: (score: number, exact?: boolean) => string;
}

const ofAccuracy: Pick<Told, "measure" | "value"> = {
  measure: "accuracy",
  value: (score, exact) => `${exact ? (100 * score).toFixed(1) : Number((100 * score).toFixed(1))} %`,
};
const ofF1: Pick<Told, "measure" | "value"> = {
  measure: "F1",
  value: (score, exact) => `F1 ${exact ? score.toFixed(3) : Number(score.toFixed(3))}`,
};

/** "Transfer reaches 90 % with about 40 pictures (95 %: 30 to 55); from scratch needs about 900 (95 %: 600 to 1,400)." */
function sentence(needed: ReadCurve["needed"], target: number, told: Told): string {
  const goal = told.value(target);
  const { transfer, scratch } = needed;
  if (told.sizes < leastSizes)
    return `With ${told.sizes} sizes no law is fitted: ${leastSizes} or more would tell how many ${told.what} ${goal} takes.`;
  const many = (n: ItemsNeeded): string => `${n.items!.toLocaleString("en-US")}${interval(n)}${far(n, told)}`;
  const by =
    transfer.items === null
      ? `Transfer: ${without("transfer", target, told)}`
      : `Transfer reaches ${goal} with about ${many({ ...transfer })} ${told.what}`;
  const other =
    scratch.items === null
      ? `from scratch: ${without("scratch", target, told)}`
      : `from scratch needs about ${many(scratch)}`;
  const saved =
    transfer.items !== null && scratch.items !== null && scratch.items > transfer.items
      ? ` That is ${(scratch.items / transfer.items).toFixed(1)} times as many.`
      : "";
  return `${by}; ${other}.${saved}`;
}

function interval({ ci95: [low, high] }: ItemsNeeded): string {
  const end = (n: number | null): string => (n === null ? "no bound" : n.toLocaleString("en-US"));
  return ` (95 %: ${end(low)} to ${end(high)})`;
}

const far = ({ extrapolated }: ItemsNeeded, { largest }: Told): string =>
  extrapolated ? `, extrapolated beyond the ${largest.toLocaleString("en-US")} measured` : "";

/** Why there is no number. */
function without(way: "transfer" | "scratch", target: number, told: Told): string {
  const { largest, what, measure, value } = told;
  const curve = told.curves[way]!;
  if (!follows(curve))
    return `its ${measure} does not follow a power law over these sizes, so nothing is extrapolated`;
  const most = (farthest * largest).toLocaleString("en-US");
  return 1 - curve.floor <= target
    ? `its curve levels off at ${value(1 - curve.floor, true)}, below ${value(target)}`
    : `more than ${most} ${what} for ${value(target)}, too far beyond the ${largest.toLocaleString("en-US")} measured to say`;
}

function timeWords({ size, seconds }: CurveSize, what: string): string {
  return `On ${size.toLocaleString("en-US")} ${what} training took ${formatDuration(seconds.transfer)} with transfer and ${formatDuration(seconds.scratch)} from scratch.`;
}
