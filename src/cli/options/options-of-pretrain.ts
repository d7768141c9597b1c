import { type WeightStorage, weightStorages } from "../../bases/weight-storages.js";
import { optimizerNames, scheduleNames } from "../../optim/names.js";
import { pretrainDefaults } from "../../regimes/language-modelling/options.js";
import { command } from "./command-spec.js";
import { duration, flag, flagsOf, integer, memory, number, oneOf, words } from "./fields.js";

export const pretrain = command({
  name: "pretrain",
  summary: "go on with the pretraining of a text model on texts without labels, for a base that knows them",
  usage: "<texts> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    base: words(
      "text model to start from: a name, file.onnx, a folder, hf:org/name[@revision]",
      "BASE",
      pretrainDefaults.base,
    ),
    maskShare: number("share of the tokens that are hidden", {
      min: 0.0099,
      max: 0.9,
      otherwise: String(pretrainDefaults.maskShare),
    }),
    wholeWords: flag("hide all pieces of a word together"),
    epochs: integer("passes over the texts", { min: 1, max: 10_000, otherwise: "by their number" }),
    lr: number("highest learning rate of the base", { min: 0, max: 100, otherwise: "by the base's size" }),
    budget: duration("time for the whole run, like 90s or 10m: training ends in time", {
      min: 1,
      max: 30 * 86_400,
      otherwise: "none",
    }),
    batchSize: integer("rows of tokens a step", { min: 1, max: 4096, otherwise: "by the number of rows" }),
    maxLength: integer("tokens of a row", { min: 8, max: 8192, otherwise: "128, or what the base takes" }),
    optimizer: oneOf("what turns gradients into steps", optimizerNames, pretrainDefaults.optimizer),
    schedule: oneOf("how the rate goes over the run", scheduleNames, pretrainDefaults.schedule, "NAME"),
    cut: words("value of the graph where the features of tokens are", "VALUE", "found by itself"),
    weights: oneOf(
      "how the new base's file holds its weights",
      Object.keys(weightStorages) as WeightStorage[],
      pretrainDefaults.weights,
    ),
    recompute: oneOf("what is computed again instead of kept", ["auto", "none", "all"], "auto"),
    memoryLimit: memory("memory that the run may take", "all there is"),
    out: words("run folder", "DIR", "runs/DATE-NAME"),
    resume: words("go on with a run that was stopped or killed", "DIR"),
    ...flagsOf("tensorboard"),
  },
  examples: [
    "engraft pretrain messages.txt",
    "engraft pretrain reviews.csv --base text-mini --whole-words --budget 10m --out runs/reviews",
    "engraft train labelled.csv --base runs/reviews",
  ],
});
