import type { SampleSums, Scored } from "../core/results/scored.js";
import { scoredBy } from "./metric-sums.js";

/** Scores of each test sample in a result, as sums. */
export interface RecordedScores {
  readonly scores?: SampleSums;
}

/** Returns the scores of test samples for a result. Nine digits suffice for measured numbers. */
export const recordedScores = ({ values, ...scores }: SampleSums): Required<RecordedScores> => ({
  scores: { ...scores, values: values.map((value) => Number(value.toPrecision(9))) },
});

/** Reads the scores of test samples from a result of any task; undefined if it has none. */
export const readScores = ({ scores }: RecordedScores): Scored | undefined => scores && scoredBy(scores);
