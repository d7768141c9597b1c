import type { EngraftEvent } from "../core/events/events.js";
import type { OnWork } from "../core/events/work-events.js";
import type { Message } from "../core/messages/message.js";
import type { BaseModality } from "../core/modalities.js";
import type { Sample } from "../data/index.js";
import type { RecipeOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import type { Context } from "../run/context.js";
import type { RunFolder } from "../run/folder/run-folder.js";
import type { OpenedBase } from "../run/setup.js";

/** How data and base are opened. */
export interface OpenHow {
  readonly platform: Platform;
  readonly options: RecipeOptions;
  readonly seed: number;
  readonly onEvent: OnWork;
  readonly signal: AbortSignal | undefined;
  /** Time at which the run began. Missing: nothing is trained. */
  readonly started?: Date;
  /** Path of the run, for temporary files of many samples. */
  readonly run: string;
  /** Long texts are read as a whole, although the encoder reads only their beginning. */
  readonly whole: boolean;
  /** Allows empty splits and a single class, for one of several sources. Default false. */
  readonly emptyParts?: boolean;
  /** Keeps all samples for training, with a warning, if they have too few groups for three splits. Default false. */
  readonly unscored?: boolean;
  /** Label columns of several tasks. No column of them gives the groups, and any number of rows may lack a label. */
  readonly taskColumns?: readonly string[] | undefined;
  /** Keeps what near copies of pictures and clips are found by. Default false. */
  readonly prints?: boolean;
}

/** Samples of a run, as far as every task has them. */
export interface OpenedData {
  readonly items: readonly Pick<Sample, "id" | "sha256" | "part" | "group">[];
  readonly seed: number;
  readonly fingerprint: string;
  /** Where the splits come from. Missing: it is not known. */
  readonly splitMessages?: readonly Message[];
}

/** The base of a run, with what the task keeps of it. */
export interface OpenedWith {
  /** A pretrained base, or a network made for the data, which has its weights already. */
  readonly opened: OpenedBase;
  /**
   * What a resumed run must find unchanged besides data and base: the model whose weights a made network has, its source table, or the
   * template of chats. Default: nothing.
   */
  readonly from?: {
    readonly name: string;
    readonly sha256: string;
    /** Default: the model of --init-from. */
    readonly what?: string;
  };
}

/** What a run has besides its folder and its machine. */
type Bound = Pick<Context, "dataset" | "inputs" | "training"> & Partial<Pick<Context, "options" | "besides">>;

/** A context that is not bound to the data yet. */
export interface Unbound<Base> extends Omit<Context, "run" | Exclude<keyof Bound, "options">> {
  /** The folder for temporary files. */
  readonly run: Pick<RunFolder, "path">;
  /** Opens the base again, for long texts as a whole. It reports nothing. */
  readonly reopen: () => Promise<Base>;
}

/**
 * What a run of a task opens and trains. Everything else of a run and of an inspection follows from it: {@link executeTask},
 * {@link inspectTask}.
 */
export interface TaskRun<Data extends OpenedData, Base extends OpenedWith, Result> {
  /** Opens the data at a path, and reports them. @throws DataError for unusable data */
  readonly open: (path: string, how: OpenHow) => Promise<Data>;
  /** Opens the base, and reports it. @throws ModelError for a base of other samples */
  readonly base: (data: Data, how: OpenHow) => Promise<Base>;
  /** Leaves out samples that the base cannot take. Missing: it takes all. */
  readonly fitting?: (data: Data, base: Base, onEvent: OnWork) => Data;
  /** Returns the target of a sample as text: a resumed run names samples whose target is another one. */
  readonly targetText: (item: Data["items"][number], data: Data) => string;
  /** Returns the labels of a sample. Missing: a sample has no list of labels. */
  readonly labelNames?: (item: Data["items"][number], data: Data) => readonly string[];
  /** Refuses options that samples of this kind cannot use, before the base is opened. Missing: the task has one kind. @throws OptionError */
  readonly refuse?: (data: Data, options: RecipeOptions) => void;
  /** Name of the samples, and number of classes (0 for numbers and texts). */
  readonly counted: (data: Data) => Pick<InspectedData, "samples" | "classes" | "input">;
  /** Binds a run to data and base. @param base the opened base has the weights that the run starts from */
  readonly bind: (data: Data, base: Base, its: Unbound<Base>) => Promise<BoundRun<Result>>;
}

/** A run that is ready to be trained. */
export interface BoundRun<Result> {
  readonly bound: Bound;
  readonly train: (context: Context, begin: number, events: readonly EngraftEvent[]) => Promise<Result>;
}

/** Data and base that many trainings share. */
export interface InspectedData {
  /** Fingerprint of the data with its split. */
  readonly fingerprint: string;
  /** SHA-256 of the base, or of the model that weights come from; empty if all weights are random. */
  readonly baseSha256: string;
  /** Number of training samples, and of classes (0 for numbers). */
  readonly train: number;
  readonly classes: number;
  /** Name of the samples: "pictures". */
  readonly samples: string;
  /** Modality of the inputs, if the task has several. */
  readonly input?: BaseModality;
}

/** A sample of opened data, with its target as text. */
export interface InspectedSample {
  readonly id: string;
  readonly part: string;
  readonly group?: string;
  readonly target: string;
  /** Labels of a sample that has any number of them. */
  readonly labels?: readonly string[];
}

/** Options of a training. The inspection reports data and base as events. */
export type InspectOptions = Readonly<Partial<RecipeOptions>> & {
  readonly seed: number;
  readonly onEvent?: OnWork;
};
