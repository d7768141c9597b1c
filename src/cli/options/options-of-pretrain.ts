import { pretrainDefaults } from "../../regimes/language-modelling/options.js";
import { command } from "./command-spec.js";
import { flag, flagOf, flagsOf, integer, number, words } from "./fields.js";

export const pretrain = command({
  name: "pretrain",
  group: "train",
  summary: "continue the pretraining of a text model on unlabelled texts",
  usage: "<texts> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    base: words(
      "base model: a name, file.onnx, a folder or hf:org/name[@revision]",
      "BASE",
      pretrainDefaults.base,
    ),
    maskShare: number("share of masked tokens", {
      min: 0.0099,
      max: 0.9,
      otherwise: String(pretrainDefaults.maskShare),
    }),
    wholeWords: flag("mask whole words"),
    epochs: integer("passes over the texts", { min: 1, max: 10_000, otherwise: "by their number" }),
    lr: flagOf("lr", "by the base's size"),
    batchSize: integer("rows of tokens in a training step", {
      min: 1,
      max: 4096,
      otherwise: "by the number of rows",
    }),
    maxLength: integer("tokens of a row", { min: 8, max: 8192, otherwise: "128, or the limit of the base" }),
    schedule: flagOf("schedule", pretrainDefaults.schedule),
    ...flagsOf("optimizer", "accumulate", "sam", "budget", "cut", "weights", "recompute", "memoryLimit"),
    out: flagOf("out", "runs/DATE-NAME"),
    resume: words("continue a run that was stopped or killed", "DIR"),
    ...flagsOf("device", "tensorboard"),
  },
  examples: [
    "engraft pretrain messages.txt",
    "engraft pretrain reviews.csv --whole-words --budget 10m --out runs/reviews",
    "engraft train labelled.csv --base runs/reviews",
  ],
});
