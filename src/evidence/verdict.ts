import { EngraftError } from "../core/errors.js";
import type { Interval, Verdict } from "../core/events.js";
import {
  disagreement,
  mcNemar,
  pairedInterval,
  seededDifference,
  studentQuantile,
  studentTwoSided,
} from "../evaluate/index.js";
import type { Variances } from "../evaluate/paired.js";
import { z95 } from "../statistics/wilson.js";
import { needed } from "./needed.js";
import { sentence } from "./verdict-words.js";

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
  /**
   * Of one seed: the standard deviation that the difference of two trainings is taken to have by their seeds, since one says
   * nothing of it; accuracy, default 0.07. 0: an interval of the items alone.
   */
  readonly scatter?: number;
  /** The test items of each class, so that the sentence can say where they are too few. */
  readonly classes?: readonly { readonly name: string; readonly items: number }[];
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
/** What the differences of fully trained small networks had on average: docs/verdict.md, measured 0.066. */
const usualScatter = 0.07;
/** Below this many items, or this many of a class, the sentence leads with how little can be said. */
const fewItems = 20;
const fewOfClass = 10;

/**
 * Did a do better than b?
 *
 * gain = accuracy(a) − accuracy(b), mean over seeds, with a 95 % interval: of seeds × items for several
 * ({@link seededDifference}); for one, of its items (Tango; p by McNemar) with the scatter of trainings that is assumed.
 * neutral: the interval lies within ± margin · positive, negative: it lies above, below 0 · else inconclusive, and then
 * `needed` says how many items or seeds would tell.
 *
 * @throws DataError for no seeds or items, ShapeError when a and b do not fit, OptionError for a margin that is not
 * 0 … 1
 * @example compareRuns({ a: { correct: [transfer] }, b: { correct: [scratch] } }).words
 */
export function compareRuns(options: CompareOptions): RunComparison {
  const { a, b, margin = 0.01, scatter = usualScatter, classes = [] } = options;
  const { names = { a: "transfer", b: "training from scratch" } } = options;
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
  const found =
    seeds === 1 ? ofOneSeed(a.correct[0]!, b.correct[0]!, scatter) : ofSeveral(a.correct, b.correct);
  const { variances, detectable, ...told } = found;
  const transfer = judge(found.ci95, margin);
  const more =
    transfer === "inconclusive" ? needed(variances, { ...found, margin, seeds, items }) : undefined;
  const fewest = classes.reduce<{ name: string; items: number } | undefined>(
    (few, one) => (one.items < Math.min(fewOfClass, few?.items ?? fewOfClass) ? { ...one } : few),
    undefined,
  );
  return {
    transfer,
    ...told,
    margin,
    seeds,
    items,
    detectable,
    ...((items < fewItems || fewest) && { few: true as const }),
    ...(more && { needed: more }),
    ...(seeds > 1 ? { variances } : { scatter_assumed: scatter }),
    words: sentence({
      ...{ transfer, gain: found.gain, ci95: found.ci95, detectable, margin, seeds, items, names, scatter },
      ...(more && { needed: more }),
      ...(items < fewItems ? { few: "all" as const } : fewest && { few: fewest }),
    }),
  };
}

interface Found extends Pick<Verdict, "gain" | "ci95" | "p" | "degrees_of_freedom"> {
  readonly detectable: number;
  readonly variances: Variances;
}

/**
 * The interval of the items with another variance beside it, each side by itself:
 * gain ± √(side² + (z σ)²), and p of gain / √(Var_items + σ²), not below that of the items alone.
 * @see Zou & Donner 2008, Construction of confidence limits about effect measures (MOVER)
 */
function ofOneSeed(a: readonly boolean[], b: readonly boolean[], scatter: number): Found {
  const table = disagreement(a, b);
  const ofItems = pairedInterval(table);
  const gain = (table.onlyA - table.onlyB) / table.n;
  // One pseudo-disagreement, half each way, as over several seeds.
  const both = Math.max(0, (table.onlyA + table.onlyB + 1) / table.n - gain * gain);
  const side = (end: number): number => Math.hypot(end - gain, z95 * scatter);
  const ci95: Interval = [Math.max(-1, gain - side(ofItems[0])), Math.min(1, gain + side(ofItems[1]))];
  const error = Math.sqrt(both / table.n + scatter ** 2);
  const half = (ci95[1] - ci95[0]) / 2;
  const p = scatter === 0 ? 0 : studentTwoSided(Math.abs(gain) / error, Number.POSITIVE_INFINITY);
  return {
    gain,
    ci95,
    p: Math.max(mcNemar(table), p),
    detectable: Math.min(1, half * (1 + z80 / z95)),
    variances: { seeds: scatter ** 2, items: 0, both },
  };
}

function ofSeveral(a: RunAnswers["correct"], b: RunAnswers["correct"]): Found {
  const { gain, ci95, p, standardError, degreesOfFreedom, variances } = seededDifference(a, b);
  // A share of 0.6 inside ± t is one of 0.8 below t.
  const power = studentQuantile(0.6, degreesOfFreedom);
  return {
    gain,
    ci95,
    p,
    degrees_of_freedom: degreesOfFreedom,
    detectable: Math.min(1, (studentQuantile(0.95, degreesOfFreedom) + power) * standardError),
    variances,
  };
}

/** What an interval of a gain says: see {@link compareRuns}. */
export function judge([low, high]: Interval, margin: number): Verdict["transfer"] {
  if (low >= -margin && high <= margin) return "neutral";
  if (low > 0) return "positive";
  if (high < 0) return "negative";
  return "inconclusive";
}
