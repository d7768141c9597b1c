import { type AdaptationName, adaptations } from "../../methods/adapt/registry.js";
import { adaptDefaults } from "../../regimes/adaptation/options.js";
import { languageStrategies, pretrainDefaults } from "../../regimes/language-modelling/options.js";
import { optionsOfExtend, optionsOfFeatures, optionsOfSums } from "../../tasks/sums/sums-options.js";
import { command, preprocessing } from "./command-spec.js";
import { flag, flagOf, flagsOf, integer, number, oneOf, repeatable, settings, words } from "./fields.js";
import { flagsFor } from "./train-flags.js";

const methodNames = Object.keys(adaptations) as AdaptationName[];

export const adapt = command({
  name: "adapt",
  group: "train",
  summary: "adapt a model from labelled source data to unlabelled target data",
  usage: "<source> <target> | <model> <target> | --resume DIR",
  least: 0,
  most: 2,
  options: {
    ...flagsOf("quotes", "groupFrom"),
    text: flagOf("text", "detected; for a model as source"),
    target: words(
      "column of the target's labels, which only score",
      "NAME",
      "detected; for a model as source",
    ),
    classNames: flagOf("classNames", "from the metadata or dataset card; for a model as source"),
    method: oneOf("method of domain adaptation, see below", methodNames, adaptDefaults.method, "NAME"),
    option: settings("option of the method, see below; repeatable"),
    force: flag("label-shift: adapt although the domains differ or the source is gone"),
    base: words(
      "base model, as in train; lenet: a small network with random weights",
      "BASE",
      `${adaptDefaults.base}; texts: none`,
    ),
    schedule: flagOf("schedule", adaptDefaults.schedule),
    lr: flagOf("lr", "0.001"),
    ...flagsOf("optimizer", "accumulate", "sam", "trainable", "cut", "weights", "recompute", "memoryLimit"),
    epochs: integer("methods that train: passes over the source; shot: over the target", {
      min: 1,
      max: 10_000,
      otherwise: "by its size; shot: 15",
    }),
    budget: flagOf("budget", "none; for shot"),
    batchSize: integer("samples of each domain in a training step", {
      min: 4,
      max: 4096,
      otherwise: "32; shot: 64",
    }),
    augment: oneOf("augmentation of training pictures", ["none", "light", "standard"], adaptDefaults.augment),
    terms: integer("terms of the text vocabulary: words and pairs of words", {
      min: 10,
      max: 100_000,
      otherwise: "5000",
    }),
    check: integer(
      "compare with source-only on N labelled samples of the target; without labels, in check.csv",
      {
        min: 6,
        max: 10_000,
        otherwise: "all labels",
      },
    ),
    out: flagOf("out", "runs/DATE-SOURCE-to-TARGET"),
    resume: words("continue a run that was stopped or killed, or read the labels of check.csv", "DIR"),
    noCache: flag("do not cache features on disk"),
    ...flagsOf("device", "tensorboard"),
    ...preprocessing,
  },
  examples: [
    "engraft adapt ./photos ./drawings",
    "engraft adapt mnist usps --base lenet --method dann --option trade-off=0.3,1",
    "engraft adapt books.csv kitchen.csv --method deep-coral",
    "engraft adapt ./photos ./drawings --check 20",
    "engraft adapt runs/complaints october.csv --method label-shift",
    "engraft adapt runs/photos ./drawings --method shot",
  ],
});

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
    strategy: oneOf(
      "what trains: all weights, or an adapter that is merged at the end",
      languageStrategies,
      "finetune, from 50 million weights on lora",
      "NAME",
    ),
    option: settings("option of the strategy lora or dora; repeatable"),
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

export const sums = command({
  name: "sums",
  group: "train",
  summary: "add up the features of samples, for a model of several holders or shards",
  usage: "<data> --out FILE",
  least: 1,
  most: 1,
  options: {
    out: words("file of feature sums to write", "FILE"),
    shard: words("a share of the samples: 3/20 is the third of 20", "K/N", "all samples"),
    share: flag("refuse classes with fewer than 5 samples: for a file that goes to somebody else"),
    directions: integer("add up along so many directions, so that a single sample is hard to tell", {
      min: 1,
      max: 100_000,
      otherwise: "all features",
    }),
    like: words("feature sums of samples that are no secret, whose directions are used", "FILE"),
    ...flagsFor(optionsOfSums, ["out", "test"]),
  },
  examples: [
    "engraft sums ./photos --base vision-open --out photos.sums",
    "engraft sums ./photos --shard 3/20 --out photos-3.sums",
    "engraft sums ./photos --share --directions 16 --like public.sums",
  ],
});

export const features = command({
  name: "features",
  group: "manage",
  summary: "compute features of many samples into the cache, on one machine or several",
  usage: "<data>",
  least: 1,
  most: 1,
  options: {
    shard: words("a share of the samples: 3/20 is the third of 20", "K/N", "all samples"),
    cacheDir: words(
      "folder of the cache, which several machines may share",
      "DIR",
      "ENGRAFT_CACHE, or the system's",
    ),
    cacheLimit: number("largest size of all cached features in GB", {
      min: 0.000_001,
      max: 1e6,
      otherwise: "ENGRAFT_CACHE_LIMIT, or 4",
    }),
    ...flagsFor(optionsOfFeatures, []),
  },
  examples: [
    "engraft features ./photos --base vision-open",
    "engraft features ./photos --shard 3/20 --cache-dir /shared/cache",
  ],
});

export const extend = command({
  name: "extend",
  group: "train",
  summary: "add samples, classes or other holders' feature sums to a model, or take them out",
  usage: "<first> [more...] | --resume DIR",
  least: 0,
  most: Number.POSITIVE_INFINITY,
  options: {
    without: repeatable("feature sums, a run or data to take out", "PATH"),
    forget: repeatable("class to take out", "CLASS"),
    test: words(
      "further labelled data that only score the model",
      "DATA",
      "only the test splits of the sources",
    ),
    joint: flag("also train a linear probe on the samples of all sources, and compare"),
    resume: words("continue a run that was stopped or killed", "DIR"),
    ...flagsFor(optionsOfExtend, ["test"]),
  },
  examples: [
    "engraft extend a.sums b.sums --test ./held-out --out runs/joint",
    "engraft extend runs/joint ./new-birds --out runs/more-birds",
    "engraft extend runs/more-birds --forget sparrow",
    "engraft extend runs/joint --without b.sums",
  ],
});

export const federate = command({
  name: "federate",
  group: "understand",
  summary: "compare what holders of data can learn together: feature sums, FedAvg, FedProx, each alone",
  usage: "simulate <data>",
  least: 1,
  most: 2,
  options: {
    clients: integer("number of clients", { min: 2, max: 1000, otherwise: "10" }),
    skew: words("labels of the clients: none, dirichlet:A or classes:K", "SKEW", "dirichlet:0.5"),
    rounds: integer("rounds of FedAvg and FedProx", { min: 1, max: 1000, otherwise: "20" }),
    localEpochs: integer("passes of a client over its samples in a round", {
      min: 1,
      max: 100,
      otherwise: "1",
    }),
    lr: number("learning rate of the steps of FedAvg and FedProx", { min: 0, max: 100, otherwise: "3" }),
    ...flagsFor(optionsOfSums, ["lr"]),
  },
  examples: [
    "engraft federate simulate ./photos",
    "engraft federate simulate ./photos --clients 10 --skew classes:1 --rounds 5",
  ],
});
