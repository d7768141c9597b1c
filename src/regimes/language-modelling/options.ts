import type { Message } from "../../core/messages/message.js";
import type { RequestedOptions } from "../../methods/settings.js";
import {
  between,
  type Check,
  checkAgainst,
  oneOf,
  text,
  whole,
  yesOrNo,
} from "../../options/option-checks.js";
import type { TaskOptions, TrainOptions } from "../../options/options.js";
import { checksOf } from "../checks-of.js";

/** Options that mean the same as for `train`. */
const shared = [
  ...(["seed", "threads", "device", "out", "checkpointSeconds", "tensorboard", "cut", "weights"] as const),
  ...(["optimizer", "schedule", "epochs", "batchSize", "budget", "recompute", "memoryLimit"] as const),
  ...(["accumulate", "sam", "lr", "option"] as const),
];

/** Options of `pretrain`. All have a default; those of the training loop are as for `train`. */
export interface PretrainOptions
  extends Omit<TaskOptions, "cache">,
    Pick<TrainOptions, (typeof shared)[number]> {
  /** A text encoder or decoder: a bundled name, a file.onnx, a folder, or hf:org/name. Default "text-mini". */
  readonly base?: string;
  /** Share of hidden tokens for an encoder, which sees both sides. Default 0.15. */
  readonly maskShare?: number;
  /** Hide all pieces of a word together. Default false. */
  readonly wholeWords?: boolean;
  /** Peak learning rate of the base's weights; "find" sweeps over rates. Default: by size, 2e-5 for BERT-base. */
  readonly lr?: number | "find";
  /** Tokens per row. Default 128, or the base's maximum length if lower. */
  readonly maxLength?: number;
  /**
   * What trains: all weights, or an adapter of low rank in the attention, which is merged into the weights at the end.
   * Default: "finetune", from 50 million weights on "lora".
   */
  readonly strategy?: LanguageStrategy;
  /** Options of "lora" and "dora": `{ r: 16 }`. */
  readonly option?: RequestedOptions;
}

/** Strategies of a language model. */
export const languageStrategies = ["finetune", "lora", "dora"] as const;
export type LanguageStrategy = (typeof languageStrategies)[number];

/** A strategy, and the reason if it was not asked for. */
export interface ChosenStrategy {
  readonly name: LanguageStrategy;
  readonly reason?: Message;
}

/** Defaults of the options. */
export const pretrainDefaults = {
  base: "text-mini",
  maskShare: 0.15,
  schedule: "linear",
  optimizer: "adamw",
  weights: "fp32",
  seed: 0,
} as const satisfies Partial<PretrainOptions>;

const checks: Readonly<Record<Exclude<keyof PretrainOptions, "onEvent" | "signal">, Check>> = {
  ...checksOf(shared),
  base: text,
  maskShare: between(0.01, 0.9),
  wholeWords: yesOrNo,
  maxLength: whole(8, 8192),
  strategy: oneOf(...languageStrategies),
};

/** Checks the options. @throws OptionError for an unknown option, or an invalid value */
export function checkPretrainOptions(options: Readonly<Record<string, unknown>>): void {
  checkAgainst(checks, options);
}
