import { EngraftError } from "../../core/errors.js";
import type { Augmentation } from "../../data/index.js";
import {
  type AdaptationName,
  adaptationOf,
  adaptations,
  checkAdaptation,
  isSourceFree,
} from "../../methods/adapt/registry.js";
import type { RequestedOptions } from "../../methods/settings.js";
import { type Check, checkAgainst, oneOf, settingsGiven, text, whole } from "../../options/option-checks.js";
import type { PreprocessingRequest, TaskOptions, TrainOptions } from "../../options/options.js";
import { checksOf } from "../checks-of.js";

/** Options that mean the same as for `train`. */
const shared = [
  ...([
    "seed",
    "threads",
    "device",
    "cache",
    "out",
    "checkpointSeconds",
    "tensorboard",
    "quotes",
    "groupFrom",
  ] as const),
  ...(["mean", "std", "rescale", "channels", "imageSize", "cut"] as const),
  ...(["optimizer", "schedule", "epochs", "lr", "accumulate", "sam", "trainable"] as const),
  ...(["weights", "recompute", "memoryLimit"] as const),
];

/** Options of `adapt`. All have a default; those of the training loop are as for `train`. */
export interface AdaptOptions
  extends TaskOptions,
    PreprocessingRequest,
    Pick<TrainOptions, (typeof shared)[number]> {
  /**
   * Base as for `train`, or for methods that train "lenet": a small network with random weights. Default "vision-open" for images,
   * "audio-mini" for sounds and "text-mini" for texts. Without a base, methods that train take texts as word counts.
   */
  readonly base?: string;
  /** Method of adaptation. Default "auto": a choice among maps of frozen features. */
  readonly method?: AdaptationName;
  /** Options of the method by name, such as `{ tradeOff: "0.1,1" }`. */
  readonly option?: RequestedOptions;
  /** Samples of each domain per step. Default 32. */
  readonly batchSize?: number;
  /** Augmentation of images. Default "none", because digits and drawings must not be mirrored. */
  readonly augment?: Augmentation;
  /**
   * Number of target samples whose labels compare the adapted model with source-only. Without labels in the target, the run writes them
   * to `check.csv`, and `resume` reads the labels that you fill in.
   */
  readonly check?: number;
  /** Most words in the vocabulary of texts. Default 5000. */
  readonly terms?: number;
}

/** Value of `base` for a small network with random weights. */
export const randomImageNetwork = "lenet";

/** Defaults of the options. */
export const adaptDefaults = {
  base: "vision-open",
  method: "auto",
  augment: "none",
  schedule: "cosine",
  terms: 5000,
  seed: 0,
} as const satisfies Partial<AdaptOptions>;

const checks: Readonly<Record<Exclude<keyof AdaptOptions, "onEvent" | "signal">, Check>> = {
  ...checksOf(shared),
  base: text,
  imageSize: whole(16, 4096),
  method: oneOf(...Object.keys(adaptations)),
  option: settingsGiven,
  batchSize: whole(4, 4096),
  augment: oneOf("none", "light", "standard"),
  terms: whole(10, 100_000),
  // Five samples cannot show a difference: 2 · 0.5⁵ = 0.06.
  check: whole(6, 10_000),
};

/** Options of `adapt` only for a model as source. From data, columns are found by their names. */
const optionsOfModels = ["force", "budget", "text", "target", "classNames"] as const;

/** True for an option of `adapt` that adapts from data. */
export const isAdaptOption = (name: string): boolean => Object.hasOwn(checks, name);

/** Checks the options. @throws OptionError for an unknown option, or an invalid value */
export function checkAdaptOptions(options: Readonly<Record<string, unknown>>): void {
  const ofModel = optionsOfModels.find((name) => options[name] !== undefined);
  if (ofModel !== undefined)
    throw new EngraftError(
      "OptionError",
      `the option ${ofModel} is for a model as source, and the source is data`,
      {
        help: "leave it out, or give the folder of a trained model in place of the source, with --method label-shift",
        details: { option: ofModel },
      },
    );
  checkAgainst(checks, options);
  const { method, option } = options as AdaptOptions;
  if (method !== undefined && isSourceFree(method))
    throw new EngraftError("OptionError", `${method} adapts a model, and the source is data`, {
      help: "give the folder of a trained model in place of the source: engraft adapt MODEL TARGET; in a program: adaptModel",
      details: { option: "method", value: method },
    });
  if (option !== undefined) checkAdaptation(method ?? adaptDefaults.method, option);
  if (mapsOf(options as AdaptOptions) === undefined) return;
  const given = ofTraining.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new EngraftError(
      "OptionError",
      `the option ${given} is for methods that train, and ${method ?? adaptDefaults.method} maps frozen features`,
      { help: "leave it out, or add --method deep-coral", details: { option: given } },
    );
  if (options.base === randomImageNetwork)
    throw new EngraftError("OptionError", "lenet starts from random weights: its features cannot be mapped", {
      help: "leave --base out, or add --method deep-coral",
    });
}

/** Returns the maps of the method; undefined for a method that trains. */
export const mapsOf = ({ method = adaptDefaults.method }: Pick<AdaptOptions, "method">) =>
  adaptationOf(method).maps;

/** True if a method trains a network on word counts of texts: one that trains, without a base. */
export const countsWords = (options: Pick<AdaptOptions, "base" | "method">): boolean =>
  options.base === undefined && mapsOf(options) === undefined;

/** Options without an effect on maps of frozen features. */
const ofTraining = [
  ...(["optimizer", "schedule", "epochs", "lr", "accumulate", "sam", "trainable", "recompute"] as const),
  ...(["batchSize", "augment", "terms", "checkpointSeconds", "tensorboard"] as const),
];
