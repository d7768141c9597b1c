import { type WeightStorage, weightStorages } from "../../bases/weight-storages.js";
import { type OptimizerName, optimizerNames, type ScheduleName, scheduleNames } from "../../optim/names.js";
import {
  above,
  between,
  type Check,
  checkAgainst,
  memoryAmount,
  oneOf,
  text,
  whole,
  yesOrNo,
} from "../../options/option-checks.js";
import type { TaskOptions, TrainOptions } from "../../options/options.js";

/** What `pretrain` may be told; everything has a default. */
export interface PretrainOptions extends Omit<TaskOptions, "cache"> {
  /** A text encoder or decoder: a bundled name, a file.onnx, a folder, or hf:org/name. Default "text-mini". */
  readonly base?: string;
  /** Share of the tokens that are hidden, of a model that sees both sides. Default 0.15. */
  readonly maskShare?: number;
  /** Hide all pieces of a word together. Default false. */
  readonly wholeWords?: boolean;
  /** Passes over the texts. Default: by their number, 3 to 15. */
  readonly epochs?: number;
  /** Peak learning rate of the base's weights. Default: by the model's size, 2e-5 for one of BERT-base's. */
  readonly lr?: number;
  /** Rows of tokens a step. Default 4, from 128 rows on 16, from 500 on 32. */
  readonly batchSize?: number;
  /** Tokens of a row. Default 128, or what the base takes. */
  readonly maxLength?: number;
  /** Default "adamw". */
  readonly optimizer?: OptimizerName;
  /** Default "linear": a warm-up over a tenth, then down to 0. */
  readonly schedule?: ScheduleName;
  /** Seconds that the whole run may take. Default: no limit. */
  readonly budget?: number;
  /** Value of the base where the features of tokens are. Default: found by itself. */
  readonly cut?: string;
  /** How the new base's file holds its weights. Default "fp32". */
  readonly weights?: WeightStorage;
  /** See `train`. */
  readonly recompute?: TrainOptions["recompute"];
  readonly memoryLimit?: TrainOptions["memoryLimit"];
  /** The run folder. Default: runs/<date>-<name of the texts>. */
  readonly out?: string;
  /** Seconds between two checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
  /** Also write TensorBoard's event files, in the run folder's `tensorboard/`. Default false. */
  readonly tensorboard?: boolean;
}

/** What holds where an option is not given. */
export const pretrainDefaults = {
  base: "text-mini",
  maskShare: 0.15,
  schedule: "linear",
  optimizer: "adamw",
  weights: "fp32",
  seed: 0,
} as const satisfies Partial<PretrainOptions>;

const checks: Readonly<Record<Exclude<keyof PretrainOptions, "onEvent" | "signal">, Check>> = {
  seed: whole(0, 2 ** 31 - 1),
  threads: whole(1, 1024),
  base: text,
  maskShare: between(0.01, 0.9),
  wholeWords: yesOrNo,
  epochs: whole(1, 10_000),
  lr: above(0, 100),
  batchSize: whole(1, 4096),
  maxLength: whole(8, 8192),
  optimizer: oneOf(...optimizerNames),
  schedule: oneOf(...scheduleNames),
  budget: between(1, 30 * 86_400),
  cut: text,
  weights: oneOf(...Object.keys(weightStorages)),
  recompute: oneOf("auto", "none", "all"),
  memoryLimit: memoryAmount,
  out: text,
  checkpointSeconds: between(0, 3600),
  tensorboard: yesOrNo,
};

/** @throws OptionError for an option that there is not, or a value that it cannot have */
export function checkPretrainOptions(options: Readonly<Record<string, unknown>>): void {
  checkAgainst(checks, options);
}
