// What a run says before its first step. All events: events.ts.
import type { BaseFacts } from "../results/base-facts.js";
import type { SplitCounts } from "../results/counts.js";
import type { ModelTask, TableFacts } from "../results/task.js";

/** The parts of a data set: what is learnt from, what choices are made by, what is scored once. */
export type Part = "train" | "validation" | "test";

/** The first of a run: what it is, and on what. */
export interface StartEvent {
  readonly event: "start";
  /** The command line that does the same. */
  readonly command: string;
  /** Engraft's own. */
  readonly version: string;
  /** What runs the graphs. Missing in events of version 0.1.0, whose `version` was the runtime's. */
  readonly runtime?: { readonly name: string; readonly version: string };
  /** The run folder. */
  readonly run?: string;
  readonly seed: number;
  readonly threads: number;
  readonly machine: string;
}

/** The data, looked at: classes, parts, what was left out. */
export interface DataEvent {
  readonly event: "data";
  readonly task: ModelTask | "language-modelling";
  /** Empty where numbers are learnt. */
  readonly classes: readonly string[];
  /** Columns whose numbers are learnt. */
  readonly targets?: readonly string[];
  readonly table?: TableFacts;
  readonly split: SplitCounts;
  /** One sentence on where the parts come from ("70 / 15 / 15, stratified, seed 0"). */
  readonly split_words: string;
  /** Of several tasks on one body: each with its classes and labelled pictures. */
  readonly tasks?: readonly {
    readonly name: string;
    readonly classes: readonly string[];
    readonly labelled: number;
  }[];
  readonly skipped: readonly { readonly item: string; readonly reason: string }[];
  /** Copies of other items: exact ones, near ones, and those whose original is in another given part. */
  readonly duplicates: { readonly exact: number; readonly near: number; readonly across_parts: number };
  /** Pairs on two sides of the split that should not be: at most 200. */
  readonly leaks?: readonly LeakedPair[];
  /** sha256: equal only for the same data and split. */
  readonly fingerprint: string;
}

/** Two items on two sides of a split that are one thing; `item` is in the part that learns or chooses. */
export interface LeakedPair {
  readonly kind: "exact" | "near" | "group" | "features";
  readonly item: string;
  readonly part: Part;
  readonly other: string;
  readonly other_part: Part;
  readonly left_out?: true;
}

/** Pictures that the base finds hardly different, across the parts: told when its features are there. */
export interface LeaksEvent {
  readonly event: "leaks";
  readonly found: number;
  /** At most 200, the closest first. */
  readonly leaks: readonly (LeakedPair & {
    /** 1 − cosine, as a share of the usual distance. */ readonly distance: number;
  })[];
}

/** What the run starts from, and where its new head begins. */
export interface BaseEvent extends BaseFacts {
  readonly event: "base";
  /** `float32[batch, 3, 224, 224] at 224 × 224` */
  readonly input: string;
  /** The value it was cut at, and why there. */
  readonly cut: string;
  /** Features an item. */
  readonly features: number;
  /** What the importer did to the file, in words. */
  readonly notes?: readonly string[];
}

/** What trains: printed before the first step. */
export interface TrainableEvent {
  readonly event: "trainable";
  readonly strategy: string;
  readonly reasons: readonly string[];
  /** Numbers that train, and all numbers of the model. */
  readonly parameters: number;
  readonly total: number;
  readonly groups: readonly {
    readonly name: string;
    readonly parameters: number;
    /** Weights that hold them. */
    readonly values: number;
    /** Peak learning rate; 0 for a head that is solved. */
    readonly rate: number;
    /** Epochs that are over before it moves. Default 0. */
    readonly from?: number;
  }[];
}
