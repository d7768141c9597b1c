import type { WarningText } from "../core/messages/message.js";
import type { ClassificationScores } from "../core/results/counts.js";
import type { ShownScore } from "../core/results/shown-score.js";
import type { BaseClassification } from "../core/results/task.js";
import type { Answer } from "../inference/answer.js";
import type { PreprocessingRequest, TaskOptions, TrainOptions } from "../options/options.js";
import type { SampleInput } from "../tasks/inputs/read-content.js";

/** Base of a session: a name, a file, a folder or `hf:org/name`; or a run, whose model is the base. */
export type SessionBase = string | { readonly run: string };

/** Options of `openSession`: those of `train` that say how a base is opened. */
export interface SessionOptions
  extends PreprocessingRequest,
    Omit<TaskOptions, "seed">,
    Pick<TrainOptions, "cut" | "pooling" | "maxLength"> {}

/** A sample with its class. */
export interface SessionSample {
  /** A name of its own. A sample with the name of an earlier one replaces it. */
  readonly id: string;
  readonly input: SampleInput;
  /** Name of its class. */
  readonly label: string;
  /** Its recording, burst, person or place. Cross-validation never divides a group. Default: the sample is a group by itself. */
  readonly group?: string;
}

/** Result of `fit`. */
export interface SessionFit {
  /** Sorted by code point, as in the saved model. Near copies are one group. */
  readonly classes: readonly { readonly name: string; readonly samples: number; readonly groups: number }[];
  /** Scores of the predictions below. `accuracy_ci95` counts groups, as that of `evaluate`. Null if the samples support no score. */
  readonly score: ClassificationScores | null;
  /** The score as it is shown: no digits if its interval is too wide, and what guessing gives. Null without a score. */
  readonly shown: ShownScore | null;
  /** Why there is no score. */
  readonly reason?: WarningText;
  /** Limits of the score. */
  readonly notes: readonly WarningText[];
  /** Number of folds of the cross-validation, 0 without a score: at most 5, or more so that each training part has every class. */
  readonly folds: number;
  /** Out-of-fold prediction of each sample, sorted by id: classes by probability. Empty without a score. */
  readonly predictions: readonly {
    readonly id: string;
    /** The class that the sample has. */
    readonly label: string;
    /** Its group, or that of its near copies. Missing: the sample is a group by itself. */
    readonly group?: string;
    readonly answers: readonly Answer[];
  }[];
  readonly seconds: number;
}

/** A base that stays open, its samples, and a classifier that follows them. */
export interface LiveSession {
  /** The inputs of the base decide. */
  readonly task: BaseClassification;
  /** Name of the base. */
  readonly base: string;
  /**
   * Adds samples, and computes the features of new contents, in the cache that runs use. If one sample is refused, it adds none.
   * Texts that differ only in case, width, spaces or punctuation have the same content, as in runs.
   * @returns number of added samples, and those left out because another sample, `of`, has the same content: copies with its class, and
   * contradictions with another class, `label` beside `other`. The first one is learnt until the other is removed
   * @throws DataError or FileError for an input that cannot be read; OptionError for a sample without a name or a class, or given twice
   */
  add(samples: readonly SessionSample[]): Promise<{
    readonly added: number;
    readonly copies: readonly { readonly id: string; readonly of: string }[];
    readonly contradictions: readonly {
      readonly id: string;
      readonly label: string;
      readonly of: string;
      readonly other: string;
    }[];
  }>;
  /** Removes samples. @returns the number of removed samples; unknown names are ignored */
  remove(ids: readonly string[]): number;
  /**
   * Waits for earlier calls of `add`, fits a linear probe on all samples, and scores it by cross-validation.
   * @param options.answers number of classes in each out-of-fold prediction, the most probable first; default all
   * @throws Interrupted if the session's signal is aborted; OptionError for a wrong number
   */
  fit(options?: { readonly answers?: number }): Promise<SessionFit>;
  /**
   * Predicts with the head of the last `fit`, as `load(...).predict` does.
   * @returns classes by probability, the most probable first; for a list of inputs one such list each
   * @throws OptionError before a `fit` with two classes; DataError or FileError for an input that cannot be read
   */
  predict(input: SampleInput): Promise<Answer[]>;
  predict(inputs: readonly SampleInput[]): Promise<Answer[][]>;
  /**
   * Writes the model of the last `fit` into a folder for `load`, `engraft predict` and any onnxruntime. It replaces an older model there.
   * The folder holds `model/`, the model folder, and `samples.json`, the hashes of the learnt samples: `engraft eval` leaves these out.
   * @returns absolute path of the model folder
   * @throws OptionError before a `fit` with two classes, and for a folder with other files; FileError if it cannot be written
   */
  save(folder: string): Promise<string>;
  /** Writes the cached features, and closes base and runtime. */
  close(): Promise<void>;
}
