/** English names of groups of weights that share a learning rate, and sentences that compare them. */
import { counted, thousands } from "./counted.js";

export const groupEn = {
  "group-head": "head",
  "group-solved-head": "head (solved exactly)",
  "group-everything": "everything",
  "group-half": ({ half }: { readonly half: "first" | "second" }): string => `body, ${half} half`,
  "group-part": ({ part, parts }: { readonly part: number; readonly parts: number }): string =>
    `body, group ${part} of ${parts}`,
  "group-last-layers": ({ layers }: { readonly layers: number }): string =>
    `body, last ${layers === 1 ? "layer" : `${layers} layers`}`,
  "group-biases": "body, biases and shifts",
  "group-norms": "body, scales and shifts of normalisation layers",
  "group-pairs": "body, by pairs",
  "group-adapters": "adapters",
  "group-discriminator": "discriminator",
  "group-hint-regressor": "regressor of the hint",
  "group-task-uncertainty": "uncertainty of each task",
  "group-fresh": "fresh",
  "group-kept": "kept",
  "group-base": "base",
  "group-word-head": "head of words",

  "group-parameters": ({ parameters }: { readonly parameters: number }): string =>
    `${thousands(parameters)} parameters`,
  "group-peak-rate": ({ rate }: { readonly rate: string }): string => `learning rate up to ${rate}`,
  "group-from-epoch": ({ epoch }: { readonly epoch: number }): string => `from epoch ${epoch} on`,
  "best-epoch-kept": ({ epochs, best }: { readonly epochs: number; readonly best: number }): string =>
    `${counted(epochs, "epoch")}; the best by validation is kept, here epoch ${best}`,
  "last-of-epochs-kept": ({ epochs }: { readonly epochs: number }): string =>
    `${counted(epochs, "epoch")}; the last is kept`,
  "solved-exactly": "no epochs: solved exactly",
};
