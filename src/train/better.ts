/** Loss and accuracy over a part that nothing trains on. */
export interface Validation {
  readonly loss: number;
  readonly accuracy: number;
}

/** Higher validation accuracy is better; at the same accuracy, lower loss. */
export function better(a: Validation, b: Validation): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.loss < b.loss);
}
