/** One class with its probability. */
export interface Answer {
  readonly label: string;
  /** 0 … 1; over all classes they sum to 1. */
  readonly score: number;
}
