import { canDoubtLabels } from "../../src/evaluate/shown-score.js";
import type { SessionFit } from "../../src/session/live-session.js";

/**
 * Least probability of a prediction that doubts a label. `npm run bench -- suspects` measures it: of 0.6 to 0.9, 0.8 has the best F0.5, which
 * weights precision. The thresholds of confident learning doubt several times as many right labels in datasets of this size (Northcutt,
 * Jiang and Chuang 2021, Journal of Artificial Intelligence Research 70, section 3.1).
 */
const leastSure = 0.8;

/** A sample whose class may be wrong. */
export interface Suspect {
  readonly id: string;
  /** The class that it has. */
  readonly label: string;
  /** The class that the model predicts without this sample's recording, with its probability. */
  readonly predicted: string;
  readonly score: number;
  /** Other samples of its recording with the same doubt. */
  readonly others: readonly string[];
}

/**
 * Finds samples whose class may be wrong by out-of-fold predictions, the most confident prediction first. Samples of one recording count
 * once. None while the accuracy is not known, or not clearly better than guessing.
 */
export function suspectsOf(
  { predictions, shown }: Pick<SessionFit, "predictions" | "shown">,
  least: number = leastSure,
): Suspect[] {
  if (!shown || !canDoubtLabels(shown)) return [];
  const doubted = predictions
    .map(({ id, label, group, answers: [best] }) => {
      const { label: predicted, score } = best!;
      return { id, label, predicted, score, key: JSON.stringify([group ?? id, label, predicted]) };
    })
    .filter(({ label, predicted, score }) => predicted !== label && score >= least)
    .sort((a, b) => b.score - a.score);
  const found = new Map<string, Suspect & { readonly others: string[] }>();
  for (const { key, ...one } of doubted) {
    const first = found.get(key);
    if (first) first.others.push(one.id);
    else found.set(key, { ...one, others: [] });
  }
  return [...found.values()];
}
