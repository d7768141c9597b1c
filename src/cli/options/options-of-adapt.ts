import { type AdaptationName, adaptations } from "../../methods/adapt/registry.js";
import { adaptDefaults } from "../../regimes/adaptation/options.js";
import { command, preprocessing } from "./command-spec.js";
import { flag, flagOf, flagsOf, integer, oneOf, settings, words } from "./fields.js";

const methodNames = Object.keys(adaptations) as AdaptationName[];

export const adapt = command({
  name: "adapt",
  group: "train",
  summary: "adapt a model from labelled source data to unlabelled target data",
  usage: "<source> <target> | --resume DIR",
  least: 0,
  most: 2,
  options: {
    ...flagsOf("quotes", "groupFrom"),
    method: oneOf("method of domain adaptation, see below", methodNames, adaptDefaults.method, "NAME"),
    option: settings("option of the method, see below; repeatable"),
    base: words(
      "base model, as in train; lenet: a small network with random weights",
      "BASE",
      `${adaptDefaults.base}; texts: none`,
    ),
    schedule: flagOf("schedule", adaptDefaults.schedule),
    lr: flagOf("lr", "0.001"),
    ...flagsOf("optimizer", "accumulate", "sam", "trainable", "cut", "weights", "recompute", "memoryLimit"),
    epochs: integer("passes over the source", { min: 1, max: 10_000, otherwise: "by its size" }),
    batchSize: integer("samples of each domain in a training step", { min: 4, max: 4096, otherwise: "32" }),
    augment: oneOf("augmentation of training pictures", ["none", "light", "standard"], adaptDefaults.augment),
    terms: integer("terms of the text vocabulary: words and pairs of words", {
      min: 10,
      max: 100_000,
      otherwise: "5000",
    }),
    out: flagOf("out", "runs/DATE-SOURCE-to-TARGET"),
    resume: words("continue a run that was stopped or killed", "DIR"),
    noCache: flag("do not cache features on disk"),
    ...flagsOf("device", "tensorboard"),
    ...preprocessing,
  },
  examples: [
    "engraft adapt ./photos ./drawings",
    "engraft adapt mnist usps --base lenet --method dann --option trade-off=0.3,1",
    "engraft adapt books.csv kitchen.csv --method deep-coral",
  ],
});
