import type { TextPooling } from "../bases/text/text-poolings.js";
import type { WeightStorage } from "../bases/weight-storages.js";
import { bytesOf } from "../core/bytes.js";
import type { OnEvent } from "../core/events/events.js";
import type { Sentence } from "../core/messages/message.js";
import type { CustomTask, TaskName } from "../core/results/task.js";
import type { Quotes } from "../data/lists/quotes.js";
import type { AverageName, BatchNormName, SamplingName } from "../methods/loop-names.js";
import type { StrategyName } from "../methods/registry.js";
import type { RequestedOptions } from "../methods/settings.js";
import type { OptimizerName, ScheduleName } from "../optim/names.js";
import { type Augment, usualAugmentation } from "./augment-options.js";
/** What every task that takes long accepts. */
export interface TaskOptions {
  /** Decides the split, the order of the data, augmentation and fresh weights. Default 0. */
  readonly seed?: number;
  /** Threads of the runtime. Default: the machine's cores. */
  readonly threads?: number;
  /** Keep and use features on disk. Default true. */
  readonly cache?: boolean;
  readonly onEvent?: OnEvent;
  /** Abort: the state is saved, then the task throws `Interrupted`. */
  readonly signal?: AbortSignal;
}

/** How a base without a `preprocessor_config.json` wants its pictures. */
export interface PreprocessingRequest {
  /** Per channel, in the order of `channels`, after rescaling. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** Factor on 0 … 255 pixels. */
  readonly rescale?: number;
  readonly channels?: "rgb" | "bgr";
  /** Height and width in pixels. */
  readonly imageSize?: number;
}

/** What `train` may be told; everything has a default. */
export interface TrainOptions extends TaskOptions, PreprocessingRequest {
  /** A bundled name, a file.onnx, a model folder, or hf:org/repo[@revision]. Default "vision-mini". */
  readonly base?: string;
  /**
   * Default "auto" for classes of pictures and texts, which is what {@link plan} would do, as long as nothing is said of how
   * it trains (`epochs`, `lr`, `option` …); else "finetune".
   */
  readonly strategy?: StrategyName;
  /** Why this strategy, for the record: what a plan says. Default: that it was asked for. */
  readonly reasons?: readonly Sentence[];
  /** Options of strategy and loop by name, such as `{ last: 2 }` for "last-n", or `{ labelSmoothing: 0.1 }`. */
  readonly option?: RequestedOptions;
  /** Default "adamw". The strategy's rates are for it, and translated for the others unless `lr` is given. */
  readonly optimizer?: OptimizerName;
  /** How the rate goes over the run. Default: by the strategy, mostly "one-cycle". */
  readonly schedule?: ScheduleName;
  /** Default: by the number of examples, 3 to 15. */
  readonly epochs?: number;
  /** Peak learning rate of the head; "find": by a sweep before training. Default 1e-3. */
  readonly lr?: number | "find";
  /** Seconds that the whole run may take: they decide how many steps are made. Default: no limit. */
  readonly budget?: number;
  /** Batches whose gradients make one update of the weights. Default 1. */
  readonly accumulate?: number;
  /** Radius ρ of sharpness-aware minimisation, .05 is usual; a step takes twice as long. Default: none. */
  readonly sam?: number;
  /** What becomes of the weights of several epochs or steps. Default "none": the best epoch's are kept. */
  readonly average?: AverageName;
  /** "balanced": an epoch shows every class as often as the others. Default "shuffled": every picture once. */
  readonly sampling?: SamplingName;
  /** What BatchNormalization normalises by. Default "frozen": the base's own averages. */
  readonly batchNorm?: BatchNormName;
  /** Pictures a step. Default 16, from 500 examples on 32. */
  readonly batchSize?: number;
  /** Of pictures "light" is the default. Texts are not changed by default; they have ways of their own: "typo", "delete,swap". */
  readonly augment?: Augment;
  /** Learn from so many pictures of the training part, of each class its share; a smaller number's are among a larger's. */
  readonly trainSize?: number;
  /** A regular expression whose bracket is the group of a picture, tried on its path: groups stay on one side. */
  readonly groupFrom?: string;
  /** Value of the base to cut at. Default: found by itself. */
  readonly cut?: string;
  /** Weights of the base that train: names with `*`, commas between several, or `after:VALUE`. Default: all. */
  readonly trainable?: string;
  /** How the model file holds its weights; training is float32 in any case. Default "fp32". */
  readonly weights?: WeightStorage;
  /** Also score the test part with so many views of each picture, 2 … 12, averaged. Default 1: not. */
  readonly tta?: number;
  /** How the features of a text's tokens become one row. Default: what the base's own files say. */
  readonly pooling?: TextPooling;
  /** Tokens a text may have; longer ones are cut, and counted. Default 128, or what the base takes. */
  readonly maxLength?: number;
  /** Keep lora, dora, ia3 or adapter apart from its base: a small file instead of a whole model. Default false. */
  readonly adapterOnly?: boolean;
  /** The run folder. Default: runs/<date>-<name of the data>. */
  readonly out?: string;
  /**
   * Also train the same network from scratch, and compare. "auto": where a forecast says that it takes at most two
   * minutes, or that with it the run fits its budget; then the run's record says true or false. Default false; the command
   * line gives "auto" unless it is told `--baselines` or `--no-baselines`.
   */
  readonly baselines?: boolean | "auto";
  /**
   * Most steps of the training from scratch that a run is compared with. It stops when validation no longer improves.
   * Default: 3 times the steps of the run, at least 1,500; with `baselines: "auto"` as many of these as fit two minutes.
   */
  readonly scratchSteps?: number;
  /** With baselines: a gain within ± this counts as none; a share of the answers, 0.01 is one point. Default 0.01. */
  readonly margin?: number;
  /** Train from scratch too, and keep whichever is better on the validation part, which can err. Default false. */
  readonly safe?: boolean;
  /**
   * Trainings that differ in their seed alone, with the baselines, from `seed` on: what another training would give. The
   * model is the first's. Of `distill`, with and without the teacher; there the best by validation is kept. Default 1; of classes,
   * labels and entities with `baselines: true` and without a budget 3, with "auto" 3 or 1 by the forecast.
   */
  readonly seeds?: number;
  /**
   * Look inside the model for its report: where it looks, the test part as it sees it, what training moved; of a table,
   * which columns its predictions depend on. It takes a tenth of the run's time, 6 to 60 s at most. Default false; the command line does it unless it is told `--no-explain`.
   */
  readonly explain?: boolean;
  /** Show samples in the report: pictures, texts, and the words of texts. Default true; their names stay either way. */
  readonly pictures?: boolean;
  /** Also write TensorBoard's event files, in the run folder's `tensorboard/`. Default false. */
  readonly tensorboard?: boolean;
  /**
   * Whether a training step keeps what its forward pass computes ("none"), computes it again as far as it can ("all"), or
   * only as far as memory asks for. Default "auto".
   */
  readonly recompute?: "auto" | "none" | "all";
  /** Memory that the run may take: bytes, or "4GB", "512MiB". Default, and at most: what the machine has. */
  readonly memoryLimit?: number | string;
  /** Seconds between two checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
  /**
   * Task of the run. Default "auto": the data decide. "entities" is short for "token-classification", "multi-label" for
   * "multi-label-classification".
   */
  readonly task?: TaskName | CustomTask | "auto";
  /** Of texts with classes: another list of the same classes, such as another language, that the model is tested on too. */
  readonly test?: string;
  /** The column of texts, or two with a comma between: pairs of texts. Default: found by name. */
  readonly text?: string;
  /** How quotes of a CSV or TSV are read: "standard" encloses values, "none" takes them as text. Default: decided by the file. */
  readonly quotes?: Quotes;
  /**
   * Names of the classes or tags 0, 1, 2 … of a list, with commas between. Default: those of its metadata or of its dataset
   * card.
   */
  readonly classNames?: string;
  /** Of several labels: the column that holds them, or some columns of 0 and 1, with commas between. Default: found by name. */
  readonly labels?: string;
  /** Of several labels: the probability from which on one is said, or "validation": chosen there for each. Default 0.5. */
  readonly threshold?: number | "validation";
  /** Columns to learn, with commas between; of texts the column of classes. Default: found by name and content. */
  readonly target?: string;
  /** Columns of a table to leave out, with commas between. */
  readonly ignore?: string;
  /** Columns of numbers that are names, such as post codes, with commas between. */
  readonly categories?: string;
  /** What numbers are learnt by: squared error, or Huber's, which minds outliers less. Default "mse". */
  readonly loss?: "mse" | "huber";
  /** Where Huber's loss turns straight, in deviations of the training part. Default 1. */
  readonly huberDelta?: number;
  /** Of prediction intervals and sets: the share of new items that shall lie inside. Default 0.9. */
  readonly coverage?: number;
  /** "temperature": the model divides its scores by one that was fitted on validation. Default "none". */
  readonly calibrate?: "none" | "temperature";
  /** Accuracy that answers shall have; below the threshold for it `predict` may say "unsure". Default 0.95. */
  readonly abstain?: number;
  /** A model to take weights from, by name and shape: a model folder, or an ONNX file. */
  readonly initFrom?: string;
  /** Where the head begins: the probe's solution, or the old classifier's rows for classes of the same or a similar name. */
  readonly initHead?: "probe" | "reuse";
}

/** What `distill` may be told beside what `train` may. */
export interface DistillOptions extends Omit<TrainOptions, "baselines" | "scratchSteps" | "margin" | "safe"> {
  /** What the student learns from: a run, a model folder, a file.onnx, a name, or hf:org/name. */
  readonly teacher: string;
  /** "soft", "hints", "attention", "relational", or several with commas between. Default "soft". */
  readonly method?: string;
  /** Train the same student without the teacher beside it, and compare. Default true. */
  readonly comparison?: boolean;
}

/** What holds where an option is not given. */
export const defaults = {
  base: "vision-mini",
  strategy: "finetune",
  augment: usualAugmentation,
  weights: "fp32",
  seed: 0,
  loss: "mse",
  huberDelta: 1,
  coverage: 0.9,
  abstain: 0.95,
} as const satisfies Partial<TrainOptions>;

/** Seeds of a verdict where none are said: two more say how much another training would differ. */
export const verdictSeeds = 3;

/** Whether a step computes again, as the training loop calls it. */
export function recomputeOf({ recompute = "auto" }: Pick<TrainOptions, "recompute">): "auto" | "off" | "on" {
  return ({ auto: "auto", none: "off", all: "on" } as const)[recompute];
}

/** Bytes that a run may take. @param available bytes of the machine */
export function memoryOf({ memoryLimit }: Pick<TrainOptions, "memoryLimit">, available: number): number {
  return Math.min(available, (memoryLimit === undefined ? undefined : bytesOf(memoryLimit)) ?? available);
}
