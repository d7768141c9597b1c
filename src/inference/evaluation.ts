import type { CustomScores } from "../core/events/custom-event.js";
import type { ClassificationScores, EntityScores, LabelScores, TrustResult } from "../core/events/events.js";
import type { BaseModality, SampleWords } from "../core/modalities.js";
import type { DetectionTest } from "../core/results/dense/detection.js";
import type { SegmentationTest } from "../core/results/dense/segmentation.js";
import type { GenerationScores } from "../core/results/sequences/generation.js";
import type { TranscriptScores } from "../core/results/sequences/transcripts.js";
import type { CustomTask, RegressionScores, TaskWith } from "../core/results/task.js";
import type { Quotes } from "../data/lists/quotes.js";
import type { TaskOptions } from "../options/options.js";

/** Treatment of a text with more tokens than the model takes: drop its end, or score its parts. */
export type LongTexts = "truncate" | "split";

export interface EvaluateOptions extends TaskOptions {
  /** Test-time augmentation: views of each image whose predictions are averaged, 1 to 12. Default 1. */
  readonly tta?: number;
  /**
   * Texts with more tokens than the model takes: cut, or scored in parts with averaged probabilities. Default
   * "truncate".
   */
  readonly long?: LongTexts;
  /** For texts: the column of texts; two, separated by a comma, for pairs. Default: detected by name. */
  readonly text?: string;
  /** For classes of texts: the column of labels. Default: detected by name. */
  readonly target?: string;
  /** Quotes in CSV and TSV files, as in `train`. Default: detected. */
  readonly quotes?: Quotes;
  /** Names of the integer classes 0, 1, 2 … of a list, as in `train`. */
  readonly classNames?: string;
  /** Groups of samples, as in `train`. Confidence intervals count groups. */
  readonly groupFrom?: string;
  /** For boxes: file to write the detections to, in the format of COCO's results, with the ids of the COCO JSON. */
  readonly coco?: string;
  /** For a model with several heads: the one to score. Default: the first that knows the data's classes. */
  readonly task?: string;
  /**
   * Run folder in which the model was trained, which knows its training samples. Default: the folder around the model.
   */
  readonly run?: string;
}

/** Scores of a custom task. */
export type CustomEvaluation = Scoring<CustomTask, CustomScores>;

/** Scores of a model on data, by task. */
interface Scoring<Task extends string, Scores> {
  readonly event: "result";
  readonly task: Task;
  readonly model: string;
  readonly test: Scores;
  /** Description of the scored samples. */
  readonly scored: string;
  /** Number of items left out because the model was trained or validated on them. */
  readonly left_out: number;
  readonly test_looks: number;
}

/** Fields for classes: results of the model's trust facts on this data. */
interface Trusting {
  /** Missing for a model without a validation split, or made by another program. */
  readonly trust?: TrustResult;
}

/** Fields of an evaluation on images. */
interface Viewed {
  /** Number of averaged views of each image, if several. */
  readonly tta?: number;
}

/** Classes of pictures. */
export interface PictureEvaluation
  extends Scoring<TaskWith<{ input: "image"; head: "classes" }>, ClassificationScores>,
    Trusting,
    Viewed {}

/** Numbers of any input; the prediction intervals are those stored with the model. */
export type NumberEvaluation = {
  [T in TaskWith<{ head: "numbers" }>]: Scoring<T, RegressionScores> & Viewed;
}[TaskWith<{ head: "numbers" }>];

export type Evaluation =
  | PictureEvaluation
  | NumberEvaluation
  | (Scoring<TaskWith<{ sample: "row"; head: "classes" }>, ClassificationScores> & Trusting)
  | (Scoring<TaskWith<{ input: "text"; head: "classes" }>, ClassificationScores> & Trusting)
  | (Scoring<TaskWith<{ input: "audio"; head: "classes" }>, ClassificationScores> & Trusting)
  | EntityEvaluation
  | TranscriptEvaluation
  | GenerationEvaluation
  | DetectionEvaluation
  | SegmentationEvaluation
  | LabelEvaluation;

/** Several labels of texts, pictures or sounds. */
export interface LabelEvaluation extends Scoring<TaskWith<{ head: "labels" }>, LabelScores>, Viewed {
  readonly unit: SampleWords<BaseModality>["many"];
}

/** Boxes in pictures. */
export interface DetectionEvaluation extends Scoring<TaskWith<{ head: "boxes" }>, DetectionTest> {
  /** Absolute path of the file of detections, if `coco` asked for one. */
  readonly coco?: string;
}

/** Masks of pictures. */
export type SegmentationEvaluation = Scoring<TaskWith<{ head: "masks" }>, SegmentationTest>;

/** Transcripts of speech. */
export interface TranscriptEvaluation extends Scoring<TaskWith<{ head: "transcript" }>, TranscriptScores> {
  readonly normalizer: "none" | "basic";
  readonly error_unit: "words" | "characters";
}

/** Texts or chats that a decoder writes. */
export interface GenerationEvaluation extends Scoring<TaskWith<{ head: "sequence" }>, GenerationScores> {
  readonly form: "texts" | "chats";
}

/** Entities in texts. */
export type EntityEvaluation = Scoring<TaskWith<{ head: "tags" }>, EntityScores>;
