import type { SessionFit } from "../../src/session/live-session.js";

/** Least probability of a prediction that doubts a label. In a small dataset a less sure prediction is mostly an error of the model. */
const leastSure = 0.7;

/** A sample whose class may be wrong. */
export interface Suspect {
  readonly id: string;
  /** The class that it has. */
  readonly label: string;
  /** The class that the model predicts without this sample's recording, with its probability. */
  readonly predicted: string;
  readonly score: number;
}

/**
 * Finds samples whose class may be wrong by out-of-fold predictions, the most confident prediction first. A prediction counts if its
 * probability is at least `leastSure`, and at least the mean that the samples of the predicted class have for their own class: confident
 * learning (Northcutt, Jiang and Chuang 2021, Journal of Artificial Intelligence Research 70, section 3.1).
 */
export function suspectsOf({ predictions }: Pick<SessionFit, "predictions">): Suspect[] {
  const own = new Map<string, number[]>();
  for (const { label, answers } of predictions) {
    const score = answers.find((answer) => answer.label === label)?.score ?? 0;
    own.set(label, [...(own.get(label) ?? []), score]);
  }
  const thresholds = new Map(
    [...own].map(([label, scores]) => [label, scores.reduce((a, b) => a + b, 0) / scores.length]),
  );
  return predictions
    .map(({ id, label, answers: [best] }) => ({ id, label, predicted: best!.label, score: best!.score }))
    .filter(
      ({ label, predicted, score }) =>
        predicted !== label && score >= Math.max(leastSure, thresholds.get(predicted)!),
    )
    .sort((a, b) => b.score - a.score);
}
