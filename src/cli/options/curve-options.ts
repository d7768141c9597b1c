import { augmentations } from "../../data/dataset.js";
import { type StrategyName, strategies } from "../../methods/registry.js";
import { optimizerNames } from "../../optim/names.js";
import { defaults } from "../../options/options.js";
import { command, preprocessing } from "./command-spec.js";
import { flag, flagsOf, integer, number, oneOf, settings, wholeList, words } from "./fields.js";

const strategyNames = Object.keys(strategies) as StrategyName[];

/** What `engraft curve` takes. */
export const curve = command({
  name: "curve",
  summary: "train on growing parts of the data, also from scratch: how many samples transfer saves",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    sizes: wholeList(
      "numbers of pictures, texts, sentences or rows to learn from, rising",
      "20,40,80",
      "five, up to all there are",
    ),
    seeds: integer("trainings of each size, from --seed on", { min: 1, max: 100, otherwise: "3" }),
    score: number("score that both are asked for: accuracy, micro F1 of labels and entities, R² of numbers", {
      min: 0,
      max: 1,
      otherwise: "the highest multiple of 0.05 that transfer reaches",
    }),
    accuracy: number("the same as --score", { min: 0, max: 1, otherwise: "none" }),
    base: words("model to start from", "BASE", defaults.base),
    strategy: oneOf("what moves, as for train", strategyNames, defaults.strategy, "NAME"),
    option: settings("an option of the strategy or of the loop, as for train; may be given several times"),
    optimizer: oneOf("what turns gradients into steps", optimizerNames, "adamw"),
    epochs: integer("passes over the pictures", { min: 1, max: 10_000, otherwise: "by the strategy" }),
    lr: number("highest learning rate", { min: 0, max: 100, otherwise: "by the strategy" }),
    ...flagsOf("scratchSteps"),
    batchSize: integer("pictures a step", { min: 1, max: 4096, otherwise: "by the number of pictures" }),
    augment: oneOf("random changes to pictures", augmentations, defaults.augment, "NAME"),
    out: words("its folder", "DIR", "runs/DATE-NAME-curve"),
    resume: words("go on with a curve that was stopped", "DIR"),
    ...flagsOf("task", "groupFrom", "text", "pooling", "maxLength", "labels", "threshold"),
    ...flagsOf("target", "ignore", "categories", "initFrom"),
    noCache: flag("do not keep features on disk"),
    ...preprocessing,
  },
  examples: [
    "engraft curve ./flowers",
    "engraft curve ./flowers --sizes 10,20,40,80,160 --seeds 5 --score 0.9",
    "engraft curve --resume runs/2026-01-31-flowers-curve",
  ],
});
