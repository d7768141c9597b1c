import type { ClassificationScores } from "./counts.js";
import type { Interval } from "./task.js";

/** The same model on another set of the same classes, such as another language: nothing was learnt or chosen there. */
export interface ElsewhereResult {
  /** The list, as it was given. */
  readonly data: string;
  readonly test: ClassificationScores;
  /** Texts of it that the model was trained or chosen on, left out. */
  readonly left_out: number;
  /** Accuracy there minus accuracy on the run's own test part, and what the two samples leave open (Newcombe). */
  readonly drop: { readonly value: number; readonly ci95: Interval; readonly words: string };
}
