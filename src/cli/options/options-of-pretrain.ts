import { type WeightStorage, weightStorages } from "../../bases/weight-storages.js";
import { optimizerNames, scheduleNames } from "../../optim/names.js";
import { pretrainDefaults } from "../../regimes/language-modelling/options.js";
import { command } from "./command-spec.js";
import { duration, flag, flagsOf, integer, memory, number, oneOf, words } from "./fields.js";

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
    lr: number("peak learning rate of the base", { min: 0, max: 100, otherwise: "by the base's size" }),
    budget: duration("time limit of the whole run, for example 90s or 10m", {
      min: 1,
      max: 30 * 86_400,
      otherwise: "none",
    }),
    batchSize: integer("rows of tokens in a training step", {
      min: 1,
      max: 4096,
      otherwise: "by the number of rows",
    }),
    maxLength: integer("tokens of a row", { min: 8, max: 8192, otherwise: "128, or the limit of the base" }),
    optimizer: oneOf("optimizer", optimizerNames, pretrainDefaults.optimizer),
    schedule: oneOf("learning rate schedule", scheduleNames, pretrainDefaults.schedule, "NAME"),
    cut: words("tensor of the graph with the token features", "VALUE", "detected"),
    weights: oneOf(
      "number format of the weights of the new base",
      Object.keys(weightStorages) as WeightStorage[],
      pretrainDefaults.weights,
    ),
    recompute: oneOf(
      "activations to recompute in the backward pass, to save memory",
      ["auto", "none", "all"],
      "auto",
    ),
    memoryLimit: memory("most memory that the run may use", "all of the machine"),
    out: words("run folder", "DIR", "runs/DATE-NAME"),
    resume: words("continue a run that was stopped or killed", "DIR"),
    ...flagsOf("tensorboard"),
  },
  examples: [
    "engraft pretrain messages.txt",
    "engraft pretrain reviews.csv --whole-words --budget 10m --out runs/reviews",
    "engraft train labelled.csv --base runs/reviews",
  ],
});
