import { EngraftError } from "../../core/errors.js";
import { type SourceFreeName, sourceFreeNames } from "../../methods/adapt/registry.js";
import { type Check, checkAgainst, oneOf, yesOrNo } from "../../options/option-checks.js";
import type { TaskOptions, TrainOptions } from "../../options/options.js";
import { listOptions } from "../../options/text-list-options.js";
import { isAdaptOption } from "../adaptation/options.js";
import { checksOf } from "../checks-of.js";

const shared = ["seed", "threads", "device", "cache", "out", ...listOptions] as const;

/** Options of the training of "shot". */
const ofTraining = [
  ...(["optimizer", "schedule", "epochs", "lr", "batchSize", "budget", "accumulate", "sam"] as const),
  ...(["trainable", "recompute", "memoryLimit", "checkpointSeconds", "tensorboard"] as const),
];

/** Options of `adaptModel`. */
export interface AdaptModelOptions
  extends TaskOptions,
    Pick<TrainOptions, (typeof shared)[number] | (typeof ofTraining)[number]> {
  /** "label-shift": new shares of the classes. "shot": a backbone that is trained on the target. "shot-head": a last layer solved on its pseudo labels. */
  readonly method: SourceFreeName;
  /** Keeps a result that would be refused, because the domains differ or the source is gone. Default false. */
  readonly force?: boolean;
}

const checks: Readonly<Record<Exclude<keyof AdaptModelOptions, "onEvent" | "signal">, Check>> = {
  ...checksOf([...shared, ...ofTraining]),
  method: oneOf(...sourceFreeNames),
  force: yesOrNo,
};

/** Checks the options. @throws OptionError for an unknown option, or an invalid value */
export function checkAdaptModelOptions(options: Readonly<Record<string, unknown>>): void {
  const { method } = options;
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  const other = given.find((name) => !Object.hasOwn(checks, name) && isAdaptOption(name));
  if (other !== undefined)
    throw new EngraftError(
      "OptionError",
      `the option ${other} is for methods that adapt from data, and ${String(method)} adapts a model`,
      { help: "leave it out", details: { option: other } },
    );
  const unused = ofTraining.find((name) => method !== "shot" && given.includes(name));
  if (unused !== undefined)
    throw new EngraftError(
      "OptionError",
      `the option ${unused} is for shot, and ${String(method)} trains nothing`,
      {
        help: "leave it out",
        details: { option: unused },
      },
    );
  checkAgainst(checks, { ...options, method: method ?? "" });
}
