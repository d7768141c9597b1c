import type { SideDifference } from "../core/side-by-side.js";
import { seededDifference } from "../evaluate/index.js";
import { holm } from "../statistics/holm.js";
import { wordsOf } from "./compared-words.js";
import { compareRuns, judge } from "./verdict.js";

/** How one model answered each test item. */
export interface ModelAnswers {
  readonly label: string;
  /** One character an item: "1" right, "0" wrong. Of numbers: empty. */
  readonly right: string;
  /** A number an item, whose mean is 1 − R². */
  readonly errors?: readonly number[];
}

/** Below this p, corrected for the number of comparisons, a difference counts. */
const level = 0.05;

/**
 * Models held against one of them on the same items, in the same order.
 *
 * gain = accuracy − accuracy with Tango's score interval and the exact McNemar test; of numbers R² − R², Student's t over
 * the items' shares. What is compared are these models: another training of either would answer otherwise, and that is in no
 * interval here. p is corrected by Holm for as many models as there are.
 *
 * @param margin a gain within ± this counts as none; accuracy or R², default 0.01
 * @throws ShapeError when the numbers of items differ
 * @example compareModels({ label: "a", right: "1101" }, [{ label: "b", right: "1111" }])[0].gain // 0.25
 */
export function compareModels(
  to: ModelAnswers,
  others: readonly ModelAnswers[],
  margin = 0.01,
): readonly SideDifference[] {
  const found = others.map((one) => difference(one, to, margin));
  const adjusted = holm(found.map(({ p }) => p));
  return found.map((one, i) => told({ ...one, p_adjusted: adjusted[i]! }, others[i]!, margin, found.length));
}

type Untold = Omit<SideDifference, "finding" | "words">;

function difference(one: ModelAnswers, to: ModelAnswers, margin: number): Omit<Untold, "p_adjusted"> {
  if (one.errors && to.errors) {
    const { gain, ci95, p } = seededDifference([one.errors.map((e) => 1 - e)], [to.errors.map((e) => 1 - e)]);
    return { to: to.label, gain, ci95, p, n: one.errors.length };
  }
  const answers = ({ right }: ModelAnswers): boolean[] => Array.from(right, (c) => c === "1");
  const { gain, ci95, p, items } = compareRuns({
    ...{ a: { correct: [answers(one)] }, b: { correct: [answers(to)] } },
    ...{ margin, scatter: 0 },
  });
  return { to: to.label, gain, ci95, p, n: items };
}

function told(one: Untold, model: ModelAnswers, margin: number, comparisons: number): SideDifference {
  const { gain, ci95, p_adjusted, n, to } = one;
  const { label } = model;
  const verdict = judge(ci95, margin);
  const finding =
    verdict === "neutral"
      ? "same"
      : verdict === "inconclusive" || p_adjusted >= level
        ? "undecided"
        : verdict === "positive"
          ? "better"
          : "worse";
  const { signed, amount: amountOf, unit, even } = wordsOf([model]);
  const interval = `95 % interval ${signed(ci95[0])} to ${signed(ci95[1])}${unit}, p ${p_adjusted < 0.001 ? "below 0.001" : p_adjusted.toFixed(3)}${comparisons > 1 ? ` corrected for ${comparisons} comparisons` : ""}, the same ${n} test items`;
  const amount = amountOf(Math.abs(gain));
  const words = {
    better: `${label} answers better than ${to} by ${amount} (${interval}).`,
    worse: `${label} answers worse than ${to} by ${amount} (${interval}).`,
    same: `${label} and ${to} differ by nothing that matters: ${signed(gain)}${unit} (${interval}).`,
    undecided: `${label} is ${gain === 0 ? even : `${amount} ${gain > 0 ? "above" : "below"}`} ${to}, which chance can explain (${interval}).`,
  }[finding];
  return { ...one, finding, words };
}
