import type { Message } from "../../core/messages/message.js";
import type { ColumnWeight, ExplainMethod, HeatMap, WordWeight } from "./insights.js";
import type { ModelTask } from "./task.js";

/** Where the path of Integrated Gradients begins, for pictures. */
export const baselines = ["mean", "blur"] as const;
export type Baseline = (typeof baselines)[number];

/** Why a model predicts what it predicts for one sample. */
export interface Explanation {
  /** The path, the text, "first | second" of a pair, or "row 1". */
  readonly input: string;
  readonly task: ModelTask;
  /** Prediction: the class, the most probable label, the tag of the word, or the name of the number. */
  readonly label: string;
  /** Its probability, or the predicted number. */
  readonly score: number;
  /** What is explained, with its probability or value: the prediction, or what the option `class` names. */
  readonly class: string;
  readonly class_score: number;
  /** "probability", or "value": the unit of the predicted number. */
  readonly unit: "probability" | "value";
  readonly method: ExplainMethod;
  /** The word whose tag is explained, and its place in the text. */
  readonly word?: { readonly text: string; readonly start: number; readonly end: number };
  /**
   * Of a picture. Grad-CAM: not negative, in no unit. Occlusion: what log p of the class loses where a patch is grey, or
   * what the number loses. LIME, SHAP and Integrated Gradients: what a cell adds to the probability or the number.
   */
  readonly map?: HeatMap;
  /** Of a text: its pieces with their weights. Occlusion: what log p loses without a word; else as in {@link map}. */
  readonly words?: readonly WordWeight[];
  /** Pieces of the second text of a pair with their weights. {@link words} are those of the first text. */
  readonly second?: readonly WordWeight[];
  /** Of a row: its columns with their weights, in the unit of the explanation. */
  readonly columns?: readonly ColumnWeight[];
  /** Of SHAP and Integrated Gradients: the prediction with nothing shown. base_value + Σ weights = class_score. */
  readonly base_value?: number;
  readonly shap?: ShapFacts;
  readonly ig?: IntegratedFacts;
  readonly check?: CheckFacts;
}

/** How Shapley values were computed. */
export interface ShapFacts {
  /** True if every subset of the features was evaluated; else values have intervals. */
  readonly exact: boolean;
  /** Subsets that were evaluated. */
  readonly evaluations: number;
  /** False if the budget ended before every interval was at most a tenth of the range of the values to each side. */
  readonly converged: boolean;
}

/** How Integrated Gradients were computed. */
export interface IntegratedFacts {
  /** Points on the path. */
  readonly steps: number;
  /** Completeness error: how far the sum of the weights is from the change of the prediction, as a share of the change. */
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

/** Explanations of samples of the test split: kept in the run folder as `explanations.json`. */
export interface RunExplanations {
  readonly format: 1;
  readonly samples: readonly Explanation[];
  /** Samples of the test split. */
  readonly of: number;
  /** Why the other samples are not explained, if time ran out. */
  readonly left_out?: string;
  /** The same for reports in other languages. Missing for the text of an error. */
  readonly left_out_message?: Message;
  readonly seconds: number;
}
