import { type ClassificationAnswers, readPredictions } from "../../evaluate/predictions.js";

/** An answer that is worth explaining. */
export interface Chosen {
  /** Its place among the answers. */
  readonly at: number;
  readonly which: "worst" | "least-sure" | "best";
  readonly true: string;
  /** Place of the class that was answered. */
  readonly predicted: number;
  readonly score: number;
}

/** How many of each are explained, at most. */
const [mostWorst, mostBest] = [8, 4];

/**
 * Returns the wrong answers with the highest loss (without any, the least sure right ones), and the surest right ones, of as
 * many classes as there are. Both come in turns, so that there are some of both wherever time ends.
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
    // Two of the worst for one of the best.
    for (const at of worst.slice(2 * turn, 2 * turn + 2)) turns.push(told(at, which));
    if (best[turn] !== undefined) turns.push(told(best[turn]!, "best"));
  }
  return turns;
}
