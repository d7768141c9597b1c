import type { ClassificationScores } from "./counts.js";
import type { Interval } from "./task.js";

/** Scores on another set of the same classes, such as another language, which was not used for training or choices. */
export interface ElsewhereResult {
  /** Path of the list, as given. */
  readonly data: string;
  readonly test: ClassificationScores;
  /** Texts in it that the model was trained or validated on, left out. */
  readonly left_out: number;
  /** Accuracy there minus accuracy on the run's own test split, with Newcombe's interval. */
  readonly drop: { readonly value: number; readonly ci95: Interval; readonly words: string };
}
