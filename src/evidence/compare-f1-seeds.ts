import type { Verdict } from "../core/events.js";
import { f1Shares, flatTallies, type Tally } from "../evaluate/entities.js";
import { seededDifference } from "../evaluate/index.js";
import { needed, neededWords } from "./needed.js";
import { judge } from "./verdict.js";
import { f1Sentence } from "./verdict-words.js";

/** What two ways of training found in the same items, by seed: two seeds at least. */
export interface ComparedF1Seeds {
  /** seed × item */
  readonly a: readonly (readonly Tally[])[];
  readonly b: readonly (readonly Tally[])[];
  /** A gain within ± this counts as none; F1, default 0.01. */
  readonly margin?: number;
  readonly names?: { readonly a: string; readonly b: string };
  /** What was answered; default "sentences". */
  readonly items?: string;
}

/**
 * Did a do better than b, over several trainings of each?
 *
 * gain = mean over seeds of F1(a) − F1(b). F1 is a ratio: each item's share of it ({@link f1Shares}, delta method) stands in
 * the place of right and wrong, and the interval holds seeds and items as {@link seededDifference} does.
 *
 * @throws ShapeError when the two do not fit, DataError for no items
 */
export function compareF1Seeds(options: ComparedF1Seeds): Verdict {
  const { a, b, margin = 0.01, items = "sentences" } = options;
  const { names = { a: "transfer", b: "training from scratch" } } = options;
  const sharesOf = (all: ComparedF1Seeds["a"]): number[][] =>
    all.map((tallies) => f1Shares(flatTallies(tallies)).shares);
  const found = seededDifference(sharesOf(a), sharesOf(b));
  const { gain, ci95, p, degreesOfFreedom, variances } = found;
  const [seeds, n] = [a.length, a[0]!.length];
  const transfer = judge(ci95, margin);
  const more = transfer === "inconclusive" ? needed(variances, { gain, margin, seeds, items: n }) : undefined;
  const said = f1Sentence({ transfer, gain, ci95, names, on: `${n} test ${items}, ${seeds} seeds` });
  return {
    transfer,
    gain,
    ci95,
    margin,
    p,
    seeds,
    items: n,
    degrees_of_freedom: degreesOfFreedom,
    variances,
    ...(more && { needed: more }),
    words: `${said}${more ? ` ${neededWords(more, { seeds, items: n }, items)}` : ""}`,
  };
}
