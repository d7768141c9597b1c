/** Loss and accuracy over a part that nothing trains on. */
export interface Validation {
  readonly loss: number;
  readonly accuracy: number;
  /** Where something else decides which epoch is best: higher is better. */
  readonly score?: number;
}

/** A higher score is better where there is one; else higher validation accuracy; at the same accuracy, lower loss. */
export function better(a: Validation, b: Validation): boolean {
  if (a.score !== undefined && b.score !== undefined) return a.score > b.score;
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.loss < b.loss);
}
