import { EngraftError } from "../../core/errors.js";
import type { Augmentation } from "../../data/index.js";
import { type Quotes, quoteForms } from "../../data/lists/quotes.js";
import { type AdaptationName, adaptations, checkAdaptation } from "../../methods/adapt/registry.js";
import type { RequestedOptions } from "../../methods/settings.js";
import { type OptimizerName, optimizerNames, type ScheduleName, scheduleNames } from "../../optim/names.js";
import {
  above,
  between,
  type Check,
  checkAgainst,
  numbers,
  oneOf,
  settingsGiven,
  text,
  whole,
  yesOrNo,
} from "../../options/option-checks.js";
import type { PreprocessingRequest, TaskOptions } from "../../options/options.js";

/** What `adapt` may be told; everything has a default. */
export interface AdaptOptions extends TaskOptions, PreprocessingRequest {
  /** How quotes of a CSV or TSV are read: "standard" encloses values, "none" takes them as text. Default: decided by the file. */
  readonly quotes?: Quotes;
  /** As in `train`: which items of the target belong together. A group stays in one part, and the intervals count the groups. */
  readonly groupFrom?: string;
  /**
   * As in `train`, or "lenet": a small network from random weights. Default "vision-mini" for pictures; texts have a network of their own.
   */
  readonly base?: string;
  /** Default "dann". */
  readonly method?: AdaptationName;
  /** Options of the method by name, such as `{ tradeOff: "0.1,1" }`. */
  readonly option?: RequestedOptions;
  /** Default "adamw". */
  readonly optimizer?: OptimizerName;
  /** Default "cosine". */
  readonly schedule?: ScheduleName;
  /** Passes over the source's train part. Default: by its size, 4 to 15. */
  readonly epochs?: number;
  /** Peak learning rate. Default 1e-3. */
  readonly lr?: number;
  /** Items of each domain a step. Default 32. */
  readonly batchSize?: number;
  /** Default "none": digits and drawings must not be mirrored. */
  readonly augment?: Augmentation;
  /** Value of the base to cut at. Default: found by itself. */
  readonly cut?: string;
  /** Words that texts are counted by, at most. Default 5000. */
  readonly terms?: number;
  /** The run folder. Default: runs/<date>-<source>-to-<target>. */
  readonly out?: string;
  /** Seconds between two checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
  /** Also write TensorBoard's event files, in the run folder's `tensorboard/`. Default false. */
  readonly tensorboard?: boolean;
}

/** What holds where an option is not given. */
export const adaptDefaults = {
  base: "vision-mini",
  method: "dann",
  augment: "none",
  schedule: "cosine",
  terms: 5000,
  seed: 0,
} as const satisfies Partial<AdaptOptions>;

const checks: Readonly<Record<Exclude<keyof AdaptOptions, "onEvent" | "signal">, Check>> = {
  seed: whole(0, 2 ** 31 - 1),
  quotes: oneOf(...quoteForms),
  groupFrom: text,
  threads: whole(1, 1024),
  cache: yesOrNo,
  mean: numbers(""),
  std: numbers(""),
  rescale: above(0, 1e6),
  channels: oneOf("rgb", "bgr"),
  imageSize: whole(16, 4096),
  base: text,
  method: oneOf(...Object.keys(adaptations)),
  option: settingsGiven,
  optimizer: oneOf(...optimizerNames),
  schedule: oneOf(...scheduleNames),
  epochs: whole(1, 10_000),
  lr: above(0, 100),
  batchSize: whole(4, 4096),
  augment: oneOf("none", "light", "standard"),
  cut: text,
  terms: whole(10, 100_000),
  out: text,
  checkpointSeconds: between(0, 3600),
  tensorboard: yesOrNo,
};

/** @throws OptionError for an option that there is not, or a value that it cannot have */
export function checkAdaptOptions(options: Readonly<Record<string, unknown>>): void {
  checkAgainst(checks, options);
  const { method, option } = options as AdaptOptions;
  if (option !== undefined) checkAdaptation(method ?? adaptDefaults.method, option);
}

/** @throws OptionError for an option that only pictures have */
export function requireForTexts({ base, imageSize, augment, cut }: AdaptOptions): void {
  const [wrong] = Object.entries({ base, imageSize, augment, cut }).filter(([, v]) => v !== undefined);
  if (wrong)
    throw new EngraftError("OptionError", `${wrong[0]} is for pictures, and these are texts`, {
      help: "texts are counted word by word and have a small network of their own: leave it out",
    });
}
