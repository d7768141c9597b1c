import type { CustomScores } from "../core/events/custom-event.js";
import type { ClassificationScores, EntityScores, LabelScores, TrustResult } from "../core/events/events.js";
import type { CustomTask, RegressionScores } from "../core/results/task.js";
import type { Quotes } from "../data/lists/quotes.js";
import type { TaskOptions } from "../options/options.js";

/** What happens to a text with more tokens than the model takes: its end is dropped, or its parts are scored. */
export type LongTexts = "truncate" | "split";

export interface EvaluateOptions extends TaskOptions {
  /** Of images: views of each whose probabilities or numbers are averaged, 1 … 12. Default 1: the image alone. */
  readonly tta?: number;
  /** Texts with more tokens than the model takes: cut, or scored in parts, whose probabilities are averaged. Default "truncate". */
  readonly long?: LongTexts;
  /** Of texts: the column of texts, or two of pairs with a comma between. Default: found by name. */
  readonly text?: string;
  /** Of texts with classes: the column of labels. Default: found by name. */
  readonly target?: string;
  /** How quotes of a CSV or TSV are read. Default: decided by the file. */
  readonly quotes?: Quotes;
  /** As in `train`: names of the classes 0, 1, 2 … of a list. */
  readonly classNames?: string;
  /** As in `train`: which samples belong together. The intervals count their groups. */
  readonly groupFrom?: string;
  /** Of a model with several heads: the one to score. Default: the first that knows the data's classes. */
  readonly task?: string;
  /** The run folder that the model was trained in: it knows the model's training samples. Default: the folder around the model. */
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
  /** Which items were scored, in words. */
  readonly scored: string;
  /** Items left out because the model was trained or chosen on them. */
  readonly left_out: number;
  readonly test_looks: number;
}

/** Of classes: whether what the model's probabilities were found good for on its validation part holds here. */
interface Trusting {
  /** Missing for a model without a validation part, and for one that something else made. */
  readonly trust?: TrustResult;
}

/** Of images. */
interface Viewed {
  /** Views of each image that were averaged, where there were several. */
  readonly tta?: number;
}

/** Classes of pictures. */
export interface PictureEvaluation
  extends Scoring<"image-classification", ClassificationScores>,
    Trusting,
    Viewed {}

/** Numbers from pictures or from a table's rows; the prediction intervals are those that are stored with the model. */
export type NumberEvaluation =
  | (Scoring<"image-regression", RegressionScores> & Viewed)
  | Scoring<"tabular-regression", RegressionScores>;

export type Evaluation =
  | PictureEvaluation
  | NumberEvaluation
  | (Scoring<"tabular-classification", ClassificationScores> & Trusting)
  | (Scoring<"text-classification", ClassificationScores> & Trusting)
  | EntityEvaluation
  | LabelEvaluation;

/** Several labels of texts or pictures. */
export interface LabelEvaluation extends Scoring<"multi-label-classification", LabelScores>, Viewed {
  readonly unit: "texts" | "pictures";
}

/** Entities in texts. */
export type EntityEvaluation = Scoring<"token-classification", EntityScores>;
