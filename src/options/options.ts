import type { TextPooling } from "../bases/text/text-poolings.js";
import type { WeightStorage } from "../bases/weight-storages.js";
import { bytesOf } from "../core/bytes.js";
import type { OnEvent } from "../core/events/events.js";
import type { Sentence } from "../core/messages/message.js";
import type { BaseModality } from "../core/modalities.js";
import type { CustomTask, TaskName } from "../core/results/task.js";
import type { Quotes } from "../data/lists/quotes.js";
import type { TranscriptNormalizer } from "../data/transcripts/normalize-transcript.js";
import type { AverageName, BatchNormName, SamplingName } from "../methods/loop-names.js";
import type { StrategyName } from "../methods/registry.js";
import type { RequestedOptions } from "../methods/settings.js";
import type { OptimizerName, ScheduleName } from "../optim/names.js";
import type { DeviceChoice } from "../runtime/device.js";
import { type Augment, usualAugmentation } from "./augment-options.js";

/** What every call that takes long computes with. */
export interface ComputeOptions {
  /** Seed of the split, the order of the data, augmentation and random weights. Default 0. */
  readonly seed?: number;
  /** CPU threads. Default: all cores. */
  readonly threads?: number;
  /**
   * Where it computes: "cpu", "webgpu" (any GPU), "cuda" (NVIDIA, with its libraries), or "auto", the faster of CPU and GPU in a short
   * measurement. Default "cpu", whose results are the same on every machine of a kind.
   */
  readonly device?: DeviceChoice;
  /** True to cache features of the frozen base on disk. Default true. */
  readonly cache?: boolean;
  /** Signal to stop: the state is saved, then the call throws `Interrupted`. */
  readonly signal?: AbortSignal;
}

/** Options of every call that takes long. */
export interface TaskOptions extends ComputeOptions {
  readonly onEvent?: OnEvent;
}

/** Preprocessing of a base without a `preprocessor_config.json`. */
export interface PreprocessingRequest {
  /** Mean of each channel, in the order of `channels`, after rescaling. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** Factor for pixel values 0 to 255. Default 1/255. */
  readonly rescale?: number;
  readonly channels?: "rgb" | "bgr";
  /** Height and width in pixels. */
  readonly imageSize?: number;
}

/** How a model is trained, as its run records it. All have defaults. */
export interface RecipeOptions extends ComputeOptions, PreprocessingRequest {
  /**
   * Base model: a bundled name, file.onnx, a model folder, or hf:org/repo[@revision]. Default "vision-open" for pictures, "text-mini" for
   * texts, "audio-mini" for sounds and speech.
   */
  readonly base?: string;
  /**
   * Training strategy. Default "auto" for classes of pictures, texts and sounds, which chooses by the data, if you set no training
   * option (`epochs`, `lr`, `option` …). Else "finetune".
   */
  readonly strategy?: StrategyName;
  /** Reasons for the strategy, for the record. Default: "default" or "requested". */
  readonly reasons?: readonly Sentence[];
  /** Options of strategy and loop by name, such as `{ last: 2 }` for "last-n", or `{ labelSmoothing: 0.1 }`. */
  readonly option?: RequestedOptions;
  /** Optimizer. Default "adamw". Without `lr`, learning rates of the strategy are converted for other optimizers. */
  readonly optimizer?: OptimizerName;
  /** Learning rate schedule. Default: by the strategy, mostly "one-cycle". */
  readonly schedule?: ScheduleName;
  /** Passes over the training split. Default: by the number of samples, 3 to 15. */
  readonly epochs?: number;
  /** Peak learning rate of the head; "find": by a learning rate range test. Default 1e-3. */
  readonly lr?: number | "find";
  /** Time limit of the whole run in seconds, which limits the number of steps. Default: none. */
  readonly budget?: number;
  /** Gradient accumulation: batches for each optimizer update. Default 1. */
  readonly accumulate?: number;
  /** Radius ρ of sharpness-aware minimisation, for example 0.05; doubles the time. Default: none. */
  readonly sam?: number;
  /** Average of the weights of several epochs or steps. Default "none": the weights of the best epoch. */
  readonly average?: AverageName;
  /** Sampling: "balanced" over classes, or "shuffled": every sample once per epoch. Default "shuffled". */
  readonly sampling?: SamplingName;
  /** Statistics of BatchNormalization. Default "frozen": the averages of the base. */
  readonly batchNorm?: BatchNormName;
  /** Samples in a training step. Default 16; 32 from 500 samples on. */
  readonly batchSize?: number;
  /** Augmentation. Default "light" for pictures and "none" for texts, which have others: "typo", "delete,swap". */
  readonly augment?: Augment;
  /** Training samples to use, in proportion to the classes. A smaller number is a subset of a larger one. Default: all. */
  readonly trainSize?: number;
  /**
   * Training samples of each class, drawn by `seed`; the validation split keeps at most as many of each class. A smaller number is a
   * subset of a larger one. Default: all samples.
   */
  readonly shots?: number;
  /** Seed of the split, and of the samples of `trainSize`. Default: `seed`. */
  readonly splitSeed?: number;
  /**
   * Column, or regular expression on paths with the group in brackets; "recordings" that files show, however few, or "none". A group stays
   * in one split. Default: a column `group`, or recordings if there are ten at least.
   */
  readonly groupFrom?: string;
  /**
   * Column of dates or numbers of a list: the earliest 70 % of the rows are learnt from, the next 15 % validate, and the latest 15 %
   * test. Default: a random split.
   */
  readonly splitBy?: string;
  /** Rows that are left out before validation and test split of `splitBy`, if targets look ahead. Default 0. */
  readonly gap?: number;
  /** Different times in a season of `splitBy`: the value one season before is a baseline of numbers from tables. Default: none. */
  readonly season?: number;
  /** Value of the graph where the new head starts. Default: detected. */
  readonly cut?: string;
  /** Values of the base that hold features, by stride: `8=VALUE,16=VALUE,32=VALUE`, or `decoder`. Default: detected. */
  readonly levels?: string;
  /** Weights of the base to train: names with `*`, separated by commas, or `after:VALUE`. Default: all. */
  readonly trainable?: string;
  /** Units of a hidden layer with ReLU between features and output layer, 1 to 8192. Default: none, a linear head. */
  readonly hidden?: number;
  /** Number format of the weights in the model file; training uses float32. Default "fp32". */
  readonly weights?: WeightStorage;
  /** Test-time augmentation: also scores the test split with the average of 2 to 12 views. Default 1: off. */
  readonly tta?: number;
  /** Pooling of token features into one vector. Default: from the files of the base. */
  readonly pooling?: TextPooling;
  /** Most tokens of a text; longer texts are cut, and counted. Default 128, or the limit of the base. */
  readonly maxLength?: number;
  /** True to write only the adapter file, for lora, dora, ia3 and adapter. Default false. */
  readonly adapterOnly?: boolean;
  /** Run folder. Default: runs/<date>-<name of the data>. */
  readonly out?: string;
  /**
   * True to train the same network from scratch and a linear probe, and compare. "quick": all but the training from scratch. "auto": true if
   * the forecast is at most two minutes, or fits the budget, else "quick"; the run's record says which. Default false. On the command line
   * the default is "auto".
   */
  readonly baselines?: boolean | "quick" | "auto";
  /**
   * Step limit of training from scratch, which stops early. Default: 3 times the steps of the run, at least 1,500. With
   * `baselines: "auto"` it is lower if they do not fit into two minutes.
   */
  readonly scratchSteps?: number;
  /** Smallest gain over a baseline that matters; 0.01 is one percentage point. Default 0.01. */
  readonly margin?: number;
  /** True to train also from scratch, and keep the model with the better validation score, which can be wrong. Default false. */
  readonly safe?: boolean;
  /**
   * Trainings with different seeds, from `seed` on, baselines included. The model is that of the first seed. `distill` repeats
   * with and without the teacher, and keeps the seed with the best validation score. Default 1; for classes, labels and
   * entities 3 with `baselines: true` and no budget, and 3 or 1 with "auto", by the forecast.
   */
  readonly seeds?: number;
  /**
   * Folds of a cross-validation, 2 to 20: the recipe is trained once more for each of them, on the samples outside of the fold, and
   * scored on the held-out samples. Default: none; 5 for a linear probe with classes, and for the strategies `trees` and
   * `linear`, if the program drew a test split of fewer than 200 samples.
   */
  readonly folds?: number;
  /**
   * True to explain predictions in the report: Grad-CAM, feature map and changes of the weights; for tables the importance
   * of columns. It takes a tenth of the time of the run, at most 6 to 60 s. Default false; on the command line true.
   */
  readonly explain?: boolean;
  /** True to show samples in the report: pictures, texts and words. Their names are always shown. Default true. */
  readonly pictures?: boolean;
  /** True to write TensorBoard event files to `tensorboard/` in the run folder. Default false. */
  readonly tensorboard?: boolean;
  /**
   * Activations to recompute in the backward pass: "none", "all" that can be, or "auto": as many as memory requires.
   * Default "auto".
   */
  readonly recompute?: "auto" | "none" | "all";
  /** Most memory of the run: bytes, or "4GB", "512MiB". Default and maximum: memory of the machine. */
  readonly memoryLimit?: number | string;
  /** Seconds between two checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
  /**
   * Task of the run. Default "auto": detected from the data. "entities" is short for "token-classification", "multi-label" for
   * "multi-label-classification".
   */
  readonly task?: TaskName | CustomTask | "auto";
  /** Another list of texts to test on, with the same classes, for example in another language. Default: none. */
  readonly test?: string;
  /** Column of texts; two, separated by a comma, for pairs of texts. Default: detected by name. */
  readonly text?: string;
  /** Quotes in CSV and TSV files: "standard" (they enclose values) or "none" (they are text). Default: detected. */
  readonly quotes?: Quotes;
  /**
   * Names of the integer classes or tags 0, 1, 2 … of a list, separated by commas. Default: from the metadata or the dataset
   * card.
   */
  readonly classNames?: string;
  /** For several labels: the column with the labels, or columns of 0 and 1, separated by commas. Default: detected by name. */
  readonly labels?: string;
  /** For several labels: probability from which a label is predicted; "validation" chooses one for each label. Default 0.5. */
  readonly threshold?: number | "validation";
  /** Columns to predict, separated by commas; for texts the column of classes. Default: detected by name and content. */
  readonly target?: string;
  /** Columns of a table to leave out, separated by commas. Default: none. */
  readonly ignore?: string;
  /**
   * Inputs of rows that have several kinds: columns of a picture, of a text, and of numbers and categories, separated by commas. "image",
   * "text" and "columns" stand for those that are found. Default: one kind of input.
   */
  readonly inputs?: string;
  /** Numeric columns to treat as categories, such as post codes, separated by commas. Default: none. */
  readonly categories?: string;
  /** Loss for numbers: squared error, or Huber loss, which outliers affect less. Default "mse". */
  readonly loss?: "mse" | "huber";
  /** Threshold of the Huber loss, in standard deviations of the training split. Default 1. */
  readonly huberDelta?: number;
  /** Target coverage of prediction intervals and sets. Default 0.9. */
  readonly coverage?: number;
  /** Calibration: "temperature" divides logits by a temperature that is fitted on validation. Default "none". */
  readonly calibrate?: "none" | "temperature";
  /** Target accuracy for `predict` with abstention. Default 0.95. */
  readonly abstain?: number;
  /**
   * Changes to transcripts before training and scoring: "basic" (lower case, without punctuation) or "none". Default "basic".
   */
  readonly normalizer?: TranscriptNormalizer;
  /**
   * How a recogniser turns frames into text: "greedy", as a page serves it, or "beam", a search with the language model of the
   * training transcripts. Default "greedy".
   */
  readonly decoder?: "greedy" | "beam";
  /** For the beam search: characters of the n-grams of the language model; 0 for none. Default 6. */
  readonly lmOrder?: number;
  /** For the beam search: weight of the language model. Default: chosen on the validation split. */
  readonly lmWeight?: number;
  /** For chats: a file with the Jinja template that makes a text of a chat. Default: that of the base. */
  readonly template?: string;
  /** For chats: learn all messages. Default false: the answers alone. */
  readonly allMessages?: boolean;
  /** Another model, whose weights are copied by name and shape: a model folder or an ONNX file. Default: none. */
  readonly initFrom?: string;
  /** For tables: another table with the same columns, whose rows are learnt from too if folds show a gain above one standard error. Default: none. */
  readonly with?: string;
  /** Start of the head: the linear probe, or rows of the old classifier for classes with the same or a similar name. Default "probe". */
  readonly initHead?: "probe" | "reuse";
}

/** Options of `train`. All have defaults. */
export interface TrainOptions extends RecipeOptions {
  readonly onEvent?: OnEvent;
}

/** Options of `distill`. */
export interface DistillOptions extends Omit<TrainOptions, "baselines" | "scratchSteps" | "margin" | "safe"> {
  /** Teacher model: a run, a model folder, file.onnx, a name, or hf:org/name. */
  readonly teacher: string;
  /** Distillation loss: "soft", "hints", "attention", "relational", or several, separated by commas. Default "soft". */
  readonly method?: string;
  /** True to train the same student without the teacher, and compare. Default true. */
  readonly comparison?: boolean;
}

/** The base that a run takes by default, by the kind of its inputs. */
export const usualBases = {
  image: "vision-open",
  text: "text-mini",
  audio: "audio-mini",
} as const satisfies Readonly<Record<BaseModality, string>>;

/** Defaults of options. */
export const defaults = {
  base: usualBases.image,
  strategy: "finetune",
  augment: usualAugmentation,
  weights: "fp32",
  seed: 0,
  loss: "mse",
  huberDelta: 1,
  coverage: 0.9,
  abstain: 0.95,
} as const satisfies Partial<RecipeOptions>;

/** Default number of seeds for a verdict: two repeats measure how much trainings differ. */
export const verdictSeeds = 3;

/** Returns the setting of the training loop for `recompute`. */
export function recomputeOf({ recompute = "auto" }: Pick<RecipeOptions, "recompute">): "auto" | "off" | "on" {
  return ({ auto: "auto", none: "off", all: "on" } as const)[recompute];
}

/** Returns the memory limit of a run in bytes. @param available bytes of the machine */
export function memoryOf({ memoryLimit }: Pick<RecipeOptions, "memoryLimit">, available: number): number {
  return Math.min(available, (memoryLimit === undefined ? undefined : bytesOf(memoryLimit)) ?? available);
}
