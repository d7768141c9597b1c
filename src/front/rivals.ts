import type { Baseline, TrainResultEvent } from "../core/events.js";
import type { TrivialMethod } from "../evidence/compare-trainings.js";

/** Methods without a pretrained model, which a verdict takes into account. */
export interface Rivals {
  readonly trivial: readonly TrivialMethod[];
  /** Which test samples are right by always the most frequent class. */
  readonly majority: readonly number[];
}

/** "1101" as scores; undefined for records without answers. */
const scoresOfRight = ({ test: { right } }: Baseline): number[] | undefined =>
  right === undefined ? undefined : Array.from(right, Number);

/** Returns what a run's baselines say of methods without a pretrained model. */
export function rivalsOf({
  majority,
  pixels,
  tf_idf: words,
}: NonNullable<TrainResultEvent["baselines"]>): Rivals {
  const named = [
    ["TF-IDF with logistic regression", words],
    ["logistic regression on pixels", pixels],
  ] as const;
  return {
    trivial: named.flatMap(([name, baseline]) => {
      const scores = baseline && scoresOfRight(baseline);
      return scores ? [{ name, scores }] : [];
    }),
    majority: (majority && scoresOfRight(majority)) ?? [],
  };
}
