import { messageOf } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import type { HubCommit } from "../../core/results/base-facts.js";
import type { TaskSource } from "../../data/index.js";
import type { DistillOptions, TrainOptions } from "../../options/options.js";
import type { Extension } from "../../train/fit.js";
import type { Weighting } from "../../train/objectives/multi-task.js";
import type { ExtendManifest } from "./sums-in-folder.js";
import { type FieldType, wrongField } from "./wrong-field.js";

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
  readonly options: Readonly<Partial<TrainOptions & Omit<DistillOptions, "baselines">>>;
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

/** Type of each field of a manifest; "?" for a field that may be missing. A field without a type does not compile. */
const fieldTypes: Readonly<Record<Exclude<keyof RunManifest, CheckedField>, FieldType>> = {
  status: "string",
  command: "string",
  started: "string",
  decided: "object?",
  batch_parts: "number?",
  fingerprint: "string?",
  base_sha256: "string?",
  base_hub: "object?",
  teacher_sha256: "string?",
  init_sha256: "string?",
  preprocessing: "object?",
  cut: "string?",
  split_seed: "number?",
  result: "object?",
  multi_task: "object?",
  extend: "object?",
  extensions: "object?",
};
/** Fields that have a check of their own. */
type CheckedField = "format" | "task" | "target" | "data" | "options" | "threads" | "machine" | "versions";

/** Returns why this is no manifest; undefined if it is one. */
export async function damageOf(manifest: RunManifest | undefined): Promise<string | undefined> {
  if (typeof manifest !== "object" || manifest === null) return "it is not JSON";
  const { format, task, target, data, options, threads, machine, versions } = manifest;
  if (format !== manifestFormat)
    return `its format is ${JSON.stringify(format)}, this version knows format ${manifestFormat}`;
  if (typeof data !== "string") return "it does not say where the data is";
  if (typeof options !== "object" || options === null) return "it has no options";
  if (typeof machine !== "string" || typeof versions !== "object" || versions === null)
    return "it does not say what it ran on";
  const wrong = wrongField(manifest, fieldTypes);
  if (wrong !== undefined) return wrong;
  if (task === "adapt" && typeof target !== "string") return "it does not say where the target is";
  try {
    // Options of an adaptation or a pretraining are checked when it is resumed.
    if (task === undefined)
      (await import("../../options/check-options.js")).checkValues({ ...options, threads });
  } catch (error) {
    return messageOf(error);
  }
  return undefined;
}
