import type { Message } from "../../core/messages/message.js";
import type { ColumnWeight, ExplainMethod, HeatMap, WordWeight } from "./insights.js";
import type { ModelTask } from "./task.js";

/** Starting points of Integrated Gradients for images. */
export const baselines = ["mean", "blur"] as const;
export type Baseline = (typeof baselines)[number];

/** An explanation of a model's prediction for one sample. */
export interface Explanation {
  /** The path, the text, "first | second" of a pair, or "row 1". */
  readonly input: string;
  readonly task: ModelTask;
  /** The explained task of a model with several heads. */
  readonly head?: string;
  /** Prediction: the class, the most probable label, the tag of the word, or the name of the number. */
  readonly label: string;
  /** Its probability, or the predicted number. */
  readonly score: number;
  /** The explained class, with its probability or value: the prediction, or that of the option `class`. */
  readonly class: string;
  readonly class_score: number;
  /** "probability", or "value": the unit of the predicted number. */
  readonly unit: "probability" | "value";
  readonly method: ExplainMethod;
  /** The word whose tag is explained, and its place in the text. */
  readonly word?: { readonly text: string; readonly start: number; readonly end: number };
  /**
   * For an image. Grad-CAM: not negative, without a unit. Occlusion: loss of log p of the class if a patch is grey, or
   * loss of the number. LIME, SHAP and Integrated Gradients: contribution of a cell to the probability or the number.
   */
  readonly map?: HeatMap;
  /** For a text: its pieces with their weights. Occlusion: loss of log p without a word; else as in {@link map}. */
  readonly words?: readonly WordWeight[];
  /** Pieces of the second text of a pair with their weights. {@link words} are those of the first text. */
  readonly second?: readonly WordWeight[];
  /** For a row: its columns with their weights, in the unit of the explanation. */
  readonly columns?: readonly ColumnWeight[];
  /** For SHAP and Integrated Gradients: the prediction with no features shown. base_value + Σ weights = class_score. */
  readonly base_value?: number;
  readonly shap?: ShapFacts;
  readonly ig?: IntegratedFacts;
  readonly check?: CheckFacts;
}

/** Facts about the computation of Shapley values. */
export interface ShapFacts {
  /** True if every subset of the features was evaluated; else values have intervals. */
  readonly exact: boolean;
  /** Number of evaluated subsets. */
  readonly evaluations: number;
  /** False if the budget ended before every interval was at most a tenth of the range of the values to each side. */
  readonly converged: boolean;
}

/** Facts about the computation of Integrated Gradients. */
export interface IntegratedFacts {
  /** Points on the path. */
  readonly steps: number;
  /**
   * Completeness error: difference between the sum of the weights and the change of the prediction, as a share of the
   * change.
   */
  readonly error: number;
}

/** Deletion and insertion: mean predictions while features are hidden, or shown, in the order of their weights. */
export interface CheckFacts {
  /** The lower, the better. */
  readonly deletion: number;
  /** The higher, the better. */
  readonly insertion: number;
  /** Means over ten random orders. */
  readonly random_deletion: number;
  readonly random_insertion: number;
  readonly deletion_curve: readonly number[];
  readonly insertion_curve: readonly number[];
}

/** Explanations of samples of the test split: stored in the run folder as `explanations.json`. */
export interface RunExplanations {
  readonly format: 1;
  readonly samples: readonly Explanation[];
  /** Number of samples of the test split. */
  readonly of: number;
  /** Why the other samples are not explained, if time ran out. */
  readonly left_out?: string;
  /** The same for reports in other languages. Missing for the text of an error. */
  readonly left_out_message?: Message;
  readonly seconds: number;
}
