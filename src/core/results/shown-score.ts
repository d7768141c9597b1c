import type { BaselineKey } from "./baseline-names.js";
import type { ScoreName } from "./metric.js";
import type { Interval } from "./task.js";

/** Score of a prediction that needs no input, on the same test samples. */
export interface Guess {
  /** What is guessed: the key of its name in `baselineNames`. */
  readonly name: BaselineKey;
  readonly value: number;
  /** Mean cross-entropy in nats if the shares of the classes are predicted. Missing: the task has no classes. */
  readonly loss?: number;
}

/** A test score as every page and every command shows it. */
export interface ShownScore {
  readonly metric: ScoreName;
  /** null: the interval is too wide, or missing, because the test samples are too few. No digits are shown then. */
  readonly value: number | null;
  /** null: there is none. */
  readonly ci95: Interval | null;
  /** Test samples, and their groups; no groups if each sample is its own. */
  readonly n: number;
  readonly groups?: number;
  /** Missing: not known. */
  readonly guessing?: Guess;
  /**
   * True: the interval lies above guessing. False: the score is not above guessing. null: neither is known, as with few
   * test samples.
   */
  readonly better_than_guessing: boolean | null;
  /** Mean cross-entropy of the model, if `value` is shown and that of guessing is lower. */
  readonly loss?: number;
  /** Set if `value` is null: about how many test samples or groups would give a number, if the score stays as it is. */
  readonly needed?: { readonly of: "samples" | "groups"; readonly about: number };
}
