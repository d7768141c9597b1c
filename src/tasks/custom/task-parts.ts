import type { CustomDetails, CustomResultEvent } from "../../core/events/custom-event.js";
import type { BaselineKey } from "../../core/results/baseline-names.js";
import type { SampleSums } from "../../core/results/scored.js";
import type { CustomTask } from "../../core/results/task.js";
import type { Tensor } from "../../core/tensor.js";
import type { ClassSample, Dataset } from "../../data/index.js";
import type { Capability } from "../../methods/capabilities.js";
import type { Platform } from "../../platform/platform.js";
import type { TaskDefaults, TrainingHead } from "../../run/context.js";
import type { Machine } from "../../run/machine.js";
import type { MadeNetwork, OpenedBase } from "../../run/setup.js";
import type { RowsOf } from "../../run/training/train-source.js";

/** A labelled sample: an input with an id, a content hash and a split. */
export type CustomSample<Input> = ClassSample & Input;

/** Labelled samples of a task that is defined outside of the product. */
export interface CustomData<Input> extends Omit<Dataset, "task" | "classes" | "items"> {
  readonly items: readonly CustomSample<Input>[];
}

/** Prediction for a sample: one number per class. */
export type Predictions = readonly number[];

/** The parts that define a task. `Input` is the form of a sample that the network reads. */
export interface TaskParts<Input> {
  readonly name: CustomTask;
  readonly title: CustomResultEvent["title"];
  /** English plural noun for the samples, such as "series". */
  readonly samples: string;
  /** Names of the classes or numbers that the model predicts. */
  readonly classes: readonly string[];
  /** Meaning of a prediction: the probability of each class, or the value of each number. */
  readonly unit: "probability" | "value";
  /** Capabilities in addition to those of every task, such as "initial weights". */
  readonly capabilities?: readonly Capability[];
  readonly defaults: TaskDefaults;
  /** Returns true if the data at a path are for the task. Without this function, only the option `task` selects it. */
  readonly recognizes?: (machine: Machine, path: string) => Promise<boolean>;
  /** Opens the data at a path. @throws DataError for damaged data */
  readonly open: (platform: Platform, path: string, seed: number) => Promise<CustomData<Input>>;
  /** Converts an input of `predict` or `explain`. @throws DataError for a value that is not an input of the task */
  readonly read: (given: unknown) => Input;
  /** Stacks inputs of one size into a batch. */
  readonly tensor: (inputs: readonly Input[]) => Tensor;
  /** Makes the network up to its features, with random weights or those of another model. */
  readonly network: (
    platform: Platform,
    seed: number,
    from?: string,
  ) => Promise<OpenedBase & { readonly made: MadeNetwork }>;
  /** Number of outputs, loss of the training, and targets of a batch. */
  readonly head: Omit<TrainingHead, "metric" | "validate" | "targets"> & {
    targets?(items: readonly CustomSample<Input>[]): RowsOf;
  };
  /** Returns the predictions from the logits of one sample. */
  readonly predictions: (logits: Float32Array) => Predictions;
  /** Returns the validation loss of one sample. */
  readonly loss: (logits: Float32Array, sample: CustomSample<Input>) => number;
  /** The metric, and the numbers of one sample that it is computed from: see {@link SampleSums}. */
  readonly metric: Pick<SampleSums, "metric" | "k">;
  readonly sums: (predictions: Predictions, sample: CustomSample<Input>) => readonly number[];
  /** Tables and charts of the test split, which screen, page, card and `evaluate` show besides the score. Default: none. */
  readonly details?: (
    predictions: readonly Predictions[],
    samples: readonly CustomSample<Input>[],
  ) => CustomDetails;
  /** Predictions that need no model, such as the most frequent class of the training samples. */
  readonly constants: (
    train: readonly CustomSample<Input>[],
  ) => Partial<Readonly<Record<BaselineKey, Predictions>>>;
  readonly explained: {
    /** Names of the features that an explanation may hide. */
    readonly features: readonly string[];
    /** Returns an input without the features whose mask is 0. */
    readonly hide: (input: Input, shown: Uint8Array) => Input;
  };
}
