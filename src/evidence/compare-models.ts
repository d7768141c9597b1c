import type { Scored } from "../core/results/scored.js";
import type { SideDifference } from "../core/results/side-by-side.js";
import { decide, difference, holm } from "../statistics/index.js";
import { wordsOfModels } from "./compared-words.js";

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
  const { metric } = to.scored;
  return found.map((one, i) => {
    const { gain, interval, p, samples: n, why, groups } = one;
    const adjusted = p === null ? null : corrected[i]!;
    const decision = decide(one, { margin, p: adjusted, of: "models" });
    const finding = decision === "equivalent" ? ("same" as const) : decision;
    const few = why === "few groups" && groups !== undefined;
    const facts = {
      to: to.label,
      gain,
      ci95: interval,
      p: p ?? 1,
      p_adjusted: adjusted ?? 1,
      n,
      margin,
      finding,
      comparisons: found.length,
      ...(few && { few_groups: groups }),
      sentences: [finding, ...(few ? (["few groups"] as const) : []), "two models" as const],
    };
    return { ...facts, words: wordsOfModels(facts, others[i]!.label, metric) };
  });
}
