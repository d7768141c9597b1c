// Events before a run's first step. All events: events.ts.
import type { GroupName, Message, StrategyFacts } from "../messages/message.js";
import type { BaseFacts } from "../results/base-facts.js";
import type { SplitCounts } from "../results/counts.js";
import type { ModelTask, TableFacts } from "../results/task.js";

/** The splits of a dataset: for training, for choices, and for the final scores. */
export type Part = "train" | "validation" | "test";

/** The first event of a run: its task and its data. */
export interface StartEvent {
  readonly event: "start";
  /** The equivalent command line. */
  readonly command: string;
  /** Engraft's version. */
  readonly version: string;
  /** The runtime in use. Missing in events of version 0.1.0, whose `version` was the runtime's. */
  readonly runtime?: { readonly name: string; readonly version: string };
  /** The run folder. */
  readonly run?: string;
  readonly seed: number;
  readonly threads: number;
  readonly machine: string;
}

/** Where a run computes, if the user gave a device, and why if `auto` decided it. */
export interface DeviceEvent {
  readonly event: "device";
  readonly device: "cpu" | "webgpu" | "cuda";
  /** Name of the GPU, if its driver tells it. */
  readonly adapter?: string;
  /** Milliseconds of a training step of a small network, if both were measured. */
  readonly milliseconds?: { readonly cpu: number; readonly webgpu: number };
  /** The same in a sentence. */
  readonly words: string;
}

/** The opened data: classes, splits, omissions. */
export interface DataEvent {
  readonly event: "data";
  readonly task: ModelTask | "language-modelling";
  /** Empty where numbers are learnt. */
  readonly classes: readonly string[];
  /** Target columns of a regression. */
  readonly targets?: readonly string[];
  readonly table?: TableFacts;
  readonly split: SplitCounts;
  /** A sentence on the origin of the splits ("70 / 15 / 15, stratified, seed 0"). */
  readonly split_words: string;
  /** The same for reports in other languages. */
  readonly split_messages?: readonly Message[];
  /** For several tasks on one body: each with its classes and labelled images. */
  readonly tasks?: readonly {
    readonly name: string;
    readonly classes: readonly string[];
    readonly labelled: number;
  }[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Copies of other items: exact ones, near ones, and those whose original is in another given split. */
  readonly duplicates: { readonly exact: number; readonly near: number; readonly across_parts: number };
  /** Pairs across the split that should not be: at most 200. */
  readonly leaks?: readonly LeakedPair[];
  /** sha256: equal only for the same data and splits. */
  readonly fingerprint: string;
  /** Script of most letters of the texts. Missing: Latin, or no texts. */
  readonly script?: TextScript;
}

/** A script other than Latin: Chinese characters, or any other one. */
export type TextScript = "han" | "other";

/** Two items on two sides of a split that show the same thing; `item` is in the training or validation split. */
export interface LeakedPair {
  readonly kind: "exact" | "near" | "group" | "features";
  readonly item: string;
  readonly part: Part;
  readonly other: string;
  readonly other_part: Part;
  readonly left_out?: true;
}

/** Images that the base can hardly distinguish, across the splits: emitted when its features exist. */
export interface LeaksEvent {
  readonly event: "leaks";
  readonly found: number;
  /** At most 200, the closest first. */
  readonly leaks: readonly (LeakedPair & {
    /** 1 − cosine, as a share of the usual distance. */ readonly distance: number;
  })[];
}

/** The base of a run, and where its new head begins. */
export interface BaseEvent extends BaseFacts {
  readonly event: "base";
  /** `float32[batch, 3, 224, 224] at 224 × 224` */
  readonly input: string;
  /** The value at which it was cut, and why. */
  readonly cut: string;
  /** Features per item. */
  readonly features: number;
  /** Changes that the importer made to the file, in words. */
  readonly notes?: readonly string[];
}

/** What trains: emitted before the first step. */
export interface TrainableEvent extends Omit<StrategyFacts, "name"> {
  readonly event: "trainable";
  readonly strategy: string;
  /** Trainable parameters, and all parameters of the model. */
  readonly parameters: number;
  readonly total: number;
  readonly groups: readonly (GroupName & {
    readonly parameters: number;
    /** Number of weights that hold them. */
    readonly values: number;
    /** Peak learning rate; 0 for a solved head. */
    readonly rate: number;
    /** Number of epochs before it starts training. Default 0. */
    readonly from?: number;
  })[];
}
