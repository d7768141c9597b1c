/** A class with its probability. */
export interface Answer {
  readonly label: string;
  /** 0 … 1; over all classes they sum to 1. */
  readonly score: number;
}

/** Returns classes with their probabilities, the most probable first. @param top most returned classes, at least 1 */
export function rankedAnswers(
  classes: readonly string[],
  probabilities: ArrayLike<number>,
  top = classes.length,
): Answer[] {
  return classes
    .map((label, k) => ({ label, score: probabilities[k]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, Math.max(1, top));
}
