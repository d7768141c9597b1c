import type { CustomResultEvent } from "../../core/events/custom-event.js";
import type { BaselineKey } from "../../core/results/baseline-names.js";
import type { SampleSums } from "../../core/results/scored.js";
import type { CustomTask } from "../../core/results/task.js";
import type { Tensor } from "../../core/tensor.js";
import type { Dataset, ImageItem } from "../../data/index.js";
import type { Capability } from "../../methods/capabilities.js";
import type { Platform } from "../../platform/platform.js";
import type { TaskDefaults, TrainingHead } from "../../run/context.js";
import type { Machine } from "../../run/machine.js";
import type { MadeNetwork, OpenedBase } from "../../run/setup.js";

/** A labelled sample: an input with an id, a content hash and a split. */
export type Sample<Input> = ImageItem & Input;

/** Labelled samples of a task that is defined outside of the product. */
export interface CustomData<Input> extends Omit<Dataset, "task" | "classes" | "items"> {
  readonly items: readonly Sample<Input>[];
}

/** The numbers that a sample is explained and predicted by: one for each class. */
export type Predictions = readonly number[];

/** What is particular to a task. `Input` is what the network reads of a sample. */
export interface TaskParts<Input> {
  readonly name: CustomTask;
  readonly title: CustomResultEvent["title"];
  /** What several samples are called in English: "series". */
  readonly samples: string;
  /** Names of what is predicted. */
  readonly classes: readonly string[];
  /** What a prediction is: the probability of each class, or the value of each number. */
  readonly unit: "probability" | "value";
  /** Capabilities besides those of every task, such as "initial weights". */
  readonly capabilities?: readonly Capability[];
  readonly defaults: TaskDefaults;
  /** Returns true if the data at a path are for the task. Missing: the option `task` names it. */
  readonly recognizes?: (machine: Machine, path: string) => Promise<boolean>;
  /** Opens data. @throws DataError for data that are damaged */
  readonly open: (platform: Platform, path: string, seed: number) => Promise<CustomData<Input>>;
  /** Reads what `predict` and `explain` are given. @throws DataError for something else */
  readonly read: (given: unknown) => Input;
  /** Puts inputs of one size side by side. */
  readonly tensor: (inputs: readonly Input[]) => Tensor;
  /** Makes the network up to its features, from random weights or from those of another model. */
  readonly network: (
    platform: Platform,
    seed: number,
    from?: string,
  ) => Promise<OpenedBase & { readonly made: MadeNetwork }>;
  /** Number of outputs, loss of the training, and targets of a batch. */
  readonly head: Omit<TrainingHead, "metric" | "validate">;
  /** Returns the predictions from the logits of one sample. */
  readonly predictions: (logits: Float32Array) => Predictions;
  /** Returns the validation loss of one sample. */
  readonly loss: (logits: Float32Array, sample: Sample<Input>) => number;
  /** The metric, and the numbers of one sample that it is made of: see {@link SampleSums}. */
  readonly metric: Pick<SampleSums, "metric" | "k">;
  readonly sums: (predictions: Predictions, sample: Sample<Input>) => readonly number[];
  /** Predictions that need no model, such as the most frequent class of the training samples. */
  readonly constants: (
    train: readonly Sample<Input>[],
  ) => Partial<Readonly<Record<BaselineKey, Predictions>>>;
  readonly explained: {
    /** Names of the features that an explanation may hide. */
    readonly features: readonly string[];
    /** Returns an input without the features whose mask is 0. */
    readonly hide: (input: Input, shown: Uint8Array) => Input;
  };
}
