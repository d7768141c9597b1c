import { EngraftError } from "../core/errors.js";
import type { Interval, Verdict } from "../core/events.js";
import { disagreement, mcNemar, pairedInterval, seededDifference } from "../evaluate/index.js";

/** Answers of two ways of training, on the same items. */
export interface RunAnswers {
  /** Was item i answered rightly by the run of seed k: boolean[seeds][items]. */
  readonly correct: readonly (readonly boolean[])[];
}

export interface CompareOptions {
  /** The one that might have helped. */
  readonly a: RunAnswers;
  /** What it is compared with. */
  readonly b: RunAnswers;
  /** A gain within ± this counts as none; accuracy, default 0.01. */
  readonly margin?: number;
  /** Names for the sentence, default "transfer" and "training from scratch". */
  readonly names?: { readonly a: string; readonly b: string };
}

/** As {@link Verdict}, with what the data could have shown. */
export interface RunComparison extends Verdict {
  /** Items each run was scored on. */
  readonly items: number;
  /** The smallest true gain that would have been found four times in five. */
  readonly detectable: number;
}

/** Φ⁻¹(0.8): power of four in five. */
const z80 = 0.8416212335729143;
/** Below this many items the sentence leads with how little can be said. */
const fewItems = 20;

/**
 * Did a do better than b?
 *
 * gain = accuracy(a) − accuracy(b), mean over seeds, with a 95 % interval: of items alone for one seed (Tango;
 * p by McNemar), of seeds × items for several ({@link seededDifference}).
 * neutral: the interval lies within ± margin · positive, negative: it lies above, below 0 · else inconclusive.
 *
 * @throws DataError for no seeds or items, ShapeError when a and b do not fit, OptionError for a margin that is not
 * 0 … 1
 * @example compareRuns({ a: { correct: [transfer] }, b: { correct: [scratch] } }).words
 */
export function compareRuns({
  a,
  b,
  margin = 0.01,
  names = { a: "transfer", b: "training from scratch" },
}: CompareOptions): RunComparison {
  if (!(margin >= 0 && margin < 1)) {
    throw new EngraftError(
      "OptionError",
      `margin must be from 0 to below 1 (0.01 is one point), got ${margin}`,
    );
  }
  const seeds = a.correct.length;
  if (seeds !== b.correct.length || seeds === 0) {
    throw new EngraftError(
      seeds === b.correct.length ? "DataError" : "ShapeError",
      `both need the same number of runs, at least one, got ${seeds} and ${b.correct.length}`,
      { details: { a: seeds, b: b.correct.length } },
    );
  }
  const items = a.correct[0]!.length;
  const found = seeds === 1 ? ofOneSeed(a.correct[0]!, b.correct[0]!) : ofSeveral(a.correct, b.correct);
  const transfer = judge(found.ci95, margin);
  return {
    transfer,
    gain: found.gain,
    ci95: found.ci95,
    margin,
    p: found.p,
    seeds,
    items,
    detectable: found.detectable,
    words: sentence({ transfer, ...found, margin, seeds, items, names }),
  };
}

interface Found {
  readonly gain: number;
  readonly ci95: Interval;
  readonly p: number;
  readonly detectable: number;
}

function ofOneSeed(a: readonly boolean[], b: readonly boolean[]): Found {
  const table = disagreement(a, b);
  const ci95 = pairedInterval(table);
  const half = (ci95[1] - ci95[0]) / 2;
  return {
    gain: (table.onlyA - table.onlyB) / table.n,
    ci95,
    p: mcNemar(table),
    detectable: Math.min(1, half * (1 + z80 / 1.96)),
  };
}

function ofSeveral(a: RunAnswers["correct"], b: RunAnswers["correct"]): Found {
  const { gain, ci95, p, standardError } = seededDifference(a, b);
  const half = (ci95[1] - ci95[0]) / 2;
  return { gain, ci95, p, detectable: Math.min(1, half + z80 * standardError) };
}

/** What an interval of a gain says: see {@link compareRuns}. */
export function judge([low, high]: Interval, margin: number): Verdict["transfer"] {
  if (low >= -margin && high <= margin) return "neutral";
  if (low > 0) return "positive";
  if (high < 0) return "negative";
  return "inconclusive";
}

interface Told extends Found {
  readonly transfer: Verdict["transfer"];
  readonly margin: number;
  readonly seeds: number;
  readonly items: number;
  readonly names: { readonly a: string; readonly b: string };
}

/** One or two sentences that a beginner understands and a statistician would sign. */
function sentence(told: Told): string {
  const { transfer, gain, ci95, margin, seeds, items, names } = told;
  const interval = `95 % interval ${signed(ci95[0])} to ${signed(ci95[1])}`;
  const on = `${items} test item${items === 1 ? "" : "s"}, ${seeds} seed${seeds === 1 ? "" : "s"}`;
  const lead = items < fewItems ? `Only ${items} test items: little can be said. ` : "";
  const amount = `${points(Math.abs(gain))} (${interval}; ${on})`;
  const tail =
    seeds === 1 ? " One seed: how much another training run would differ is not in the interval." : "";
  switch (transfer) {
    case "positive":
      return `${lead}${capital(names.a)} helped: better than ${names.b} by ${amount}.${tail}`;
    case "negative":
      return `${lead}${capital(names.a)} hurt: worse than ${names.b} by ${amount}.${tail}`;
    case "neutral":
      return `${lead}${capital(names.a)} made no difference that matters: ${signed(gain)} points against ${names.b}, within ± ${points(margin)} (${interval}; ${on}).${tail}`;
    case "inconclusive":
      return `${lead}Undecided: ${difference(gain, names)} (${interval}; ${on}). ${needed(told)}${tail}`;
  }
}

/** What it would take: widths fall with the root of the number of items, and more seeds help where there are few. */
function needed({ gain, ci95, detectable, margin, seeds, items }: Told): string {
  const half = (ci95[1] - ci95[0]) / 2;
  const could = `This amount of data shows gains of ${points(detectable)} or more`;
  const target = Math.max(Math.abs(gain), margin);
  const factor = target > 0 ? (half / target) ** 2 : Number.POSITIVE_INFINITY;
  const more = roundUp(items * factor);
  const extra = seeds > 1 && seeds < 5 ? ", with more seeds" : "";
  if (!(more <= 100_000)) return `${could}.`;
  return `${could}; about ${more.toLocaleString("en-US")} test items${extra} would tell.`;
}

function difference(gain: number, names: Told["names"]): string {
  if (gain === 0) return `${names.a} and ${names.b} were right equally often`;
  return `${names.a} was ${points(Math.abs(gain))} ${gain > 0 ? "above" : "below"} ${names.b}, which chance can explain`;
}

/** 0.0312 as "3.1 points". */
export function points(share: number): string {
  const value = (100 * share).toFixed(1);
  return `${value} point${value === "1.0" ? "" : "s"}`;
}

/** 0.0312 as "+3.1", with a real minus sign. */
export function signed(share: number): string {
  const value = (100 * Math.abs(share)).toFixed(1);
  if (value === "0.0") return "0.0";
  return `${share < 0 ? "−" : "+"}${value}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** To two digits, upwards: 1234 becomes 1300. */
function roundUp(value: number): number {
  if (!Number.isFinite(value)) return value;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / step) * step;
}
