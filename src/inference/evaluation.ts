import type { CustomScores } from "../core/events/custom-event.js";
import type { ClassificationScores, EntityScores, LabelScores, TrustResult } from "../core/events/events.js";
import type { CustomTask, RegressionScores, TaskWith } from "../core/results/task.js";
import type { Quotes } from "../data/lists/quotes.js";
import type { TaskOptions } from "../options/options.js";

/** Treatment of a text with more tokens than the model takes: drop its end, or score its parts. */
export type LongTexts = "truncate" | "split";

export interface EvaluateOptions extends TaskOptions {
  /** Of images: views of each whose probabilities or numbers are averaged, 1 … 12. Default 1: the image alone. */
  readonly tta?: number;
  /**
   * Texts with more tokens than the model takes: cut, or scored in parts with averaged probabilities. Default
   * "truncate".
   */
  readonly long?: LongTexts;
  /** For texts: the text column, or two of pairs with a comma. Default: found by name. */
  readonly text?: string;
  /** For text classes: the label column. Default: found by name. */
  readonly target?: string;
  /** How quotes of a CSV or TSV are read. Default: decided by the file. */
  readonly quotes?: Quotes;
  /** As in `train`: names of the classes 0, 1, 2 … of a list. */
  readonly classNames?: string;
  /** As in `train`: which samples belong together. The intervals count their groups. */
  readonly groupFrom?: string;
  /** For a model with several heads: the one to score. Default: the first that knows the data's classes. */
  readonly task?: string;
  /**
   * Run folder in which the model was trained, which knows its training samples. Default: the folder around the model.
   */
  readonly run?: string;
}

/** Of a task that is defined outside of the product. */
export type CustomEvaluation = Scoring<CustomTask, CustomScores>;

/** The scores of a model on data; which there are follows from the task. */
interface Scoring<Task extends string, Scores> {
  readonly event: "result";
  readonly task: Task;
  readonly model: string;
  readonly test: Scores;
  /** The scored items, in words. */
  readonly scored: string;
  /** Number of items left out because the model was trained or validated on them. */
  readonly left_out: number;
  readonly test_looks: number;
}

/** For classes: results of the model's trust facts on this data. */
interface Trusting {
  /** Missing for a model without a validation split, or made by another program. */
  readonly trust?: TrustResult;
}

/** Of images. */
interface Viewed {
  /** Number of averaged views of each image, if several. */
  readonly tta?: number;
}

/** Classes of pictures. */
export interface PictureEvaluation
  extends Scoring<TaskWith<{ input: "image"; head: "classes" }>, ClassificationScores>,
    Trusting,
    Viewed {}

/** Regression from images or a table's rows; the prediction intervals are those stored with the model. */
export type NumberEvaluation =
  | (Scoring<TaskWith<{ input: "image"; head: "numbers" }>, RegressionScores> & Viewed)
  | Scoring<TaskWith<{ input: "table"; head: "numbers" }>, RegressionScores>;

export type Evaluation =
  | PictureEvaluation
  | NumberEvaluation
  | (Scoring<TaskWith<{ input: "table"; head: "classes" }>, ClassificationScores> & Trusting)
  | (Scoring<TaskWith<{ input: "text"; head: "classes" }>, ClassificationScores> & Trusting)
  | EntityEvaluation
  | LabelEvaluation;

/** Several labels of texts or pictures. */
export interface LabelEvaluation extends Scoring<TaskWith<{ head: "labels" }>, LabelScores>, Viewed {
  readonly unit: "texts" | "pictures";
}

/** Entities in texts. */
export type EntityEvaluation = Scoring<TaskWith<{ head: "tags" }>, EntityScores>;
