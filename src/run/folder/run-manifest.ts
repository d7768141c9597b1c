import type { EngraftEvent } from "../../core/events/events.js";
import type { HubCommit } from "../../core/results/base-facts.js";
import type { TaskSource } from "../../data/index.js";
import type { DistillOptions, RecipeOptions } from "../../options/options.js";
import type { Extension } from "../../train/fit.js";
import type { Weighting } from "../../train/objectives/multi-task.js";
import type { ExtendManifest } from "./sums-in-folder.js";

/** Format of the manifests of runs and studies. Those of other formats are refused. */
export const manifestFormat = 2;

/** `run.json`: everything about a run, and finally its result. */
export interface RunManifest {
  readonly format: typeof manifestFormat;
  /** Missing: `engraft train`. */
  readonly task?: "adapt" | "pretrain";
  /** The target domain of an adaptation: absolute path. */
  readonly target?: string;
  readonly status: "running" | "done";
  /** With a line for each time that it was trained further. */
  readonly command: string;
  /** Absolute path of the data. */
  readonly data: string;
  /** Options that determine the result, as given. */
  readonly options: Readonly<Partial<RecipeOptions & Omit<DistillOptions, "baselines">>>;
  /** Options that the run decided itself, with their current values; null: removed. */
  readonly decided?: Readonly<Record<string, unknown>>;
  readonly started: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  readonly threads: number;
  /** Parts into which the GPU's memory divides each batch. Missing: 1. */
  readonly batch_parts?: number;
  /** Set once the data and the base are opened: a resumed run refuses others. */
  readonly fingerprint?: string;
  readonly base_sha256?: string;
  /** SHA-256 of the tokenizer, or of the front end of sounds. Missing for a base of pictures. */
  readonly front_end_sha256?: string;
  /** Repository and commit of a base from the hub. */
  readonly base_hub?: HubCommit;
  readonly teacher_sha256?: string;
  /** sha256 of the model of `--init-from`, or of the rows of `--with`. */
  readonly init_sha256?: string;
  readonly preprocessing?: Readonly<Record<string, unknown>>;
  readonly cut?: string;
  /** Seed of the data's split: a dataset opened beforehand has its own. */
  readonly split_seed?: number;
  /** How the finished run was trained further, in order. */
  readonly extensions?: readonly Extension[];
  readonly result?: EngraftEvent;
  /** For several tasks on one body: the tasks, and how they are combined. */
  readonly multi_task?: MultiTaskManifest;
  readonly extend?: ExtendManifest;
}

/** What determines a run on several tasks besides its options. */
export interface MultiTaskManifest {
  readonly sources: readonly TaskSource[];
  readonly weighting?: Weighting;
  readonly temperature?: number;
  readonly weights?: Readonly<Record<string, number>>;
  readonly baselines?: boolean;
}
