import type { Scored } from "../core/results/scored.js";
import type { SideDifference } from "../core/results/side-by-side.js";
import { decide, difference, fewestGroups, holm } from "../statistics/index.js";
import { wordsOf } from "./compared-words.js";

/** A model with its score on the test set. */
export interface ModelAnswers {
  readonly label: string;
  readonly scored: Scored;
  /** Group of each item; missing if each is its own. */
  readonly groups?: readonly (string | number)[];
}

/**
 * Compares models with a reference model on the same items, in the same order.
 *
 * gain = accuracy − accuracy with Tango's score interval; for numbers R² − R², with Student's t over the items' shares.
 * The comparison is between these models: the variation between trainings is in no interval here. p is corrected by
 * Holm for the number of models.
 *
 * @param margin a gain within ± this counts as none; accuracy or R², default 0.01
 * @throws ShapeError if the numbers of items differ
 * @example compareModels({ label: "a", scored: a }, [{ label: "b", scored: b }])[0].gain
 */
export function compareModels(
  to: ModelAnswers,
  others: readonly ModelAnswers[],
  margin = 0.01,
): readonly SideDifference[] {
  const by = to.groups && { groups: to.groups };
  const found = others.map(({ scored }) => {
    const one = difference([scored.shares], [to.scored.shares], by);
    return { ...one, samples: Math.min(one.samples, Math.max(scored.n, to.scored.n)) };
  });
  const corrected = holm(found.map(({ p }) => p ?? 1));
  return found.map((one, i) =>
    comparisonSentence(one, one.p === null ? null : corrected[i]!, others[i]!, {
      ...{ to: to.label, margin, comparisons: found.length },
    }),
  );
}

type Found = ReturnType<typeof difference>;

function comparisonSentence(
  found: Found,
  pHolm: number | null,
  model: ModelAnswers,
  { to, margin, comparisons }: { readonly to: string; readonly margin: number; readonly comparisons: number },
): SideDifference {
  const { gain, interval, p, samples: n } = found;
  const { label } = model;
  const decision = decide(found, { margin, p: pHolm, of: "models" });
  const finding = decision === "equivalent" ? "same" : decision;
  const { signed, amount: amountOf, unit, even } = wordsOf([model]);
  const pWords = pHolm === null ? "" : `, p ${pHolm < 0.001 ? "below 0.001" : pHolm.toFixed(3)}`;
  const between = interval
    ? `95 % confidence interval ${signed(interval[0])} to ${signed(interval[1])}${unit}${pWords}${comparisons > 1 ? ` corrected for ${comparisons} comparisons` : ""}, `
    : "";
  const amount = amountOf(Math.abs(gain));
  const range = `(${between}the same ${n} test items)`;
  const few =
    found.why === "few groups"
      ? ` The items are of ${found.groups} group${found.groups === 1 ? "" : "s"}: too few for an interval, which needs ${fewestGroups}.`
      : "";
  const words = {
    better: `${label} scores better than ${to} by ${amount} ${range}.`,
    worse: `${label} scores worse than ${to} by ${amount} ${range}.`,
    same: `No difference larger than ${amountOf(margin)} between ${label} and ${to}: ${signed(gain)}${unit} ${range}.`,
    undecided: `Not told apart: ${label} is ${gain === 0 ? even : `${amount} ${gain > 0 ? "above" : "below"}`} ${to} ${range}.`,
  }[finding];
  return {
    ...{ to, gain, n, finding },
    ci95: interval,
    p: p ?? 1,
    p_adjusted: pHolm ?? 1,
    words: `${words}${few} These are two models: trained again they may rank otherwise.`,
  };
}
