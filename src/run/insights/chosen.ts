import { type ClassificationAnswers, readPredictions } from "../../evaluate/predictions.js";

/** A prediction to explain. */
export interface Chosen {
  /** Its index among the predictions. */
  readonly at: number;
  readonly which: "worst" | "least-sure" | "best";
  readonly true: string;
  /** Index of the predicted class. */
  readonly predicted: number;
  readonly score: number;
}

/** Most wrong and most right predictions to explain. */
const [mostWorst, mostBest] = [8, 4];

/**
 * Returns the wrong predictions with the highest loss (without any, the least sure right ones), and the surest right
 * ones, of as many classes as possible. Both alternate, so that both are present wherever the time ends.
 */
export function chosenOf(answers: ClassificationAnswers): Chosen[] {
  const { labels, classes } = answers;
  const { n, predicted, confidence, losses } = readPredictions(answers);
  const told = (at: number, which: Chosen["which"]): Chosen => ({
    at,
    which,
    true: classes[labels[at]!]!,
    predicted: predicted[at]!,
    score: confidence[at]!,
  });
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => losses[b]! - losses[a]! || a - b);
  const wrong = order.filter((i) => predicted[i] !== labels[i]);
  const which = wrong.length > 0 ? "worst" : "least-sure";
  const worst = (wrong.length > 0 ? wrong : order).slice(0, Math.min(mostWorst, Math.ceil(n / 2)));
  const right = order.reverse().filter((i) => predicted[i] === labels[i] && !worst.includes(i));
  const best: number[] = [];
  const seen = new Set<number>();
  // One of each class first, then a second one of each.
  while (best.length < mostBest && right.length > 0) {
    const next = right.findIndex((i) => !seen.has(labels[i]!));
    if (next < 0) seen.clear();
    else {
      const [i] = right.splice(next, 1);
      seen.add(labels[i!]!);
      best.push(i!);
    }
  }
  const turns: Chosen[] = [];
  for (let turn = 0; turn < Math.max(worst.length, best.length); turn++) {
    // Two of the worst per one of the best.
    for (const at of worst.slice(2 * turn, 2 * turn + 2)) turns.push(told(at, which));
    if (best[turn] !== undefined) turns.push(told(best[turn]!, "best"));
  }
  return turns;
}
